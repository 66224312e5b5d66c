#ifndef TREMPLIN_COMMON_OUTBOX_FAKE_EVENT_LOG_H_
#define TREMPLIN_COMMON_OUTBOX_FAKE_EVENT_LOG_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/eventlog/event_log.h"

namespace tremplin::eventlog {

// A log whose producer does what a test wants. For one thread.
class FakeEventLog final : public EventLog {
 public:
  // What was published successfully, repeats included.
  const std::vector<events::Event>& published() const { return published_; }
  int producers() const { return producers_; }

  // Decides on each event; an error is reported, and the event is not published.
  void OnEach(std::function<absl::Status(const events::Event&)> verdict) {
    verdict_ = std::move(verdict);
  }
  // Publish takes at most this many events at once.
  void LimitTo(size_t events) { limit_ = events; }
  // Keeps reports back; letting go delivers them, unless told to leave them to the producer's end.
  void HoldReports(bool hold, bool deliver = true) {
    hold_ = hold;
    if (!hold && deliver) DeliverHeld(absl::OkStatus());
  }
  // The present producer answers FAILED_PRECONDITION from now on; what it held was never published.
  void FailProducer() {
    failed_ = true;
    for (size_t i = 0; i < held_.size(); ++i) published_.pop_back();
  }

  absl::Status EnsureTopics(absl::Span<const std::string> /*topics*/) override {
    return absl::OkStatus();
  }
  absl::Status CheckTopics(absl::Span<const std::string> /*topics*/) override {
    return absl::OkStatus();
  }
  std::unique_ptr<Producer> NewProducer() override {
    ++producers_;
    failed_ = false;
    return std::make_unique<FakeProducer>(*this);
  }
  std::unique_ptr<Consumer> NewConsumer(const ConsumerOptions& /*options*/) override {
    return nullptr;
  }
  void OnPublished(std::function<void(const std::string&)> /*wake*/) override {}

 private:
  class FakeProducer final : public Producer {
   public:
    explicit FakeProducer(FakeEventLog& log) : log_(log) {}
    ~FakeProducer() override { log_.DeliverHeld(absl::UnavailableError("producer is gone")); }

    absl::Status Publish(absl::Span<const events::Event> events, const Delivered& delivered,
                         size_t* taken) override {
      *taken = 0;
      if (log_.failed_) return absl::FailedPreconditionError("failed for good");
      for (const events::Event& event : events) {
        if (*taken == log_.limit_) return absl::ResourceExhaustedError("queue is full");
        ++*taken;
        const absl::Status status = log_.verdict_ ? log_.verdict_(event) : absl::OkStatus();
        if (status.ok()) log_.published_.push_back(event);
        if (log_.hold_) {
          log_.held_.emplace_back(event.id, delivered);
        } else {
          delivered(event.id, status);
        }
      }
      return absl::OkStatus();
    }

    absl::Status Flush(absl::Duration /*timeout*/) override {
      log_.DeliverHeld(absl::OkStatus());
      return absl::OkStatus();
    }

   private:
    FakeEventLog& log_;
  };

  void DeliverHeld(const absl::Status& status) {
    for (const auto& [id, delivered] : std::exchange(held_, {})) delivered(id, status);
  }

  std::vector<events::Event> published_;
  std::vector<std::pair<std::string, Producer::Delivered>> held_;
  std::function<absl::Status(const events::Event&)> verdict_;
  size_t limit_ = SIZE_MAX;
  int producers_ = 0;
  bool hold_ = false;
  bool failed_ = false;
};

}  // namespace tremplin::eventlog

#endif  // TREMPLIN_COMMON_OUTBOX_FAKE_EVENT_LOG_H_
