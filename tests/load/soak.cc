#include "tests/load/soak.h"

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "tests/support/partner.h"
#include "tests/support/usage.h"

namespace tremplin::load {
namespace {

constexpr std::chrono::seconds kEvery{5};

class Sampling {
 public:
  Sampling(testing::Deployment& deployment, std::ostream& out)
      : deployment_(deployment), out_(out), start_(absl::Now()), last_(start_) {
    out_ << "second,process,memory_mb,files,threads,processor_percent,waiting\n";
    for (const std::string& process : deployment_.processes()) {
      micros_[process] = testing::ProcessorMicros(deployment_.Get(process).pid());
    }
  }

  void Sample() {
    const absl::Time now = absl::Now();
    const int64_t waiting = testing::EventsWaiting(deployment_);
    for (const std::string& process : deployment_.processes()) {
      const pid_t pid = deployment_.Get(process).pid();
      const double micros = testing::ProcessorMicros(pid);
      const double percent =
          100 * (micros - micros_[process]) / absl::ToDoubleMicroseconds(now - last_);
      micros_[process] = micros;
      out_ << absl::StrFormat("%.0f,%s,%.1f,%d,%d,%.1f,%d\n", absl::ToDoubleSeconds(now - start_),
                              process, testing::ResidentMegabytes(pid), testing::OpenFiles(pid),
                              testing::Threads(pid), percent, waiting);
    }
    out_.flush();
    last_ = now;
  }

 private:
  testing::Deployment& deployment_;
  std::ostream& out_;
  const absl::Time start_;
  absl::Time last_;
  std::map<std::string, double> micros_;
};

}  // namespace

Sampler::Sampler(testing::Deployment& deployment, std::ostream& out)
    : thread_([&deployment, &out](const std::stop_token& stop) {
        Sampling sampling(deployment, out);
        std::mutex mutex;
        std::condition_variable_any ended;
        std::unique_lock lock(mutex);
        while (!ended.wait_for(lock, stop, kEvery, [&stop] { return stop.stop_requested(); })) {
          sampling.Sample();
        }
      }) {}

}  // namespace tremplin::load
