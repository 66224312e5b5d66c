#include "tests/load/arrivals.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <random>

#include "absl/time/clock.h"
#include "common/status/error.h"

namespace tremplin::load {
namespace {

// Shared by the callbacks of a run; alive until the last has run.
class Running {
 public:
  Running(const std::vector<Kind>& kinds, const Plan& plan)
      : kinds_(kinds), plan_(plan), start_(absl::Now()) {
    outcome_.seconds.resize(static_cast<size_t>(absl::ToInt64Seconds(plan.length)) + 1);
    outcome_.length = plan.length;
  }

  absl::Time start() const { return start_; }

  void Begin(size_t kind, int64_t number, absl::Time due) {
    {
      const std::lock_guard lock(mutex_);
      ++TallyOf(kind).offered;
      ++SecondOf(due).offered;
      late_.push_back(absl::ToDoubleMilliseconds(absl::Now() - due));
      if (open_ >= plan_.most_open) {
        ++TallyOf(kind).errors["NOT_MADE"];
        return;
      }
      ++open_;
    }
    Call call = kinds_[kind].make(number);
    call.client->CallAsync(
        call.method, call.request, plan_.patience,
        [this, kind, due](const absl::StatusOr<std::string>& answer) { Ended(kind, due, answer); });
  }

  Outcome Wait() {
    std::unique_lock lock(mutex_);
    idle_.wait(lock, [this] { return open_ == 0; });
    for (auto& [name, tally] : outcome_.kinds) {
      std::sort(tally.good_ms.begin(), tally.good_ms.end());
      std::sort(tally.refused_ms.begin(), tally.refused_ms.end());
    }
    std::sort(late_.begin(), late_.end());
    outcome_.late_ms = Percentile(late_, 99);
    return std::move(outcome_);
  }

 private:
  Tally& TallyOf(size_t kind) { return outcome_.kinds[kinds_[kind].name]; }
  Second& SecondOf(absl::Time due) {
    const auto at = static_cast<size_t>(absl::ToInt64Seconds(due - start_));
    return outcome_.seconds[std::min(at, outcome_.seconds.size() - 1)];
  }

  void Ended(size_t kind, absl::Time due, const absl::StatusOr<std::string>& answer) {
    if (answer.ok() && kinds_[kind].answered) kinds_[kind].answered(*answer);
    const double ms = absl::ToDoubleMilliseconds(absl::Now() - due);
    const std::lock_guard lock(mutex_);
    Tally& tally = TallyOf(kind);
    if (!answer.ok()) {
      const std::string reason = status::ReasonOf(answer.status());
      ++tally.errors[reason.empty() ? absl::StatusCodeToString(answer.status().code()) : reason];
      if (absl::IsResourceExhausted(answer.status())) tally.refused_ms.push_back(ms);
    } else if (ms <= absl::ToDoubleMilliseconds(plan_.patience)) {
      ++tally.good;
      tally.good_ms.push_back(ms);
      Second& second = SecondOf(due);
      ++second.good;
      second.worst_ms = std::max(second.worst_ms, ms);
    } else {
      ++tally.errors["TOO_LATE"];
    }
    if (--open_ == 0) idle_.notify_all();
  }

  const std::vector<Kind>& kinds_;
  const Plan& plan_;
  const absl::Time start_;
  std::mutex mutex_;
  std::condition_variable idle_;
  int64_t open_ = 0;
  std::vector<double> late_;
  Outcome outcome_;
};

}  // namespace

void Tally::Add(const Tally& other) {
  offered += other.offered;
  good += other.good;
  for (const auto& [what, count] : other.errors) errors[what] += count;
  for (const auto& [to, from] :
       {std::pair(&good_ms, &other.good_ms), std::pair(&refused_ms, &other.refused_ms)}) {
    to->insert(to->end(), from->begin(), from->end());
    std::sort(to->begin(), to->end());
  }
}

Tally Outcome::All() const {
  Tally all;
  for (const auto& [name, tally] : kinds) all.Add(tally);
  return all;
}

double Outcome::GoodPerSecond() const {
  int64_t good = 0;
  for (const auto& [name, tally] : kinds) good += tally.good;
  return static_cast<double>(good) / absl::ToDoubleSeconds(length);
}

double Percentile(const std::vector<double>& sorted, double p) {
  if (sorted.empty()) return 0;
  const auto index = static_cast<size_t>(p / 100 * static_cast<double>(sorted.size()));
  return sorted[std::min(index, sorted.size() - 1)];
}

Outcome Run(const std::vector<Kind>& kinds, const Plan& plan) {
  std::mt19937_64 random(plan.seed);
  std::exponential_distribution<double> gap(plan.rate);
  std::vector<double> shares;
  shares.reserve(kinds.size());
  for (const Kind& kind : kinds) shares.push_back(kind.share);
  std::discrete_distribution<size_t> which(shares.begin(), shares.end());
  Running running(kinds, plan);
  absl::Time due = running.start();
  for (int64_t number = plan.first;; ++number) {
    due += absl::Seconds(gap(random));
    if (due >= running.start() + plan.length) break;
    const absl::Duration early = due - absl::Now();
    if (early > absl::ZeroDuration()) absl::SleepFor(early);
    running.Begin(which(random), number, due);
  }
  return running.Wait();
}

}  // namespace tremplin::load
