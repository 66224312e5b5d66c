#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <functional>
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

using MakeFile = std::function<referral::v1::ReferralFile(int)>;

// Referrals from number `first`, each of an agency in turn.
void SubmitAndAdmit(const Bench& bench, testing::Staff& staff, int first, int count,
                    const MakeFile& file) {
  InThreads(count, [&](int i) {
    const int number = first + i;
    const auto call = SubmitCalls()(number);
    referral::v1::SubmitReferralRequest request;
    request.ParseFromString(call.second);
    *request.mutable_file() = file(number);
    const auto bytes = bench.clients[static_cast<size_t>(number) % bench.clients.size()]->CallBytes(
        call.first, request.SerializeAsString(), kPatience);
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

// Who arrives, one after the other, and how long each waits for their proposal to be seen.
LoadResult Arrive(const Bench& bench, testing::Staff& staff, int count) {
  const auto waiting = staff.MenteesOnboarding(count);
  Require(waiting.status());
  LoadResult result;
  for (const registration::v1::Enrolment& one : *waiting) {
    Require(staff.CompleteStep(one.name(), "needs_analysis", /*gate=*/true));
    testing::PersistentClient mentee(
        *bench.deployment,
        testing::MakeKey(*bench.deployment, options::v1::ROLE_MENTEE, "", one.person()));
    result.milliseconds.push_back(UntilProposed(staff, mentee, one.name()));
  }
  return result;
}

void AddArrivals(Report& report, const std::string& bench, LoadResult result,
                 const std::string& pool) {
  std::sort(result.milliseconds.begin(), result.milliseconds.end());
  const double flush = RawFlushMs();
  report.Add({bench, "ready to proposal visible, p50" + pool, result.Percentile(50), "ms",
              "one flush of the disk", flush});
  report.Add({bench, "ready to proposal visible, p99" + pool, result.Percentile(99), "ms",
              "one flush of the disk", flush, "≤ 50", result.Percentile(99) <= 50});
}

// Mentors of many occupations and areas, who speak English.
referral::v1::ReferralFile Mentor(int number) {
  static constexpr const char* kNocs[] = {"21231", "21232", "20012", "21311", "31301",
                                          "11100", "13110", "41403", "12200", "72310"};
  static constexpr const char* kAreas[] = {"K1N", "K2J", "K1A", "K2P", "K1Z", "K4A", "L3R"};
  referral::v1::ReferralFile file =
      testing::Staff::MentorFile(absl::StrCat("bench-mentor-", number), 1);
  testing::GiveFact(&file, "noc", {kNocs[number % 10]});
  testing::GiveFact(&file, "fsa", {kAreas[number % 7]});
  testing::GiveFact(&file, "service_language", {"en"});
  testing::GiveFact(&file, "years_experience", {absl::StrCat(3 + number % 23)});
  return file;
}

// Somebody whom none of these mentors can serve: they wait.
referral::v1::ReferralFile FrenchFile(int number) {
  referral::v1::ReferralFile file = testing::EligibleFile(number);
  file.set_language("fr");
  testing::GiveFact(&file, "service_language", {"fr"});
  for (const char* skill : {"fr_listening", "fr_speaking", "fr_reading", "fr_writing"}) {
    testing::GiveFact(&file, skill, {"8"});
  }
  return file;
}

void MakeWait(const Bench& bench, testing::Staff& staff, int count) {
  for (int left = count; left > 0;) {
    const auto page = staff.MenteesOnboarding(500);
    Require(page.status());
    if (page->empty()) break;
    InThreads(static_cast<int>(page->size()), [&](int i) {
      const std::string& name = (*page)[static_cast<size_t>(i)].name();
      Require(staff.CompleteStep(name, "needs_analysis", /*gate=*/true));
      Require(staff.CompleteStep(name, "orientation", /*gate=*/false));
    });
    left -= static_cast<int>(page->size());
  }
  if (!testing::WaitSettled(*bench.deployment, absl::Minutes(5))) std::exit(1);
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
  SubmitAndAdmit(bench, staff, 0, mentees, testing::EligibleFile);
  if (!testing::WaitSettled(*bench.deployment, absl::Minutes(1))) std::exit(1);
  AddArrivals(report, "arrival", Arrive(bench, staff, mentees),
              absl::StrCat(" (", mentors, " mentors)"));
}

void ArrivalLarge(Report& report, const Effort& effort) {
  const int mentors = effort.quick ? 300 : 15000;
  const int waiting = effort.quick ? 100 : 5000;
  const int mentees = effort.quick ? 10 : 200;
  const Bench bench = OpenBench(testing::MakeStandalone(Production()));
  testing::Staff staff(*bench.deployment);
  InThreads(mentors, [&](int i) {
    Require(staff.ReadyMentor(absl::StrCat("bench-mentor-", i), Mentor(i)).status());
  });
  SubmitAndAdmit(bench, staff, 0, waiting, FrenchFile);
  if (!testing::WaitSettled(*bench.deployment, absl::Minutes(5))) std::exit(1);
  MakeWait(bench, staff, waiting);
  Require(testing::PublishContinuous(*bench.deployment));
  SubmitAndAdmit(bench, staff, waiting, mentees + 1, testing::EligibleFile);
  if (!testing::WaitSettled(*bench.deployment, absl::Minutes(1))) std::exit(1);

  bench.deployment->KillAndRestart("standalone");
  if (!bench.deployment->WaitServing(absl::Minutes(1))) std::exit(1);
  const std::string pool = absl::StrCat(" (", mentors + waiting, " people)");
  const double rebuilt = Arrive(bench, staff, 1).milliseconds.at(0);
  report.Add({"arrival-large", "the first after a restart: pool rebuilt, proposal visible" + pool,
              rebuilt / 1000, "s", "", 0, "≤ 2", rebuilt <= 2000});
  AddArrivals(report, "arrival-large", Arrive(bench, staff, mentees), pool);
}

}  // namespace tremplin::bench
