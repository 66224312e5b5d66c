#ifndef TREMPLIN_SERVICES_NOTIFICATION_SMTP_CURL_MAILER_H_
#define TREMPLIN_SERVICES_NOTIFICATION_SMTP_CURL_MAILER_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "services/notification/smtp/mailer.h"

namespace tremplin::notification {

struct CurlMailerOptions {
  std::string server;        // host:port
  std::string tls;           // "starttls", which the server must offer then, "implicit" or "none"
  std::string trusted = {};  // PEM file of whose certificates are trusted; "": the machine's
  std::string login_file = {};  // user and password, a line each; "": none
  std::string from;             // the sender's address
  absl::Duration longest = absl::Seconds(40);
};

// SMTP by libcurl. The connection is kept for the next mail while the server keeps it. The login is
// read anew for each, so that it can be changed while this runs.
std::unique_ptr<Mailer> MakeCurlMailer(CurlMailerOptions options);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_SMTP_CURL_MAILER_H_
