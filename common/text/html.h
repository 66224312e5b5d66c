#ifndef TREMPLIN_COMMON_TEXT_HTML_H_
#define TREMPLIN_COMMON_TEXT_HTML_H_

#include <string>
#include <string_view>

namespace tremplin::text {

// As text or the value of an attribute in quotes shows it in HTML.
inline std::string EscapeHtml(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

}  // namespace tremplin::text

#endif  // TREMPLIN_COMMON_TEXT_HTML_H_
