#include "common/outbox/outbox.h"

#include <utility>

#include "common/environment/environment.h"
#include "common/events/event.h"
#include "common/ids/ids.h"
#include "common/text/text.h"
#include "common/trace/trace.h"

namespace tremplin::outbox {

const std::string_view kOutboxSchemaSql = R"sql(
CREATE TABLE {service}_outbox (
  seq {identity},
  event_id TEXT NOT NULL,
  type TEXT NOT NULL,
  key TEXT NOT NULL,
  time_us BIGINT NOT NULL,
  created_us BIGINT NOT NULL,
  traceparent TEXT NOT NULL,
  data {bytes} NOT NULL
);
CREATE TABLE {service}_relay_lease (
  id BIGINT PRIMARY KEY,
  holder TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  expires_us BIGINT NOT NULL
);
INSERT INTO {service}_relay_lease (id, holder, epoch, expires_us) VALUES (1, '', 0, 0);
)sql";

Outbox::Outbox(std::string service, eventlog::LocalLog* log)
    : service_(std::move(service)),
      log_(log),
      insert_sql_(text::Cat("INSERT INTO ", service_,
                            "_outbox (event_id, type, key, time_us, created_us, traceparent, data) "
                            "VALUES ($1, $2, $3, $4, $5, $6, $7)")) {}

absl::Status Outbox::Append(database::Transaction& tx, std::string_view key,
                            absl::Time business_time, const google::protobuf::Message& payload,
                            std::string_view traceparent) const {
  if (!events::IsKey(key)) return absl::InvalidArgumentError("an event's key is an aggregate's id");
  std::string data = payload.SerializeAsString();
  if (data.size() > events::kMaxEventBytes) {
    return absl::InvalidArgumentError(
        text::Cat("event ", payload.GetTypeName(), " is larger than ", events::kMaxEventBytes));
  }
  std::string trace = traceparent.empty() ? trace::NewTraceparent() : std::string(traceparent);
  if (log_ != nullptr) {
    return log_->Append(tx, {.id = ids::New(),
                             .service = service_,
                             .type = payload.GetTypeName(),
                             .key = std::string(key),
                             .time = business_time,
                             .traceparent = std::move(trace),
                             .data = std::move(data)});
  }
  const absl::Status status = tx.Execute(
      insert_sql_, {ids::New(), payload.GetTypeName(), std::string(key),
                    clock::ToMicros(business_time), clock::ToMicros(environment::SystemNow()),
                    std::move(trace), database::Bytes{std::move(data)}});
  if (status.ok() && wake_) tx.AfterCommit(wake_);
  return status;
}

void Outbox::OnAppended(std::function<void()> wake) { wake_ = std::move(wake); }

}  // namespace tremplin::outbox
