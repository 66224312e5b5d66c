#ifndef TREMPLIN_SERVICES_NOTIFICATION_STORE_MAIL_STORE_H_
#define TREMPLIN_SERVICES_NOTIFICATION_STORE_MAIL_STORE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/notification/domain/mail.h"
#include "services/notification/domain/templates.h"

// Rows of messages as mail, and of what keeps them from being sent. Free functions: the caller owns
// the transaction.
namespace tremplin::notification {

struct MailRow {
  std::string message;
  Recipient recipient;
  std::string enrolment;  // as part of which they are told; "" where they are told regardless
  std::string step;       // of the proposal, at which they are asked; "" for others
  absl::Time queued;      // system time
  MailStanding standing = {};
};

// Once, however often it is told.
absl::Status InsertMail(database::Transaction& tx, const MailRow& row);
absl::StatusOr<std::optional<MailRow>> FindMail(database::Reader& reader,
                                                const std::string& message);
// The one that has waited for its turn longest.
absl::StatusOr<std::optional<MailRow>> NextMail(database::Reader& reader, absl::Time now);
// How it stands after a try. What was withheld meanwhile stays so, unless it was sent.
absl::Status SaveStanding(database::Transaction& tx, const std::string& message,
                          const MailStanding& standing);
// Whatever waits for them is not sent any more.
absl::Status WithholdMail(database::Transaction& tx, const Recipient& recipient,
                          std::string_view reason);

struct WaitingMail {
  int64_t count = 0;
  absl::Time since = absl::InfiniteFuture();  // the oldest was queued
};
absl::StatusOr<WaitingMail> CountWaitingMail(database::Reader& reader);

// Which person an application led to. Linked people have several.
absl::Status SaveCameBy(database::Transaction& tx, const std::string& application,
                        const std::string& person);
// At most a hundred.
absl::StatusOr<std::vector<std::string>> PeopleOf(database::Reader& reader,
                                                  const std::string& application);

// From `from` (business time) on its organization is shown no message about it; of what stands
// later they are shown again from EndSilence on.
absl::Status BeginSilence(database::Transaction& tx, const std::string& about, absl::Time from);
absl::Status EndSilence(database::Transaction& tx, const std::string& about, absl::Time at);

// What somebody said of mail last. The numbers of `told` are those of the API, and are stored.
struct MailWish {
  bool wanted = true;
  int64_t told = 0;                      // how it became known; 0 where nothing was ever said
  absl::Time at = absl::InfinitePast();  // system time
};
// What stands already changes nothing; what was said before is kept beside it. `by`: an account's,
// a key's or a person's id, "" for a link in a mail.
absl::Status SaveWish(database::Transaction& tx, const Recipient& recipient, const MailWish& wish,
                      const std::string& by);
absl::StatusOr<MailWish> FindWish(database::Reader& reader, const Recipient& recipient);

// False where the message was answered before.
absl::StatusOr<bool> SaveLinkAnswer(database::Transaction& tx, const std::string& message,
                                    const std::string& answer, absl::Time at);
// The code; nothing where it was not answered.
absl::StatusOr<std::optional<std::string>> FindLinkAnswerOf(database::Reader& reader,
                                                            const std::string& message);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_STORE_MAIL_STORE_H_
