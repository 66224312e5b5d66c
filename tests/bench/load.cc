#include "tests/bench/load.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "absl/time/clock.h"

namespace tremplin::bench {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(20);

// Shared by the callbacks of one run; alive until the last has run.
struct Run {
  const std::vector<std::unique_ptr<rpc::Client>>& clients;
  const MakeCall& make;
  int64_t end;
  std::atomic<int64_t> next;
  std::mutex mutex;
  std::condition_variable idle;
  int64_t open = 0;
  LoadResult result;

  Run(const std::vector<std::unique_ptr<rpc::Client>>& c, const MakeCall& m, int64_t first,
      int64_t count)
      : clients(c), make(m), end(first + count), next(first) {}

  void Begin(int64_t number, absl::Time due, bool go_on) {
    const auto call = make(number);
    clients[static_cast<size_t>(number) % clients.size()]->CallAsync(
        call.first, call.second, kTimeout,
        [this, due, go_on](const absl::StatusOr<std::string>& answer) {
          Ended(answer, due, go_on);
        });
  }

  void Ended(const absl::StatusOr<std::string>& answer, absl::Time due, bool go_on) {
    const double ms = absl::ToDoubleMilliseconds(absl::Now() - due);
    {
      std::lock_guard lock(mutex);
      if (answer.ok()) {
        ++result.answered;
        result.milliseconds.push_back(ms);
      } else if (++result.failed <= 3) {
        std::fprintf(stderr, "  a call failed: %s\n", answer.status().ToString().c_str());
      }
    }
    if (go_on) {
      const int64_t number = next++;
      if (number < end) return Begin(number, absl::Now(), true);
    }
    std::lock_guard lock(mutex);
    if (--open == 0) idle.notify_all();
  }

  LoadResult Wait(absl::Time start) {
    std::unique_lock lock(mutex);
    idle.wait(lock, [this] { return open == 0; });
    result.elapsed = absl::Now() - start;
    std::sort(result.milliseconds.begin(), result.milliseconds.end());
    return std::move(result);
  }
};

class EchoReactor final : public grpc::ServerGenericBidiReactor {
 public:
  EchoReactor() { StartRead(&buffer_); }
  void OnReadDone(bool ok) override {
    if (ok) {
      StartWriteAndFinish(&buffer_, grpc::WriteOptions(), grpc::Status::OK);
    } else {
      Finish(grpc::Status::OK);
    }
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer buffer_;
};

class EchoService final : public grpc::CallbackGenericService {
 public:
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new EchoReactor();
  }
};

}  // namespace

double LoadResult::PerSecond() const {
  const double seconds = absl::ToDoubleSeconds(elapsed);
  return seconds > 0 ? static_cast<double>(answered) / seconds : 0;
}

double LoadResult::Percentile(double p) const {
  if (milliseconds.empty()) return 0;
  const auto index = static_cast<size_t>(p / 100 * static_cast<double>(milliseconds.size()));
  return milliseconds[std::min(index, milliseconds.size() - 1)];
}

LoadResult Closed(const std::vector<std::unique_ptr<rpc::Client>>& clients, int in_flight,
                  int64_t count, int64_t first, const MakeCall& make) {
  Run run(clients, make, first, count);
  const absl::Time start = absl::Now();
  const int64_t begin = std::min<int64_t>(in_flight, count);
  run.open = begin;
  for (int64_t i = 0; i < begin; ++i) run.Begin(run.next++, absl::Now(), true);
  return run.Wait(start);
}

LoadResult Open(const std::vector<std::unique_ptr<rpc::Client>>& clients, double rate,
                absl::Duration length, int64_t first, const MakeCall& make) {
  const auto count = static_cast<int64_t>(rate * absl::ToDoubleSeconds(length));
  Run run(clients, make, first, count);
  const absl::Time start = absl::Now();
  run.open = 1;  // held by this loop
  for (int64_t i = 0; i < count; ++i) {
    const absl::Time due = start + absl::Seconds(static_cast<double>(i) / rate);
    const absl::Duration early = due - absl::Now();
    if (early > absl::ZeroDuration()) absl::SleepFor(early);
    {
      std::lock_guard lock(run.mutex);
      ++run.open;
    }
    run.Begin(first + i, due, false);
  }
  {
    std::lock_guard lock(run.mutex);
    --run.open;
  }
  return run.Wait(start);
}

int ServeEcho() {
  EchoService service;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterCallbackGenericService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  std::printf("%d\n", port);
  std::fflush(stdout);
  server->Wait();
  return 0;
}

}  // namespace tremplin::bench
