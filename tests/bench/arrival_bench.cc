#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/bench/benches.h"
#include "tests/bench/lanes.h"
#include "tests/bench/submit.h"
#include "tests/support/partner.h"
#include "tests/support/staff.h"
#include "tremplin/matching/v1/matching.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::bench {
namespace {

constexpr int kThreads = 8;
constexpr absl::Duration kPatience = absl::Seconds(10);
constexpr absl::Duration kPoll = absl::Milliseconds(1);

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s\n", status.ToString().c_str());
  std::exit(1);
}

template <class Work>
void InThreads(int count, const Work& work) {
  std::atomic<int> next = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&] {
      for (int i = next++; i < count; i = next++) work(i);
    });
  }
}

void SubmitAndAdmit(const Bench& bench, testing::Staff& staff, int count) {
  InThreads(count, [&](int i) {
    const auto call = SubmitCalls()(i);
    const auto bytes = bench.clients[static_cast<size_t>(i) % bench.clients.size()]->CallBytes(
        call.first, call.second, kPatience);
    Require(bytes.status());
    referral::v1::SubmitReferralResponse submitted;
    submitted.ParseFromString(*bytes);
    Require(staff.Admit(submitted.applications(0).name()));
  });
}

// Milliseconds from the answer to staff's last step with a mentee until their proposal is seen.
double UntilProposed(testing::Staff& staff, testing::PersistentClient& mentee,
                     const std::string& enrolment) {
  Require(staff.CompleteStep(enrolment, "orientation", /*gate=*/false));
  const absl::Time start = absl::Now();
  matching::v1::ListProposalsRequest request;
  request.set_program(testing::kOttawa);
  while (absl::Now() - start < kPatience) {
    const auto page = mentee.Call<matching::v1::ListProposalsResponse>(
        "matching", "tremplin.matching.v1.MatchingService/ListProposals", request);
    Require(page.status());
    if (page->proposals_size() > 0) return absl::ToDoubleMilliseconds(absl::Now() - start);
    absl::SleepFor(kPoll);
  }
  return absl::ToDoubleMilliseconds(kPatience);
}

}  // namespace

void Arrival(Report& report, const Effort& effort) {
  const int mentors = effort.quick ? 50 : 1000;
  const int mentees = effort.quick ? 20 : 300;
  const Bench bench = OpenBench(testing::MakeStandalone(Production()));
  Require(testing::PublishContinuous(*bench.deployment));
  testing::Staff staff(*bench.deployment);
  InThreads(mentors, [&](int i) {
    Require(staff.ReadyMentor(absl::StrCat("bench-mentor-", i), 1).status());
  });
  SubmitAndAdmit(bench, staff, mentees);
  if (!testing::WaitSettled(*bench.deployment, absl::Minutes(1))) std::exit(1);
  const auto waiting = staff.MenteesOnboarding(mentees);
  Require(waiting.status());
  LoadResult result;
  for (const registration::v1::Enrolment& one : *waiting) {
    Require(staff.CompleteStep(one.name(), "needs_analysis", /*gate=*/true));
    testing::PersistentClient mentee(
        *bench.deployment,
        testing::MakeKey(*bench.deployment, options::v1::ROLE_MENTEE, "", one.person()));
    result.milliseconds.push_back(UntilProposed(staff, mentee, one.name()));
  }
  std::sort(result.milliseconds.begin(), result.milliseconds.end());
  const double flush = RawFlushMs();
  const std::string pool = absl::StrCat(" (", mentors, " mentors)");
  report.Add({"arrival", "ready to proposal visible, p50" + pool, result.Percentile(50), "ms",
              "one flush of the disk", flush});
  report.Add({"arrival", "ready to proposal visible, p99" + pool, result.Percentile(99), "ms",
              "one flush of the disk", flush, "≤ 50", result.Percentile(99) <= 50});
}

}  // namespace tremplin::bench
