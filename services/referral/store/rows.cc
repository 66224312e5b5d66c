#include "services/referral/store/rows.h"

#include <algorithm>
#include <charconv>

#include "common/text/text.h"

namespace tremplin::referral {
namespace {

constexpr char kKeySeparator = '\x1f';  // never in ids: they are printable

std::vector<std::string> SplitAt(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = std::min(text.find(separator), text.size());
    parts.emplace_back(text.substr(0, end));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

std::string Pack(const ListKey& key) {
  const std::string_view separator(&kKeySeparator, 1);
  return text::Cat(key.created_us, separator, key.agency, separator, key.external_id, separator,
                   key.program);
}

ListKey UnpackKey(std::string_view text) {
  ListKey key;
  std::vector<std::string> parts = SplitAt(text, kKeySeparator);
  if (parts.size() != 4) return key;
  std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), key.created_us);
  key.agency = std::move(parts[1]);
  key.external_id = std::move(parts[2]);
  key.program = std::move(parts[3]);
  return key;
}

std::string PackCodes(const std::vector<std::string>& codes) {
  std::string text;
  for (const std::string& code : codes) {
    if (!text.empty()) text.push_back(' ');
    text += code;
  }
  return text;
}

std::vector<std::string> UnpackCodes(std::string_view text) {
  if (text.empty()) return {};
  return SplitAt(text, ' ');
}

}  // namespace tremplin::referral
