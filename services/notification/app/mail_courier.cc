#include "services/notification/app/mail_courier.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/ids/ids.h"
#include "common/logging/logging.h"
#include "common/person/contact.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/notification/app/mail_links.h"
#include "services/notification/app/wording.h"
#include "services/notification/domain/mail_header.h"
#include "services/notification/domain/mail_messages.h"
#include "services/notification/domain/mail_text.h"
#include "services/notification/domain/task.h"
#include "services/notification/store/message_store.h"
#include "services/notification/store/task_store.h"
#include "tremplin/referral/v1/contact.pb.h"
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/registration/v1/sign_in.pb.h"

namespace tremplin::notification {
namespace {

using messages::Language;

constexpr char kGetPerson[] = "tremplin.registration.v1.RegistrationService/GetPerson";
constexpr char kGetContact[] = "tremplin.referral.v1.ContactService/GetReferralContact";
constexpr char kIssueLink[] = "tremplin.registration.v1.SignInService/IssueSignInLink";
constexpr char kLease[] = "mail";
// Longer than a try with what stands around it.
constexpr absl::Duration kLeaseTerm = absl::Seconds(60);
constexpr absl::Duration kDatabaseDeadline = absl::Seconds(5);
constexpr absl::Duration kHouseEvery = absl::Seconds(30);

database::ReadOptions Reading() {
  return {.tenant = database::Tenant::All(), .deadline = absl::Now() + kDatabaseDeadline};
}

void Warn(const char* what, const std::string& message, const std::string& why) {
  logging::Warning(what,
                   {{"message", std::string_view(message)}, {"error", std::string_view(why)}});
}
void Warn(const char* what, const std::string& message, const absl::Status& why) {
  Warn(what, message, std::string(why.message()));
}

MailStanding Ended(const MailRow& mail, MailState state, std::string_view reason) {
  MailStanding standing = mail.standing;
  standing.state = state;
  standing.reason = std::string(reason);
  return standing;
}

const std::string& Of(Language language, const program::v1::Text& text) {
  return language == Language::kFrench ? text.fr() : text.en();
}

Language LanguageOf(const std::string& code) {
  return code == "fr" ? Language::kFrench : Language::kEnglish;
}

Mail MailOf(const Letter& letter, const std::string& id, const std::string& to, absl::Time date) {
  return {.id = id,
          .to = to,
          .from_name = letter.program,
          .subject = letter.subject,
          .text = PlainText(letter),
          .html = Html(letter),
          .unsubscribe = letter.unsubscribe,
          .date = date};
}

}  // namespace

MailCourier::MailCourier(const MailCourierDeps& deps)
    : deps_(deps),
      leases_({.service = "notification", .holder = ids::New(), .term = kLeaseTerm}, deps.db,
              deps.clock),
      waiting_(deps.metrics.GetGauge("tremplin_mail_waiting", "Mail that is to be sent.")),
      oldest_(deps.metrics.GetGauge("tremplin_mail_oldest_waiting_seconds",
                                    "For how long the oldest of it has waited.")) {}

absl::Duration MailCourier::Step() {
  KeepHouse();
  const absl::Duration now = deps_.clock.SteadyNow();
  if (now < pause_) return std::min(kPoll, pause_ - now);
  const absl::StatusOr<std::optional<int64_t>> epoch = leases_.Hold(kLease);
  if (!epoch.ok()) {
    Warn("the lease of mail cannot be had", "", epoch.status());
    return kPoll;
  }
  if (!epoch->has_value()) return kPoll;  // another replica sends
  const absl::StatusOr<bool> delivered = Deliver(**epoch);
  if (delivered.ok()) return *delivered ? absl::ZeroDuration() : kPoll;
  Warn("mail waits", "", delivered.status());
  return kPoll;
}

absl::StatusOr<std::optional<MailCourier::Turn>> MailCourier::ReadTurn() {
  std::optional<Turn> turn;
  TREMPLIN_RETURN_IF_ERROR(deps_.db.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    turn.reset();
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<MailRow> mail,
                              NextMail(reader, deps_.clock.SystemNow()));
    if (!mail.has_value()) return absl::OkStatus();
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<QueuedMessage> message,
                              FindMessage(reader, mail->message));
    if (!message.has_value()) return absl::InternalError("mail without its message");
    turn = Turn{*mail, *message, std::nullopt};
    TREMPLIN_ASSIGN_OR_RETURN(const MailWish wish, FindWish(reader, mail->recipient));
    if (!wish.wanted) turn->end = Ended(*mail, MailState::kToPhone, "unsubscribed");
    if (mail->enrolment.empty()) return absl::OkStatus();
    TREMPLIN_ASSIGN_OR_RETURN(const bool left, HasLeft(reader, mail->enrolment));
    if (left) turn->end = Ended(*mail, MailState::kWithheld, "left");
    return absl::OkStatus();
  }));
  return turn;
}

