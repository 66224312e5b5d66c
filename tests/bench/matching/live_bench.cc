#include "tests/bench/matching/live_bench.h"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/matching/engine/live_pool.h"
#include "tests/bench/matching/candidates_bench.h"
#include "tests/bench/matching/processor_time.h"

namespace tremplin::bench {
namespace {

using matching::engine::LivePool;
using matching::engine::Mentee;
using matching::engine::Mentor;
using matching::engine::Policy;
using matching::engine::Pool;
using matching::engine::Proposals;
using matching::engine::Solution;

constexpr uint64_t kSeed = 20260301;
constexpr int kPairsCompared = 1000;

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "tremplin-matching-bench: %s\n", why.c_str());
  std::exit(1);
}

void Expect(const absl::Status& status) {
  if (!status.ok()) Die(status.ToString());
}

double ResidentMegabytes() {
  std::ifstream statm("/proc/self/statm");
  double all = 0;
  double resident = 0;
  statm >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / 1e6;
}

// A pool, and others of the same kind who may come.
struct People {
  Pool pool;
  std::vector<Mentee> mentees_to_come;
  std::vector<Mentor> mentors_to_come;
};

template <typename Person>
std::vector<Person> TakeLast(std::vector<Person>* from, size_t count) {
  std::vector<Person> taken(from->end() - static_cast<std::ptrdiff_t>(count), from->end());
  from->resize(from->size() - count);
  return taken;
}

People MakePeople(int mentees, size_t to_come) {
  const int more = static_cast<int>(to_come);
  People people;
  people.pool = StructuredPool(mentees + more, mentees / 10 * 7 + more, kSeed);
  people.mentees_to_come = TakeLast(&people.pool.mentees, to_come);
  people.mentors_to_come = TakeLast(&people.pool.mentors, to_come);
  for (Mentee& one : people.mentees_to_come) one.waiting_since = people.pool.today;
  return people;
}

std::unique_ptr<LivePool> Built(const Pool& pool, int limit) {
  Policy policy = StructuredPolicy();
  policy.limit = limit;
  auto live = LivePool::Build(pool, policy, StructuredKilometres);
  if (!live.ok()) Die(live.status().ToString());
  return *std::move(live);
}

class Events {
 public:
  Events(Report* report, int mentees, double event_ms, bool quick)
      : report_(*report),
        name_(absl::StrCat("live-", mentees / 1000, "k")),
        event_ms_(event_ms),
        events_(quick ? 200 : 1000),
        people_(MakePeople(mentees, 2 * events_)) {}

  void Run() {
    const double before = ResidentMegabytes();
    const double start = ProcessorSeconds();
    live_ = Built(people_.pool, kPairsCompared);
    const double built = ProcessorSeconds() - start;
    const auto persons =
        static_cast<double>(people_.pool.mentees.size() + people_.pool.mentors.size());
    report_.Add(
        {.bench = name_, .what = "built, searched and solved", .value = built, .unit = "s"});
    report_.Add({.bench = name_,
                 .what = absl::StrFormat("memory a person (%d rounds)", live_->GetTallies().rounds),
                 .value = (ResidentMegabytes() - before) * 1e3 / persons,
                 .unit = "kB"});
    ExpectAsABatch();
    RunKinds();
    const LivePool::Tallies tallies = live_->GetTallies();
    report_.Note(absl::StrCat(name_, ": rows searched again ", tallies.rows_searched,
                              ", mentors laid out ", tallies.layouts, " times, solved anew ",
                              tallies.solved_anew, " times"));
  }

 private:
  using Event = std::function<absl::Status()>;

  void RunKinds() {
    Time("a mentee arrives", [&](size_t i) -> Event {
      return [&, i] { return live_->PutMentee(people_.mentees_to_come[i]); };
    });
    Time("a mentor arrives", [&](size_t i) -> Event {
      return [&, i] { return live_->PutMentor(people_.mentors_to_come[i]); };
    });
    const Proposals proposals = *live_->Propose();
    Time("a pair declines", [&](size_t i) -> Event {
      const auto& pair = proposals.proposed[i % proposals.proposed.size()];
      return [&] { return live_->Bar(pair.mentee, pair.mentor); };
    });
    Time("a mentee withdraws", [&](size_t i) -> Event {
      return [&, i] { return live_->DropMentee(people_.mentees_to_come[i].enrolment); };
    });
    Time("a mentor is full", [&](size_t i) -> Event { return WithPlaces(i, 0); });
    Time("a mentor has places again", [&](size_t i) -> Event { return WithPlaces(i, 1); });
    Time("a capacity changes", [&](size_t i) -> Event { return WithPlaces(events_ + i, 4); });
    Time("a mentor leaves", [&](size_t i) -> Event {
      return [&, i] { return live_->DropMentor(people_.pool.mentors[i].enrolment); };
    });
    Time(
        "pairs proposed, with reasons",
        [&](size_t) -> Event { return [&] { return live_->Propose().status(); }; }, /*times=*/10);
  }

