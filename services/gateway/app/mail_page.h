#ifndef TREMPLIN_SERVICES_GATEWAY_APP_MAIL_PAGE_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_MAIL_PAGE_H_

#include <functional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/gateway/http/message.h"

// The pages that links in mails lead to: /mail/<en or fr>/<token>. GET shows what is about to be
// said, and changes nothing, since programs that check mails follow every link; POST says it, from
// the page's button or from a mail program (RFC 8058).
namespace tremplin::gateway {

bool IsMailPage(std::string_view target);

// Calls a method of a service, without a credential: its full name, the request's bytes.
using OpenCall = std::function<absl::StatusOr<std::string>(const std::string& method,
                                                           const std::string& request)>;
http::Response MailPage(const http::Request& request, const OpenCall& call);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_MAIL_PAGE_H_
