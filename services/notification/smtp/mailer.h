#ifndef TREMPLIN_SERVICES_NOTIFICATION_SMTP_MAILER_H_
#define TREMPLIN_SERVICES_NOTIFICATION_SMTP_MAILER_H_

#include <string>

#include "absl/time/time.h"
#include "services/notification/domain/mail.h"

namespace tremplin::notification {

struct Mail {
  std::string id;         // of the message: the same at every try, so that a second copy is known
  std::string to;         // a plain address (IsPlainAddress)
  std::string from_name;  // what the program is called; "" for none
  std::string subject;
  std::string text;
  std::string html;
  // "https://…": where a POST ends mail to them (RFC 8058); "" for what is no mailing.
  std::string unsubscribe;
  absl::Time date;
};

// What mail goes out by. Of one thread, except Cancel.
class Mailer {
 public:
  virtual ~Mailer() = default;
  // Waits for the server's word, a minute at most.
  virtual Sent Send(const Mail& mail) = 0;
  // From any thread: cuts off what is under way, within a second or two, and whatever begins later.
  virtual void Cancel() = 0;
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_SMTP_MAILER_H_
