#include "services/notification/domain/mail_header.h"

#include <algorithm>

#include "absl/strings/escaping.h"
#include "common/text/text.h"

namespace tremplin::notification {
namespace {

constexpr size_t kMostPlain = 60;  // of one line, with the header's name
// Of one encoded word: 75 characters less "=?UTF-8?B?" and "?=", in base64.
constexpr size_t kBytesOfWord = 45;

bool IsPrintable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

// Where the first `most` bytes end without cutting a character.
size_t WholeCharacters(std::string_view text, size_t most) {
  if (text.size() <= most) return text.size();
  size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return end == 0 ? most : end;
}

std::string EncodedWords(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    const size_t end = WholeCharacters(text, kBytesOfWord);
    if (!words.empty()) words += "\r\n ";
    words += text::Cat("=?UTF-8?B?", absl::Base64Escape(text::Absl(text.substr(0, end))), "?=");
    text.remove_prefix(end);
  }
  return words;
}

}  // namespace

std::string TextHeader(std::string_view name, std::string_view text) {
  // What looks like an encoded word would be read as one.
  const bool plain =
      IsPrintable(text) && text.size() <= kMostPlain && text.find("=?") == std::string_view::npos;
  return text::Cat(name, ": ", plain ? std::string(text) : EncodedWords(text));
}

std::string AddressHeader(std::string_view name, std::string_view display,
                          std::string_view address) {
  if (display.empty()) return text::Cat(name, ": <", address, ">");
  // A line of its own for the address, so that no line becomes too long.
  return text::Cat(name, ": ", EncodedWords(display), "\r\n <", address, ">");
}

std::string MailDate(absl::Time time) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", time, absl::UTCTimeZone());
}

bool IsPlainAddress(std::string_view address) {
  constexpr std::string_view kOdd = "<>()[],;:\\\"";
  return !address.empty() && address.find('@') != std::string_view::npos &&
         std::all_of(address.begin(), address.end(), [&](char c) {
           return c > ' ' && c <= '~' && kOdd.find(c) == std::string_view::npos;
         });
}

}  // namespace tremplin::notification
