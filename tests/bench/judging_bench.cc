// What it costs to judge: one file against 40 criteria, and everybody who waits against a
// definition that is about to be published.
#include <time.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/classification/classification.h"
#include "common/program/criteria.h"
#include "common/program/facts.h"
#include "common/program/format.h"
#include "tests/bench/benches.h"
#include "tests/bench/submit.h"
#include "tests/support/partner.h"
#include "tests/support/process.h"
#include "tests/support/staff.h"
#include "tests/support/usage.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::bench {
namespace {

constexpr int kCriteria = 40;
constexpr char kCheck[] = "tremplin.referral.v1.ReferralService/CheckEligibility";
constexpr char kPreview[] = "tremplin.referral.v1.ReferralService/PreviewProgram";

void Require(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "bench: %s\n", status.ToString().c_str());
  std::exit(1);
}

program::v1::ProgramDefinition Ottawa() {
  const auto definition = program::ParseDefinition(
      testing::ReadFile("deploy/programs/ottawa-career-mentoring.textproto"));
  Require(definition.status());
  return *definition;
}

// A program as demanding as a funder may make it: Ottawa's criteria over and over, each under a
// code of its own, until there are 40.
program::v1::ProgramDefinition Demanding() {
  program::v1::ProgramDefinition definition = Ottawa();
  definition.set_id("bench-forty-criteria");
  auto& criteria = *definition.mutable_mentee()->mutable_criteria();
  const int own = criteria.size();
  while (criteria.size() < kCriteria) {
    program::v1::Criterion again = criteria[criteria.size() % own];
    again.set_code(absl::StrCat("again_", criteria.size()));
    *criteria.Add() = std::move(again);
  }
  return definition;
}

double ThreadSeconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// The decision alone, on one core: the file's values made normal and looked at for faults, the
// facts typed and counted as of the day, every criterion judged.
double JudgementsPerSecond(int count) {
  const auto facts = program::ParseRegistry(testing::ReadFile("deploy/facts/base.textproto"));
  Require(facts.status());
  const program::v1::ProgramDefinition program = program::Bound(Demanding(), *facts);
  const program::Registry registry(program.registry());
  const auto tables = classification::Classification::Load("deploy/data");
  Require(tables.status());
  const std::vector<const program::v1::Criterion*> criteria =
      program::AllCriteria(program, program::v1::SUBJECT_MENTEE);
  const absl::CivilDay today(2025, 9, 2);
  const referral::v1::ReferralFile file = testing::EligibleFile(1);
  size_t passed = 0;
  const double start = ThreadSeconds();
  for (int i = 0; i < count; ++i) {
    program::GivenFacts given;
    for (const program::v1::GivenFact& one : file.facts()) {
      const program::v1::Fact* fact = registry.Find(one.name());
      if (fact == nullptr) continue;
      *given.Add() = program::Normal(one, *fact);
      if (program::FaultOf(given[given.size() - 1], *fact, *tables, today).has_value()) {
        Require(absl::InternalError("the file is faulty"));
      }
    }
    const auto findings = program::Evaluate(
        criteria, program::Known(registry, given, file.birth_date(), today), today);
    for (const auto& finding : findings) passed += finding.finding == program::Finding::kPass;
  }
  const double seconds = ThreadSeconds() - start;
  if (passed != static_cast<size_t>(count) * criteria.size()) {
    Require(absl::InternalError("the file is not eligible"));
  }
  return count / seconds;
}

void Publish(const Bench& bench, const program::v1::ProgramDefinition& definition) {
  registration::v1::PublishProgramRequest request;
  *request.mutable_definition() = definition;
  request.set_request_id(absl::StrCat("bench-", definition.id()));
  testing::PersistentClient operations(*bench.deployment, testing::OperatorKey(*bench.deployment));
  Require(operations
              .Call<registration::v1::Program>(
                  "registration", "tremplin.registration.v1.RegistrationService/PublishProgram",
                  request)
              .status());
  if (!testing::WaitSettled(*bench.deployment, absl::Minutes(1))) std::exit(1);
}

}  // namespace

void Judging(Report& report, const Effort& effort) {
  const double alone = JudgementsPerSecond(effort.quick ? 20'000 : 200'000);
  report.Add({"judging", absl::StrCat("a file against ", kCriteria, " criteria, one core"), alone,
              "1/s", "", 0, "≥ 40000", alone >= 40'000});
  const Bench bench = OpenBench(testing::MakeStandalone(Production()));
  Publish(bench, Demanding());
  const MakeCall check = [](int64_t number) {
    referral::v1::CheckEligibilityRequest request;
    request.add_programs("programs/bench-forty-criteria");
    *request.mutable_file() = testing::EligibleFile(static_cast<int>(number));
    return std::pair(std::string(kCheck), request.SerializeAsString());
  };
  const int64_t count = effort.quick ? 1000 : 20'000;
  Closed(bench.clients, 32, 200, 0, check);
  const pid_t server = bench.deployment->Get("standalone").pid();
  const double before = testing::ProcessorMicros(server);
  const LoadResult load = Closed(bench.clients, 32, count, 0, check);
  report.Add({"judging", absl::StrCat("CheckEligibility, ", kCriteria, " criteria"),
              load.PerSecond(), "1/s"});
  report.Add({"judging", "processor time of the server, of a check",
              (testing::ProcessorMicros(server) - before) / static_cast<double>(count), "µs"});
}

void Preview(Report& report, const Effort& effort) {
  const int64_t waiting = effort.quick ? 1000 : 20'000;
  const Bench bench = OpenBench(testing::MakeStandalone(Production()));
  double consumed = 0;
  SubmitAll(bench, 0, waiting, &consumed);
  referral::v1::PreviewProgramRequest request;
  *request.mutable_definition() = Ottawa();
  // One level higher in each skill: some who wait would no longer be eligible.
  auto& criteria = *request.mutable_definition()->mutable_mentee()->mutable_criteria();
  for (program::v1::Criterion& one : criteria) {
    if (!one.predicate().has_any_given()) continue;
    for (program::v1::Predicate& each :
         *one.mutable_predicate()->mutable_any_given()->mutable_predicates()) {
      each.mutable_all_at_least()->set_minimum(9);
    }
  }
  rpc::Client operations(bench.deployment->Address("referral"),
                         testing::OperatorKey(*bench.deployment));
  const absl::Time start = absl::Now();
  const auto preview = operations.Call<referral::v1::PreviewProgramResponse>(
      std::string(kPreview), request, absl::Seconds(60));
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  Require(preview.status());
  if (preview->considered() != waiting || preview->losses() != waiting) {
    report.Note(absl::StrCat("preview: ", preview->considered(), " considered, ", preview->losses(),
                             " losses of ", waiting, " FAILED"));
  }
  report.Add({"preview", absl::StrCat("of a definition over ", waiting, " who wait"), seconds, "s",
              "", 0, "≤ 2", seconds <= 2});
}

}  // namespace tremplin::bench
