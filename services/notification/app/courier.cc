#include "services/notification/app/courier.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/ids/ids.h"
#include "common/logging/logging.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "google/protobuf/util/json_util.h"
#include "services/notification/app/posting.h"
#include "services/notification/app/queueing.h"
#include "services/notification/domain/templates.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::notification {
namespace {

constexpr char kReadFeed[] = "tremplin.referral.v1.ReferralService/ReadStatusFeed";
constexpr char kLease[] = "webhooks";
// Longer than a post with what stands around it.
constexpr absl::Duration kLeaseTerm = absl::Seconds(30);
constexpr absl::Duration kDatabaseDeadline = absl::Seconds(5);
constexpr int kTurnsRead = 64;
// Of feeds that have nothing new: so many are looked at a second.
constexpr int kLooksPerSecond = 100;
constexpr absl::Duration kHouseEvery = absl::Seconds(30);
constexpr int kTrimmedAtOnce = 500;

database::ReadOptions Reading() {
  return {.tenant = database::Tenant::All(), .deadline = absl::Now() + kDatabaseDeadline};
}
database::WriteOptions Writing(const std::string& key) {
  return {.lane_key = key,
          .tenant = database::Tenant::All(),
          .deadline = absl::Now() + kDatabaseDeadline};
}

absl::StatusOr<std::string> JsonOf(const referral::v1::StatusEntry& entry) {
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(entry, &json).ok()) {
    return absl::InternalError("an entry of the feed cannot be written as JSON");
  }
  return json;
}

void Warn(const char* what, const std::string& webhook, const absl::Status& why) {
  const std::string error(why.message());
  logging::Warning(what,
                   {{"webhook", std::string_view(webhook)}, {"error", std::string_view(error)}});
}

metrics::Gauge& FailingGauge(metrics::Registry& metrics, const char* state) {
  return metrics.GetGauge("tremplin_webhooks_failing",
                          "Webhooks whose address does not take the entry whose turn it is.",
                          {{"state", state}});
}

}  // namespace

Courier::Courier(database::Database& db, peers::Peers& peers, const seal::Sealer& sealer,
                 const outbox::Outbox& outbox, const clock::Clock& clock,
                 metrics::Registry& metrics, Poster& poster)
    : db_(db),
      peers_(peers),
      sealer_(sealer),
      outbox_(outbox),
      clock_(clock),
      poster_(poster),
      leases_({.service = "notification", .holder = ids::New(), .term = kLeaseTerm}, db, clock),
      failing_(FailingGauge(metrics, "enabled")),
      suspended_(FailingGauge(metrics, "suspended")),
      oldest_(metrics.GetGauge(
          "tremplin_webhook_oldest_undelivered_seconds",
          "For how long the entry has failed that an enabled webhook has failed at longest.")) {}

absl::Duration Courier::Step() {
  KeepHouse();
  const std::optional<std::string> id = Take();
  if (!id.has_value()) return kPoll;
  bool more = false;
  const absl::StatusOr<std::optional<int64_t>> epoch = leases_.Hold(kLease);
  if (!epoch.ok()) {
    Warn("the lease of webhooks cannot be had", *id, epoch.status());
  } else if (epoch->has_value()) {
    const absl::StatusOr<bool> delivered = Deliver(*id, **epoch);
    if (!delivered.ok()) Warn("a webhook waits", *id, delivered.status());
    more = delivered.value_or(false);
  } else {
    StandBack();
  }
  Release(*id, more);
  return absl::ZeroDuration();
}

void Courier::LookAgain() {
  const std::lock_guard lock(mutex_);
  look_again_ = absl::ZeroDuration();
  resting_.clear();
}

