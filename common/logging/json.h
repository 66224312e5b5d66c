#ifndef TREMPLIN_COMMON_LOGGING_JSON_H_
#define TREMPLIN_COMMON_LOGGING_JSON_H_

#include <string>
#include <string_view>

namespace tremplin::logging {

// Appends `text` as a JSON string with its quotes. Control characters are escaped; each byte that
// is not part of valid UTF-8 becomes U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

// Appends `value`; what JSON cannot hold (NaN, infinities) becomes null.
void AppendJsonNumber(double value, std::string& out);

}  // namespace tremplin::logging

#endif  // TREMPLIN_COMMON_LOGGING_JSON_H_
