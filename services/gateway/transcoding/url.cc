#include "services/gateway/transcoding/url.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_split.h"
#include "common/text/text.h"
#include "common/text/utf8.h"

namespace tremplin::gateway::transcoding {
namespace {

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> DecodeForm(absl::string_view text) {
  std::string spaced(text);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return PercentDecode(spaced, Slash::kDecoded);
}

}  // namespace

std::optional<std::string> PercentDecode(std::string_view text, Slash slash) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    const char byte = static_cast<char>(high * 16 + low);
    if (byte == '\0') return std::nullopt;
    if (byte == '/' && slash == Slash::kKept) {
      decoded += text.substr(i, 3);
    } else {
      decoded += byte;
    }
    i += 2;
  }
  if (decoded.find('\0') != std::string::npos || !text::IsUtf8(decoded)) return std::nullopt;
  return decoded;
}

std::optional<Parameters> ParseQuery(std::string_view query) {
  Parameters parameters;
  for (const absl::string_view pair : absl::StrSplit(text::Absl(query), '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    std::optional<std::string> name = DecodeForm(parts.first);
    std::optional<std::string> value = DecodeForm(parts.second);
    if (!name.has_value() || !value.has_value()) return std::nullopt;
    parameters.emplace_back(*std::move(name), *std::move(value));
  }
  return parameters;
}

}  // namespace tremplin::gateway::transcoding
