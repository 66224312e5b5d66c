#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_URL_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_URL_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tremplin::gateway::transcoding {

// What "%2F" becomes: a slash within one segment, itself within a value of several.
enum class Slash { kDecoded, kKept };

// Undoes percent-encoding once. Nothing where "%" is not followed by two hexadecimal digits, or
// where the result holds NUL or is not UTF-8.
std::optional<std::string> PercentDecode(std::string_view text, Slash slash);

// The parameters of a query, in their order, decoded ("+" is a space); nothing where one cannot be.
// Empty ones ("a=1&&b=2") are passed over.
using Parameters = std::vector<std::pair<std::string, std::string>>;
std::optional<Parameters> ParseQuery(std::string_view query);

}  // namespace tremplin::gateway::transcoding

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_URL_H_