// In the order of their ids, round and round, so that each has its turn.
std::optional<std::string> Courier::Take() {
  const std::lock_guard lock(mutex_);
  const absl::Duration now = clock_.SteadyNow();
  if (queue_.empty() && now < look_again_) return std::nullopt;
  // What is left of the round that was begun, and one more.
  for (int rounds = last_.empty() ? 1 : 0; queue_.empty() && rounds < 2;) {
    const absl::StatusOr<std::vector<std::string>> due = ReadDue(last_);
    if (!due.ok()) Warn("webhooks cannot be read", "", due.status());
    const bool full = due.ok() && due->size() == kTurnsRead;
    if (!full) ++rounds;
    last_ = full ? due->back() : "";
    if (!due.ok()) continue;
    for (const std::string& id : *due) {
      const auto resting = resting_.find(id);
      const bool rests = resting != resting_.end() && now < resting->second;
      if (!rests && !busy_.contains(id)) queue_.push_back(id);
    }
  }
  if (queue_.empty()) {
    look_again_ = now + kPoll;
    return std::nullopt;
  }
  std::string id = std::move(queue_.front());
  queue_.pop_front();
  busy_.insert(id);
  return id;
}

// Another replica delivers: whether it still does is asked once a kPoll, not for each webhook.
void Courier::StandBack() {
  const std::lock_guard lock(mutex_);
  queue_.clear();
  last_.clear();
  look_again_ = clock_.SteadyNow() + kPoll;
}

void Courier::Release(const std::string& id, bool more) {
  const std::lock_guard lock(mutex_);
  const absl::Duration now = clock_.SteadyNow();
  busy_.erase(id);
  if (more) {
    resting_.erase(id);
    look_again_ = absl::ZeroDuration();
    return;
  }
  std::erase_if(resting_, [now](const auto& one) { return one.second <= now; });
  const absl::Duration spread =
      absl::Seconds(1) * static_cast<double>(resting_.size()) / kLooksPerSecond;
  resting_[id] = now + std::max(kPoll, spread);
}

absl::StatusOr<std::vector<std::string>> Courier::ReadDue(const std::string& after) {
  std::vector<std::string> due;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(due, DueWebhooks(reader, clock_.SystemNow(), after, kTurnsRead));
    return absl::OkStatus();
  }));
  return due;
}

absl::StatusOr<std::optional<Courier::Turn>> Courier::ReadTurn(const std::string& id) {
  std::optional<Turn> turn;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    turn.reset();
    TREMPLIN_ASSIGN_OR_RETURN(const std::optional<WebhookRow> row, FindWebhook(reader, id));
    const absl::Time now = clock_.SystemNow();
    // It may have been changed, or tried, since it was looked up.
    if (!row.has_value() || row->standing.state != WebhookState::kEnabled ||
        now < row->standing.next) {
      return absl::OkStatus();
    }
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<std::string> secrets,
                              OpenSecrets(sealer_, reader, *row, now));
    turn = Turn{*row, std::move(secrets)};
    return absl::OkStatus();
  }));
  return turn;
}

absl::StatusOr<bool> Courier::Deliver(const std::string& id, int64_t epoch) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<Turn> turn, ReadTurn(id));
  if (!turn.has_value()) return false;
  const WebhookRow& webhook = turn->webhook;
  referral::v1::ReadStatusFeedRequest request;
  request.set_organization(resources::NameOf("organizations", webhook.organization));
  request.set_program(resources::NameOf("programs", webhook.program));
  request.set_cursor(webhook.cursor);
  request.set_page_size(1);
  const absl::StatusOr<referral::v1::ListStatusFeedResponse> page =
      peers_.Call<referral::v1::ListStatusFeedResponse>(
          kReadFeed, request, peers::PeerCall::AsService(absl::InfiniteFuture()));
  DeliveryRow row{.webhook = webhook.id,
                  .organization = webhook.organization,
                  .attempt = webhook.standing.failures + 1,
                  .begun = clock_.SystemNow()};
  if (absl::IsInvalidArgument(page.status())) {
    // The feed was restored from before: its owner says from where it goes on.
    row.answer.error = "feed";
    return Record(webhook, row, webhook.cursor, epoch);
  }
  if (!page.ok()) return page.status();
  if (page->entries().empty()) return false;
  const referral::v1::StatusEntry& entry = page->entries(0);
  TREMPLIN_ASSIGN_OR_RETURN(std::string json, JsonOf(entry));
  row.entry = entry.id();
  row.sequence = entry.sequence();
  const absl::Duration begun = clock_.SteadyNow();
  row.answer =
      poster_.Post(SignedPost(webhook.url, turn->secrets, row.entry, row.begun, std::move(json)));
  row.lasted = clock_.SteadyNow() - begun;
  if (row.answer.error == Poster::kCancelled) return false;
  return Record(webhook, row, page->cursor(), epoch);
}

