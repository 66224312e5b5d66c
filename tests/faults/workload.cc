#include "tests/faults/workload.h"

#include <algorithm>
#include <iterator>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tremplin/outcome/v1/outcome.pb.h"

namespace tremplin::testing {
namespace {

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";

}  // namespace

ReferralWorkload::ReferralWorkload(const Deployment& deployment, std::string agency)
    : deployment_(deployment),
      agency_(std::move(agency)),
      agency_client_(deployment, MakeKey(deployment, options::v1::ROLE_AGENCY,
                                         absl::StrCat("organizations/", agency_))),
      staff_(deployment) {}

void ReferralWorkload::Failed(const std::string& step, const absl::Status& status) {
  std::lock_guard lock(mutex_);
  errors_.push_back(absl::StrCat(step, ": ", status.ToString()));
}

void ReferralWorkload::One(int number, bool admit) {
  referral::v1::SubmitReferralRequest submit;
  submit.set_agency(absl::StrCat("organizations/", agency_));
  submit.set_external_id(absl::StrCat("W-", number));
  *submit.mutable_file() = EligibleFile(number);
  submit.add_programs(kOttawa);
  submit.set_request_id(absl::StrCat("submit-", agency_, "-", number));
  const auto submitted = agency_client_.Call<referral::v1::SubmitReferralResponse>(
      "referral", absl::StrCat(kReferral, "SubmitReferral"), submit);
  if (!submitted.ok()) return Failed("submit", submitted.status());
  {
    std::lock_guard lock(mutex_);
    acknowledged_[submit.external_id()] = submitted->referral();
  }
  if (!admit) return;
  const absl::Status admitted = staff_.Admit(submitted->applications(0).name());
  if (!admitted.ok()) return Failed("admit", admitted);
  std::lock_guard lock(mutex_);
  ++admitted_;
}

void ReferralWorkload::Run(int first, int count, int threads, bool admit) {
  std::atomic<int> next{first};
  std::vector<std::jthread> workers;
  for (int t = 0; t < threads; ++t) {
    workers.emplace_back([&] {
      for (int number = next++; number < first + count; number = next++) One(number, admit);
    });
  }
}

std::vector<referral::v1::StatusEntry> ReferralWorkload::Feed() {
  std::vector<referral::v1::StatusEntry> entries;
  referral::v1::ListStatusFeedRequest request;
  request.set_page_size(500);
  for (;;) {
    const auto page = agency_client_.Call<referral::v1::ListStatusFeedResponse>(
        "referral", absl::StrCat(kReferral, "ListStatusFeed"), request);
    EXPECT_TRUE(page.ok()) << page.status();
    if (!page.ok()) return entries;
    entries.insert(entries.end(), page->entries().begin(), page->entries().end());
    if (!page->more()) return entries;
    request.set_cursor(page->cursor());
  }
}

int64_t ReferralWorkload::FunnelCount(const std::string& code) {
  outcome::v1::GetFunnelRequest request;
  request.set_program(kOttawa);
  const auto funnel = staff_.client().Call<outcome::v1::Funnel>(
      "outcome", "tremplin.outcome.v1.OutcomeService/GetFunnel", request);
  EXPECT_TRUE(funnel.ok()) << funnel.status();
  if (!funnel.ok()) return -1;
  for (const auto& step : funnel->steps()) {
    if (step.code() == code) return step.count();
  }
  return 0;
}

void ReferralWorkload::Verify(int ready, int matched) {
  for (const std::string& error : errors_) ADD_FAILURE() << error;
  ASSERT_TRUE(WaitSettled(deployment_, absl::Minutes(2))) << "the system does not settle";
  EXPECT_EQ(DeadLetters(deployment_), 0);

  // Every acknowledged referral is there once, under the id that was acknowledged.
  std::map<std::string, std::string> stored;
  referral::v1::ListReferralsRequest list;
  list.set_page_size(500);
  do {
    const auto page = agency_client_.Call<referral::v1::ListReferralsResponse>(
        "referral", absl::StrCat(kReferral, "ListReferrals"), list);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const auto& referral : page->referrals()) {
      EXPECT_TRUE(stored.emplace(referral.external_id(), referral.name()).second)
          << referral.external_id() << " is there twice";
    }
    list.set_page_token(page->next_page_token());
  } while (!list.page_token().empty());
  EXPECT_EQ(stored, acknowledged_);

  // Each event had its effect once, in the order of its key: the feed is written by the effects,
  // two of which came back from another service.
  std::map<std::string, std::vector<std::string>> milestones;
  int64_t sequence = 0;
  for (const auto& entry : Feed()) {
    EXPECT_EQ(entry.sequence(), ++sequence);
    milestones[entry.external_id()].push_back(entry.milestone());
  }
  const std::vector<std::string> journey = {"received", "under_review", "admitted", "enrolled"};
  const std::ptrdiff_t least = admitted_ > 0 ? 4 : 1;
  std::map<std::string, int> later;
  EXPECT_EQ(milestones.size(), acknowledged_.size());
  for (const auto& [external_id, seen] : milestones) {
    const std::string said = absl::StrCat(external_id, ": ", absl::StrJoin(seen, ", "));
    ASSERT_GE(std::ssize(seen), least) << said;
    EXPECT_TRUE(std::equal(seen.begin(), seen.begin() + least, journey.begin())) << said;
    // Two services tell these, side by side.
    std::map<std::string, int> once;
    for (auto step = seen.begin() + least; step != seen.end(); ++step) {
      EXPECT_EQ(++once[*step], 1) << said;
      ++later[*step];
    }
    EXPECT_LE(once["matched"], once["ready"]) << said;
  }
  EXPECT_EQ(later["ready"], ready);
  EXPECT_EQ(later["matched"], matched);
  EXPECT_EQ(later.size(), 2U) << "only these come after enrolment";
  EXPECT_EQ(FunnelCount("referred"), static_cast<int64_t>(acknowledged_.size()));
  EXPECT_EQ(FunnelCount("admitted"), admitted_);
  EXPECT_EQ(FunnelCount("mentees_enrolled"), admitted_);
}

}  // namespace tremplin::testing