absl::Status MailCourier::AskForPerson(const std::string& id, Addressee* to) {
  registration::v1::GetPersonRequest request;
  request.set_name(resources::NameOf("people", id));
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto person,
      deps_.peers.Call<registration::v1::Person>(
          kGetPerson, request, peers::PeerCall::AsService(absl::InfiniteFuture())));
  *to = {person.given_name(), person.email(), LanguageOf(person.language()), ""};
  return absl::OkStatus();
}

absl::StatusOr<bool> MailCourier::AskForApplicant(const std::string& referral, Addressee* to) {
  referral::v1::GetReferralContactRequest request;
  request.set_name(resources::NameOf("referrals", referral));
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto contact,
      deps_.peers.Call<referral::v1::ReferralContact>(
          kGetContact, request, peers::PeerCall::AsService(absl::InfiniteFuture())));
  *to = {contact.given_name(), contact.email(), LanguageOf(contact.language()), ""};
  return contact.silent();
}

absl::Status MailCourier::AskForLink(const std::string& link, Addressee* to) {
  registration::v1::IssueSignInLinkRequest request;
  request.set_name(link);
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto issued,
      deps_.peers.Call<registration::v1::IssueSignInLinkResponse>(
          kIssueLink, request, peers::PeerCall::AsService(absl::InfiniteFuture())));
  const registration::v1::StaffMember& holder = issued.recipient();
  *to = {holder.given_name(), holder.email(), LanguageOf(holder.language()), issued.link().url()};
  return absl::OkStatus();
}

absl::StatusOr<std::optional<MailStanding>> MailCourier::Address(const Turn& turn, Addressee* to) {
  const Recipient& recipient = turn.mail.recipient;
  const bool signs_in = recipient.kind == RecipientKind::kAccount;
  absl::StatusOr<bool> silent = false;
  if (recipient.kind == RecipientKind::kApplicant) {
    silent = AskForApplicant(recipient.id, to);
  } else if (const absl::Status asked =
                 signs_in ? AskForLink(turn.message.about, to) : AskForPerson(recipient.id, to);
             !asked.ok()) {
    silent = asked;
  }
  if (absl::IsNotFound(silent.status())) {
    return Ended(turn.mail, MailState::kWithheld, signs_in ? "link_over" : "erased");
  }
  TREMPLIN_RETURN_IF_ERROR(silent.status());
  if (*silent) return Ended(turn.mail, MailState::kWithheld, "consent");
  to->email = person::Email(to->email);
  if (to->email.empty()) return Ended(turn.mail, MailState::kToPhone, "no_address");
  if (!person::IsEmail(to->email) || !IsPlainAddress(to->email)) {
    return Ended(turn.mail, MailState::kToPhone, "address_malformed");
  }
  return std::optional<MailStanding>();
}

Mail MailCourier::Compose(const Turn& turn, const Addressee& to) {
  const Worded worded = Word(deps_.programs, turn.message);
  // Of the message's own time, so that every try says the same.
  const absl::Time expires = turn.mail.queued + kLinkLives;
  const auto url = [&](std::string_view answer) {
    return MailLinkUrl(deps_.sealer, deps_.links, to.language, turn.message.id, answer, expires);
  };
  if (!to.sign_in.empty()) {
    const Letter letter{.language = to.language,
                        .given_name = to.given_name,
                        .program = "",
                        .subject = Of(to.language, worded.subject),
                        .body = Of(to.language, worded.body),
                        .choices = {{std::string(In(to.language, kMailSignIn)), to.sign_in}},
                        .unsubscribe = ""};
    return MailOf(letter, turn.message.id, to.email, deps_.clock.SystemNow());
  }
  Letter letter{.language = to.language,
                .given_name = to.given_name,
                .program = Of(to.language, ProgramNameOf(deps_.programs, turn.message)),
                .subject = Of(to.language, worded.subject),
                .body = Of(to.language, worded.body),
                .choices = {},
                .unsubscribe = url(kUnsubscribeCode)};
  for (const LinkAnswer* answer : AnswersTo(turn.message.template_code, turn.mail.step)) {
    letter.choices.push_back({std::string(In(to.language, answer->label)), url(answer->code)});
  }
  return MailOf(letter, turn.message.id, to.email, deps_.clock.SystemNow());
}

