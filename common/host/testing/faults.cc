#include "common/host/testing/faults.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/status/macros.h"

namespace tremplin::host::testing {
namespace {

absl::Status Outage() { return absl::UnavailableError("a fault of the test's"); }

class FaultyDatabase final : public database::Database {
 public:
  FaultyDatabase(Faults& faults, std::unique_ptr<database::Database> db)
      : faults_(faults), db_(std::move(db)) {}

  absl::Status Write(const database::WriteOptions& options,
                     const std::function<absl::Status(database::Transaction&)>& fn) override {
    if (faults_.Meets(faults_.rates().write_refused)) return Outage();
    TREMPLIN_RETURN_IF_ERROR(db_->Write(options, fn));
    return faults_.Meets(faults_.rates().write_unknown) ? Outage() : absl::OkStatus();
  }
  absl::Status Read(const database::ReadOptions& options,
                    const std::function<absl::Status(database::Reader&)>& fn) override {
    if (faults_.Meets(faults_.rates().read_refused)) return Outage();
    return db_->Read(options, fn);
  }
  absl::Status Ping(absl::Duration timeout) override { return db_->Ping(timeout); }

 private:
  Faults& faults_;
  const std::unique_ptr<database::Database> db_;
};

class FaultyTransport final : public peers::Transport {
 public:
  FaultyTransport(Faults& faults, std::unique_ptr<peers::Transport> transport)
      : faults_(faults), transport_(std::move(transport)) {}

  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope& envelope) override {
    if (faults_.Meets(faults_.rates().call_refused)) return Outage();
    absl::StatusOr<std::string> answer = transport_->Call(method, request, envelope);
    if (faults_.Meets(faults_.rates().answer_lost)) return Outage();
    return answer;
  }

 private:
  Faults& faults_;
  const std::unique_ptr<peers::Transport> transport_;
};

class FaultyProducer final : public eventlog::Producer {
 public:
  FaultyProducer(Faults& faults, std::unique_ptr<eventlog::Producer> producer)
      : faults_(faults), producer_(std::move(producer)) {}

  absl::Status Publish(absl::Span<const events::Event> events, const Delivered& delivered,
                       size_t* taken) override {
    *taken = 0;
    if (faults_.Meets(faults_.rates().publish_refused)) return Outage();
    while (*taken < events.size()) {
      TREMPLIN_RETURN_IF_ERROR(PublishOne(events.subspan(*taken, 1), delivered));
      ++*taken;
    }
    return absl::OkStatus();
  }
  absl::Status Flush(absl::Duration timeout) override { return producer_->Flush(timeout); }

 private:
  absl::Status PublishOne(absl::Span<const events::Event> event, const Delivered& delivered) {
    size_t ignored = 0;
    if (faults_.Meets(faults_.rates().published_twice)) {
      const auto unheard = [](const std::string&, const absl::Status&) {};
      TREMPLIN_RETURN_IF_ERROR(producer_->Publish(event, unheard, &ignored));
    }
    const bool lost = faults_.Meets(faults_.rates().report_lost);
    return producer_->Publish(
        event,
        [&](const std::string& id, const absl::Status& status) {
          delivered(id, lost ? Outage() : status);
        },
        &ignored);
  }

  Faults& faults_;
  const std::unique_ptr<eventlog::Producer> producer_;
};

class FaultyConsumer final : public eventlog::Consumer {
 public:
  FaultyConsumer(Faults& faults, std::unique_ptr<eventlog::Consumer> consumer)
      : faults_(faults), consumer_(std::move(consumer)) {}

  absl::StatusOr<std::vector<eventlog::Chunk>> Poll(size_t max_records,
                                                    absl::Duration wait) override {
    if (faults_.Meets(faults_.rates().poll_refused)) return Outage();
    if (faults_.Meets(faults_.rates().poll_late)) return std::vector<eventlog::Chunk>();
    return consumer_->Poll(max_records, wait);
  }
  absl::Status Commit(const eventlog::Chunk& chunk) override {
    if (!faults_.Meets(faults_.rates().handed_again)) return consumer_->Commit(chunk);
    consumer_->Retry(chunk, absl::ZeroDuration());
    return absl::FailedPreconditionError("a fault of the test's: another has the partition");
  }
  void Retry(const eventlog::Chunk& chunk, absl::Duration delay) override {
    consumer_->Retry(chunk, delay);
  }
  absl::StatusOr<std::vector<eventlog::Lag>> Lags() override { return consumer_->Lags(); }
  void Close() override { consumer_->Close(); }

 private:
  Faults& faults_;
  const std::unique_ptr<eventlog::Consumer> consumer_;
};

class FaultyEventLog final : public eventlog::EventLog {
 public:
  FaultyEventLog(Faults& faults, std::unique_ptr<eventlog::EventLog> log)
      : faults_(faults), log_(std::move(log)) {}

  absl::Status EnsureTopics(absl::Span<const std::string> topics) override {
    return log_->EnsureTopics(topics);
  }
  absl::Status CheckTopics(absl::Span<const std::string> topics) override {
    return log_->CheckTopics(topics);
  }
  std::unique_ptr<eventlog::Producer> NewProducer() override {
    return std::make_unique<FaultyProducer>(faults_, log_->NewProducer());
  }
  eventlog::LocalLog* Local() override { return log_->Local(); }
  std::unique_ptr<eventlog::Consumer> NewConsumer(
      const eventlog::ConsumerOptions& options) override {
    return std::make_unique<FaultyConsumer>(faults_, log_->NewConsumer(options));
  }
  void OnPublished(std::function<void(const std::string& topic)> wake) override {
    log_->OnPublished(std::move(wake));
  }

 private:
  Faults& faults_;
  const std::unique_ptr<eventlog::EventLog> log_;
};

}  // namespace

bool Faults::Meets(int of_a_hundred) {
  if (!active_ || of_a_hundred <= 0) return false;
  const bool met = random_() % 100 < static_cast<uint64_t>(of_a_hundred);
  met_ += met ? 1 : 0;
  return met;
}

InlineOptions Faults::Around(InlineOptions options) {
  options.database = [this](std::string_view, std::unique_ptr<database::Database> db) {
    return std::make_unique<FaultyDatabase>(*this, std::move(db));
  };
  options.transport = [this](std::string_view, std::unique_ptr<peers::Transport> transport) {
    return std::make_unique<FaultyTransport>(*this, std::move(transport));
  };
  options.log = [this](std::unique_ptr<eventlog::EventLog> log) {
    return std::make_unique<FaultyEventLog>(*this, std::move(log));
  };
  return options;
}

}  // namespace tremplin::host::testing
