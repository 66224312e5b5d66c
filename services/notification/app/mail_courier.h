#ifndef TREMPLIN_SERVICES_NOTIFICATION_APP_MAIL_COURIER_H_
#define TREMPLIN_SERVICES_NOTIFICATION_APP_MAIL_COURIER_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/lease/lease.h"
#include "common/metrics/metrics.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/seal/seal.h"
#include "services/notification/smtp/mailer.h"
#include "services/notification/store/mail_store.h"

namespace tremplin::notification {

// What the courier stands on; all of it outlives it.
struct MailCourierDeps {
  database::Database& db;
  peers::Peers& peers;
  const seal::Sealer& sealer;
  const clock::Clock& clock;
  program::ProgramStore& programs;
  metrics::Registry& metrics;
  Mailer& mailer;
  std::string links;  // config's public-url
};

// Sends messages by mail, one after the other, each once what keeps it from being sent was looked
// at: they left, withdrew consent or want no mail. Who is written to, and in which language, is
// asked of who knows it, for that one mail, and kept nowhere. Of several replicas one sends, by a
// lease that outlasts a try and is fenced in each write; what was sent while this process ended is
// sent again by the next, under the same Message-ID. While the server is away nothing is tried, for
// longer and longer. Of one thread.
class MailCourier {
 public:
  // How soon it is looked for mail again where there was none.
  static constexpr absl::Duration kPoll = absl::Seconds(1);

  explicit MailCourier(const MailCourierDeps& deps);

  // Sends one mail at most. How long to wait: zero where there may be more at once.
  absl::Duration Step();
  // Nobody steps it any more: another replica need not wait to send.
  void Stop() { leases_.Release(); }

 private:
  // A mail whose turn it is, with what it says.
  struct Turn {
    MailRow mail;
    QueuedMessage message;
    // As what it ends without being sent; nothing where it is to be.
    std::optional<MailStanding> end;
  };
  // Whom a message is for.
  struct Addressee {
    std::string given_name;
    std::string email;
    messages::Language language = messages::Language::kEnglish;
    std::string sign_in;  // the link of who asked for one; nothing but the mail ever has it
  };

  absl::StatusOr<std::optional<Turn>> ReadTurn();
  // True where a mail's turn had come.
  absl::StatusOr<bool> Deliver(int64_t epoch);
  // What to do instead of sending it, from whom it is for; fills `to` where it is to be sent.
  absl::StatusOr<std::optional<MailStanding>> Address(const Turn& turn, Addressee* to);
  absl::Status AskForPerson(const std::string& id, Addressee* to);
  // True where they agree to nothing any more.
  absl::StatusOr<bool> AskForApplicant(const std::string& referral, Addressee* to);
  // NOT_FOUND where the link is too old to be sent, or used.
  absl::Status AskForLink(const std::string& link, Addressee* to);
  Mail Compose(const Turn& turn, const Addressee& to);
  MailStanding After(const Turn& turn, const Sent& sent) const;
  absl::Status Record(const Turn& turn, const MailStanding& standing, int64_t epoch);
  void Pause(const Sent& sent, const std::string& message);
  // Now and then: sets the gauges.
  void KeepHouse();

  const MailCourierDeps deps_;
  lease::Leases leases_;
  metrics::Gauge& waiting_;
  metrics::Gauge& oldest_;
  int away_ = 0;                                 // tries in a row that did not reach the server
  absl::Duration pause_ = absl::ZeroDuration();  // till when, by steady time
  absl::Duration keep_house_ = absl::ZeroDuration();
};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_APP_MAIL_COURIER_H_