  Event WithPlaces(size_t at, int places) {
    Mentor mentor = people_.pool.mentors[at % people_.pool.mentors.size()];
    mentor.free = places;
    return [&, mentor = std::move(mentor)] { return live_->PutMentor(mentor); };
  }

  void Time(const char* what, const std::function<Event(size_t)>& prepare, size_t times = 0) {
    std::vector<double> ms;
    for (size_t i = 0; i < (times == 0 ? events_ : times); ++i) {
      const Event event = prepare(i);
      const double start = ProcessorSeconds();
      const absl::Status done = event();
      ms.push_back(1000 * (ProcessorSeconds() - start));
      Expect(done);
    }
    std::sort(ms.begin(), ms.end());
    const double p99 = ms[ms.size() * 99 / 100];
    const bool aims = event_ms_ > 0 && times == 0;
    report_.Add({.bench = name_,
                 .what = absl::StrFormat("%s: p99 (p50 %.3f, p95 %.3f, most %.1f)", what,
                                         ms[ms.size() / 2], ms[ms.size() * 95 / 100], ms.back()),
                 .value = p99,
                 .unit = "ms",
                 .aim = aims ? absl::StrFormat("≤ %g", event_ms_) : "",
                 .met = !aims || p99 <= event_ms_});
    if (times == 0) ExpectAsABatch();
  }

  // Everyone's candidates, the points, and the pairs of who waits longest.
  void ExpectAsABatch() {
    const auto full = live_->Solve();
    if (!full.ok()) Die(full.status().ToString());
    const auto batch = Solution::Of((*full)->pool(), live_->policy(), StructuredKilometres);
    if (!batch.ok()) Die(batch.status().ToString());
    if ((*full)->candidates().rows != (*batch)->candidates().rows) Die("candidates differ");
    if ((*full)->certificate().points != (*batch)->certificate().points) Die("points differ");
    const Proposals quick = *live_->Propose();
    const Proposals wanted = (*batch)->ToProposals(/*reasons=*/false);
    if (quick.proposed.size() != wanted.proposed.size()) Die("memory and batch differ");
    for (size_t i = 0; i < wanted.proposed.size(); ++i) {
      if (quick.proposed[i].mentee != wanted.proposed[i].mentee ||
          quick.proposed[i].mentor != wanted.proposed[i].mentor) {
        Die("memory and batch differ");
      }
    }
  }

  Report& report_;
  std::string name_;
  double event_ms_;
  size_t events_;
  People people_;
  std::unique_ptr<LivePool> live_;
};

}  // namespace

void MeasureLivePool(Report& report, int mentees, double event_ms, bool quick) {
  Events(&report, mentees, event_ms, quick).Run();
}

void MeasureRebuild(Report& report) {
  const Pool pool = StructuredPool(11'800, 8'200, kSeed);
  const double start = ProcessorSeconds();
  const std::unique_ptr<LivePool> live = Built(pool, kPairsCompared);
  const double seconds = ProcessorSeconds() - start;
  report.Add({.bench = "live",
              .what = "rebuild of 20,000 people",
              .value = seconds,
              .unit = "s",
              .aim = "≤ 2",
              .met = seconds <= 2});
}

ArrivalMs MeasureArrivals(int mentees, int arrivals) {
  const People people = MakePeople(mentees, static_cast<size_t>(arrivals));
  const std::unique_ptr<LivePool> live = Built(people.pool, kPairsCompared);
  std::vector<double> ms;
  for (const Mentee& one : people.mentees_to_come) {
    const double start = ProcessorSeconds();
    Expect(live->PutMentee(one));
    ms.push_back(1000 * (ProcessorSeconds() - start));
  }
  std::sort(ms.begin(), ms.end());
  return {ms[ms.size() / 2], ms[ms.size() * 99 / 100]};
}

}  // namespace tremplin::bench
