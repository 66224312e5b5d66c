#include "common/jwt/json.h"

#include <algorithm>
#include <set>
#include <utility>

namespace tremplin::jwt {
namespace {

// Not kParseFullPrecisionFlag: RapidJSON 1.1 counts the leading zeros of zero in 0e-25. Integers,
// which the times of tokens are, are exact without it.
constexpr unsigned kStrictly =
    rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag;

std::string_view ViewOf(const rapidjson::Value& text) {
  return {text.GetString(), text.GetStringLength()};
}

bool IsPlain(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; });
}

}  // namespace

std::optional<rapidjson::Document> ParseObject(std::string_view text) {
  rapidjson::Document document;
  document.Parse<kStrictly>(text.data(), text.size());
  if (document.HasParseError() || !document.IsObject()) return std::nullopt;
  std::set<std::string_view> names;
  for (const auto& member : std::as_const(document).GetObject()) {
    if (!names.insert(ViewOf(member.name)).second) return std::nullopt;
  }
  return document;
}

const rapidjson::Value* Find(const rapidjson::Value& object, std::string_view name) {
  if (!object.IsObject()) return nullptr;
  const auto found = object.FindMember(
      rapidjson::Value(name.data(), static_cast<rapidjson::SizeType>(name.size())));
  return found == object.MemberEnd() ? nullptr : &found->value;
}

std::optional<std::string> TextOf(const rapidjson::Value& object, std::string_view name) {
  const rapidjson::Value* const value = Find(object, name);
  if (value == nullptr || !value->IsString() || !IsPlain(ViewOf(*value))) return std::nullopt;
  return std::string(ViewOf(*value));
}

std::optional<std::vector<std::string>> TextsOf(const rapidjson::Value& object,
                                                std::string_view name) {
  const rapidjson::Value* const value = Find(object, name);
  if (value == nullptr) return std::nullopt;
  if (value->IsString()) return std::vector<std::string>{std::string(ViewOf(*value))};
  if (!value->IsArray()) return std::nullopt;
  std::vector<std::string> texts;
  for (const rapidjson::Value& one : value->GetArray()) {
    if (!one.IsString()) return std::nullopt;
    texts.emplace_back(ViewOf(one));
  }
  return texts;
}

}  // namespace tremplin::jwt
