#ifndef TREMPLIN_COMMON_JWT_JSON_H_
#define TREMPLIN_COMMON_JWT_JSON_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rapidjson/document.h"

// JSON as strangers send it: tokens, and what an issuer answers.
namespace tremplin::jwt {

// An object with every name once, in valid UTF-8; nothing for anything else. Depth costs no stack.
std::optional<rapidjson::Document> ParseObject(std::string_view text);

// A member of an object; null where it is not there.
const rapidjson::Value* Find(const rapidjson::Value& object, std::string_view name);

// A text without control characters; nothing where the member is another or not there.
std::optional<std::string> TextOf(const rapidjson::Value& object, std::string_view name);

// A text, or several; nothing for anything else, "not there" being none.
std::optional<std::vector<std::string>> TextsOf(const rapidjson::Value& object,
                                                std::string_view name);

}  // namespace tremplin::jwt

#endif  // TREMPLIN_COMMON_JWT_JSON_H_
