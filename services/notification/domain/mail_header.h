#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_HEADER_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_HEADER_H_

#include <string>
#include <string_view>

#include "absl/time/time.h"

// Lines of a mail's header. Whatever a text holds, it stays within its line: nothing of it can
// begin another header. Pure.
namespace tremplin::notification {

// "name: text" of any words: as they are where they are short and ASCII, else as encoded words
// (RFC 2047) of whole characters, folded.
std::string TextHeader(std::string_view name, std::string_view text);

// "name: display <address>". `address` is a person::IsEmail of ASCII.
std::string AddressHeader(std::string_view name, std::string_view display,
                          std::string_view address);

// As RFC 5322 writes it, in UTC.
std::string MailDate(absl::Time time);

// Whether an address can stand in a header and an envelope as it is: ASCII, without blanks, quotes,
// brackets and control characters.
bool IsPlainAddress(std::string_view address);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_HEADER_H_