absl::StatusOr<bool> Courier::Record(WebhookRow webhook, const DeliveryRow& row,
                                     const std::string& cursor, int64_t epoch) {
  const bool taken = row.answer.taken();
  const std::string attempt = text::Cat(row.attempt);
  const std::string_view parts[] = {webhook.id, row.entry, attempt};
  webhook.standing = After(webhook.standing, row.answer, clock_.SystemNow(), ids::Draw(parts));
  if (taken) {
    webhook.cursor = cursor;
    webhook.sequence = row.sequence;
  }
  DeliveryRow logged = row;
  logged.answer.error = std::string(row.answer.Fault());
  bool moved = false;
  const auto write = [&](database::Transaction& tx) -> absl::Status {
    TREMPLIN_RETURN_IF_ERROR(leases_.Fence(tx, kLease, epoch));
    // What its owner said meanwhile stands; that it was tried is told all the same.
    TREMPLIN_ASSIGN_OR_RETURN(moved, MoveWebhook(tx, webhook));
    TREMPLIN_RETURN_IF_ERROR(InsertDelivery(tx, logged));
    const bool ended = moved && webhook.standing.state != WebhookState::kEnabled;
    return ended ? TellOwner(tx, webhook, row.entry) : absl::OkStatus();
  };
  TREMPLIN_RETURN_IF_ERROR(db_.Write(Writing(webhook.id), write));
  return taken || !moved;
}

absl::Status Courier::TellOwner(database::Transaction& tx, const WebhookRow& webhook,
                                const std::string& entry) const {
  const std::string version = text::Cat(webhook.version);
  const std::string_view parts[] = {"webhook ended", webhook.id, version, entry};
  const bool gone = webhook.standing.state == WebhookState::kGone;
  const QueuedMessage message =
      MakeMessage(ids::Derive(parts), {RecipientKind::kOrganization, webhook.organization},
                  gone ? "webhook_gone" : "webhook_suspended", webhook.program,
                  resources::NameOf("webhooks", webhook.id), clock_.BusinessNow());
  return QueueMessage(tx, outbox_, message);
}

void Courier::KeepHouse() {
  {
    const std::lock_guard lock(mutex_);
    const absl::Duration now = clock_.SteadyNow();
    if (now < keep_house_) return;
    keep_house_ = now + kHouseEvery;
  }
  int64_t trimmed = 0;
  const absl::Status kept =
      db_.Write(Writing("webhook deliveries"), [&](database::Transaction& tx) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(
            trimmed, TrimDeliveries(tx, clock_.SystemNow() - kDeliveriesKept, kTrimmedAtOnce));
        return absl::OkStatus();
      });
  if (!kept.ok()) Warn("the log of webhooks was not trimmed", "", kept);
  if (const absl::Status told = TellGauges(); !told.ok()) {
    Warn("webhooks were not counted", "", told);
  }
  if (trimmed < kTrimmedAtOnce) return;
  const std::lock_guard lock(mutex_);
  keep_house_ = absl::ZeroDuration();
}

absl::Status Courier::TellGauges() {
  Failing enabled;
  Failing suspended;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(Reading(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(enabled, CountFailing(reader, WebhookState::kEnabled));
    TREMPLIN_ASSIGN_OR_RETURN(suspended, CountFailing(reader, WebhookState::kSuspended));
    return absl::OkStatus();
  }));
  failing_.Set(static_cast<double>(enabled.count));
  suspended_.Set(static_cast<double>(suspended.count));
  const absl::Duration age =
      enabled.count == 0 ? absl::ZeroDuration() : clock_.SystemNow() - enabled.since;
  oldest_.Set(absl::ToDoubleSeconds(std::max(age, absl::ZeroDuration())));
  return absl::OkStatus();
}

}  // namespace tremplin::notification