absl::StatusOr<bool> MailCourier::Deliver(int64_t epoch) {
  TREMPLIN_ASSIGN_OR_RETURN(std::optional<Turn> turn, ReadTurn());
  if (!turn.has_value()) return false;
  Addressee to;
  if (!turn->end.has_value()) {
    absl::StatusOr<std::optional<MailStanding>> end = Address(*turn, &to);
    if (status::IsOutage(end.status())) return end.status();
    // A fault of this one's own: the others have their turn.
    if (!end.ok()) {
      Warn("who is written to cannot be asked", turn->message.id, end.status());
      end = After(*turn, {.verdict = Sent::Verdict::kNotNow, .error = "lookup"});
    }
    turn->end = *std::move(end);
  }
  if (turn->end.has_value()) {
    TREMPLIN_RETURN_IF_ERROR(Record(*turn, *turn->end, epoch));
    return true;
  }
  const Sent sent = deps_.mailer.Send(Compose(*turn, to));
  if (sent.verdict == Sent::Verdict::kCancelled) return false;
  if (sent.verdict == Sent::Verdict::kAway) {
    Pause(sent, turn->message.id);
  } else {
    away_ = 0;
  }
  TREMPLIN_RETURN_IF_ERROR(Record(*turn, After(*turn, sent), epoch));
  return true;
}

MailStanding MailCourier::After(const Turn& turn, const Sent& sent) const {
  const std::string tries = text::Cat(turn.mail.standing.tries);
  const uint64_t draw = ids::Draw({{turn.message.id, tries}});
  return AfterTry(turn.mail.standing, sent, turn.mail.queued, deps_.clock.SystemNow(), draw);
}

absl::Status MailCourier::Record(const Turn& turn, const MailStanding& standing, int64_t epoch) {
  const database::WriteOptions writing{.lane_key = turn.message.id,
                                       .tenant = database::Tenant::All(),
                                       .deadline = absl::Now() + kDatabaseDeadline};
  return deps_.db.Write(writing, [&](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(leases_.Fence(tx, kLease, epoch));
    TREMPLIN_RETURN_IF_ERROR(SaveStanding(tx, turn.message.id, standing));
    if (standing.state != MailState::kToPhone) return absl::OkStatus();
    // Nobody is phoned a link; who waits for it asks again, or asks staff.
    if (turn.mail.recipient.kind == RecipientKind::kAccount) return absl::OkStatus();
    return InsertTask(
        tx,
        MakeTask(
            turn.message.id,
            {.kind = kToPhoneKind, .by_enrolment = turn.mail.enrolment, .reason = standing.reason},
            turn.message.program, resources::NameOf("messages", turn.message.id),
            deps_.clock.BusinessNow()));
  });
}

void MailCourier::Pause(const Sent& sent, const std::string& message) {
  ++away_;
  const std::string away = text::Cat(away_);
  pause_ = deps_.clock.SteadyNow() + PauseAfter(away_, ids::Draw({{message, away}}));
  Warn("mail is not taken", message, sent.error);
}

void MailCourier::KeepHouse() {
  const absl::Duration now = deps_.clock.SteadyNow();
  if (now < keep_house_) return;
  keep_house_ = now + kHouseEvery;
  WaitingMail waiting;
  const absl::Status counted =
      deps_.db.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(waiting, CountWaitingMail(reader));
        return absl::OkStatus();
      });
  if (!counted.ok()) return Warn("mail was not counted", "", counted);
  const absl::Duration age =
      waiting.count == 0 ? absl::ZeroDuration() : deps_.clock.SystemNow() - waiting.since;
  waiting_.Set(static_cast<double>(waiting.count));
  oldest_.Set(absl::ToDoubleSeconds(std::max(age, absl::ZeroDuration())));
}

}  // namespace tremplin::notification
