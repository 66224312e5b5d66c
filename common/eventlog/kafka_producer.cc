#include "common/eventlog/kafka_producer.h"

#include <array>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/logging/logging.h"
#include "common/text/text.h"

namespace tremplin::eventlog::kafka {
namespace {

constexpr int kPollMs = 100;

// What a message carries until its report.
struct Outstanding {
  std::string event_id;
  std::shared_ptr<const Producer::Delivered> delivered;
};

bool IsFatal(rd_kafka_t* handle) {
  std::array<char, 256> reason{};
  return rd_kafka_fatal_error(handle, reason.data(), reason.size()) != RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_headers_t* MakeHeaders(const events::Event& event) {
  const std::vector<events::Header> headers = events::EncodeHeaders(event);
  rd_kafka_headers_t* list = rd_kafka_headers_new(headers.size());
  for (const auto& [name, value] : headers) {
    rd_kafka_header_add(list, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  return list;
}

}  // namespace

void KafkaProducer::OnDelivery(rd_kafka_t* /*handle*/, const rd_kafka_message_t* message,
                               void* self) {
  status::Condition* const condition = static_cast<KafkaProducer*>(self)->condition_.get();
  if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    NoteWorks(condition);
  } else {
    NoteError(condition, message->err, "delivery");
  }
  const std::unique_ptr<Outstanding> outstanding(static_cast<Outstanding*>(message->_private));
  (*outstanding->delivered)(outstanding->event_id, ToStatus(message->err, "delivery"));
}

// Served by the reports' thread. A fatal error leaves messages waiting for ever unless purged.
void KafkaProducer::OnError(rd_kafka_t* handle, int error, const char* reason, void* self) {
  NoteError(static_cast<KafkaProducer*>(self)->condition_.get(),
            static_cast<rd_kafka_resp_err_t>(error), reason);
  if (error == RD_KAFKA_RESP_ERR__FATAL) {
    logging::Error("kafka producer failed for good", {{"text", std::string_view(reason)}});
    rd_kafka_purge(handle, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    return;
  }
  logging::Warning("kafka producer", {{"text", std::string_view(reason)}});
}

KafkaProducer::KafkaProducer(const KafkaOptions& options) : condition_(options.publishing) {
  rd_kafka_conf_t* conf = MakeConf(ProducerSettings(options));
  rd_kafka_conf_set_opaque(conf, this);
  rd_kafka_conf_set_dr_msg_cb(conf, &KafkaProducer::OnDelivery);
  rd_kafka_conf_set_error_cb(conf, &KafkaProducer::OnError);
  handle_ = MakeHandle(RD_KAFKA_PRODUCER, conf);
  reports_ = std::jthread([handle = handle_.get()](const std::stop_token& stop) {
    while (!stop.stop_requested()) rd_kafka_poll(handle, kPollMs);
  });
}

KafkaProducer::~KafkaProducer() {
  reports_.request_stop();
  reports_.join();
  rd_kafka_purge(handle_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  // Purged messages are reported by the client's own threads, at once: the bound is for a client
  // that is broken.
  const absl::Time deadline = absl::Now() + absl::Seconds(5);
  while (rd_kafka_outq_len(handle_.get()) > 0 && absl::Now() < deadline) {
    rd_kafka_poll(handle_.get(), 10);
  }
}

absl::Status KafkaProducer::PublishOne(const events::Event& event,
                                       const std::shared_ptr<const Delivered>& to) {
  const std::string topic = events::TopicOf(event.service);
  rd_kafka_headers_t* headers = MakeHeaders(event);
  auto outstanding = std::make_unique<Outstanding>(Outstanding{event.id, to});
  std::array<rd_kafka_vu_t, 6> parts{};
  parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
  parts[0].u.cstr = topic.c_str();
  parts[1].vtype = RD_KAFKA_VTYPE_KEY;
  parts[1].u.mem = {const_cast<char*>(event.key.data()), event.key.size()};
  parts[2].vtype = RD_KAFKA_VTYPE_VALUE;
  parts[2].u.mem = {const_cast<char*>(event.data.data()), event.data.size()};
  parts[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
  parts[3].u.i = RD_KAFKA_MSG_F_COPY;
  parts[4].vtype = RD_KAFKA_VTYPE_HEADERS;
  parts[4].u.headers = headers;
  parts[5].vtype = RD_KAFKA_VTYPE_OPAQUE;
  parts[5].u.ptr = outstanding.get();
  rd_kafka_error_t* error = rd_kafka_produceva(handle_.get(), parts.data(), parts.size());
  if (error == nullptr) {
    (void)outstanding.release();  // OnDelivery's now
    return absl::OkStatus();
  }
  rd_kafka_headers_destroy(headers);
  const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
  const std::string what = text::Cat("publish: ", rd_kafka_error_string(error));
  rd_kafka_error_destroy(error);
  if (code == RD_KAFKA_RESP_ERR__QUEUE_FULL) return absl::ResourceExhaustedError(what);
  if (code == RD_KAFKA_RESP_ERR__FATAL || IsFatal(handle_.get())) {
    return absl::FailedPreconditionError(what);
  }
  // Refused for a reason of its own (too large, unknown topic): reported as any other failure.
  (*to)(event.id, absl::InternalError(what));
  return absl::OkStatus();
}

absl::Status KafkaProducer::Publish(absl::Span<const events::Event> events,
                                    const Delivered& delivered, size_t* taken) {
  *taken = 0;
  if (IsFatal(handle_.get())) return absl::FailedPreconditionError("publish: producer has failed");
  const auto to = std::make_shared<const Delivered>(delivered);
  for (const events::Event& event : events) {
    if (absl::Status status = PublishOne(event, to); !status.ok()) return status;
    ++*taken;
  }
  return absl::OkStatus();
}

absl::Status KafkaProducer::Flush(absl::Duration timeout) {
  const auto error =
      rd_kafka_flush(handle_.get(), static_cast<int>(absl::ToInt64Milliseconds(timeout)));
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR) return absl::OkStatus();
  return absl::DeadlineExceededError(text::Cat("flush: ", rd_kafka_err2str(error)));
}

}  // namespace tremplin::eventlog::kafka
