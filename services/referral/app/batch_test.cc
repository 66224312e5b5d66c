#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"

namespace tremplin::referral {
namespace {

using app::Service;
using ::testing::ElementsAre;

class BatchTest : public ReferralTest {
 protected:
  using Request = v1::BatchSubmitReferralsRequest;
  using Response = v1::BatchSubmitReferralsResponse;

  static void Add(const std::string& agency, const std::string& key, Request* request) {
    const v1::SubmitReferralRequest single = SubmitRequest(agency, key);
    auto* item = request->add_items();
    item->set_agency(single.agency());
    item->set_external_id(single.external_id());
    *item->mutable_file() = single.file();
    if (request->programs().empty()) request->add_programs(kOttawa);
  }
  absl::StatusOr<Response> Send(const rpc::CallContext& call, const Request& request) {
    return system_->Call(call, &Service::BatchSubmitReferrals, request);
  }
  int64_t Referrals() { return system_->Count("SELECT COUNT(*) FROM referral_referral"); }
  int64_t Outbox() { return system_->Count("SELECT COUNT(*) FROM referral_outbox"); }
};

TEST_P(BatchTest, EachItemGetsItsVerdictInOrder) {
  Request request;
  Add("alpha", "A-1", &request);
  Add("alpha", "A-2", &request);
  Give(request.mutable_items(1)->mutable_file(), "noc", {"x"});
  request.mutable_items(1)->mutable_file()->clear_email();
  request.mutable_items(1)->mutable_file()->clear_phone();
  Add("alpha", "A-1", &request);
  Add("alpha", "A-1", &request);
  Give(request.mutable_items(3)->mutable_file(), "resume", {"no"});
  Add("beta", "B-1", &request);
  *request.mutable_items(4)->mutable_file() = request.items(0).file();
  Add("", "X", &request);
  request.mutable_items(5)->clear_agency();
  const auto response = Send(system_->As(options::v1::ROLE_OPERATOR), request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_TRUE(response->stored());
  ASSERT_EQ(response->results_size(), 6);
  EXPECT_EQ(response->results(0).kind(), v1::SUBMISSION_KIND_NEW);
  EXPECT_EQ(response->results(0).verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_EQ(response->results(1).verdict(), v1::VERDICT_INVALID);
  EXPECT_THAT(response->results(1).reasons(), ::testing::UnorderedElementsAre("email", "noc"));
  EXPECT_EQ(response->results(1).kind(), v1::SUBMISSION_KIND_UNSPECIFIED);
  EXPECT_EQ(response->results(2).kind(), v1::SUBMISSION_KIND_REPEAT);
  EXPECT_EQ(response->results(2).referral(), response->results(0).referral());
  EXPECT_EQ(response->results(3).kind(), v1::SUBMISSION_KIND_REVISION);
  EXPECT_THAT(response->results(3).reasons(), ElementsAre("resume"));
  EXPECT_TRUE(response->results(4).possible_duplicate());
  EXPECT_THAT(response->results(5).reasons(), ElementsAre("agency"));
  EXPECT_EQ(Referrals(), 2);
}

TEST_P(BatchTest, AnAgencyIsNotToldOfDuplicates) {
  Submit("alpha", "A-1");
  Request request;
  Add("beta", "B-1", &request);
  *request.mutable_items(0)->mutable_file() = EligibleFile("A-1");
  EXPECT_FALSE(Send(system_->Agency("beta"), request)->results(0).possible_duplicate());
}

TEST_P(BatchTest, ADryRunJudgesAgainstWhatIsStoredAndStoresNothing) {
  Submit("alpha", "A-1");
  const int64_t events = Outbox();
  Request request;
  Add("alpha", "A-1", &request);
  Add("alpha", "A-2", &request);
  Add("alpha", "A-2", &request);
  Add("beta", "B-1", &request);
  *request.mutable_items(3)->mutable_file() = EligibleFile("A-2");
  request.set_dry_run(true);
  const auto response = Send(system_->Staff(), request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_FALSE(response->stored());
  EXPECT_EQ(response->results(0).kind(), v1::SUBMISSION_KIND_REPEAT);
  EXPECT_FALSE(response->results(0).referral().empty());
  EXPECT_EQ(response->results(1).kind(), v1::SUBMISSION_KIND_NEW);
  EXPECT_TRUE(response->results(1).referral().empty());
  EXPECT_EQ(response->results(2).kind(), v1::SUBMISSION_KIND_REPEAT);
  EXPECT_TRUE(response->results(3).possible_duplicate());
  EXPECT_EQ(Referrals(), 1);
  EXPECT_EQ(Outbox(), events);
}

TEST_P(BatchTest, WhatIsInvalidIsToldWithTheFormWanted) {
  Request request;
  Add("alpha", "A-1", &request);
  Give(request.mutable_items(0)->mutable_file(), "noc", {"98765"});
  request.mutable_items(0)->mutable_file()->set_birth_date("tomorrow");
  const auto response = Send(system_->Staff(), request);
  ASSERT_TRUE(response.ok()) << response.status();
  const auto& result = response->results(0);
  EXPECT_THAT(result.reasons(), ElementsAre("birth_date", "noc"));
  ASSERT_EQ(result.notes_size(), 2);
  EXPECT_EQ(result.notes(0).field(), "birth_date");
  EXPECT_EQ(result.notes(0).text().en(), "Give a real date as YYYY-MM-DD.");
  EXPECT_EQ(result.notes(1).field(), "noc");
  EXPECT_EQ(result.notes(1).text().fr().find("98765"), std::string::npos);
}

TEST_P(BatchTest, UnderAnotherPersonsKeyAnItemIsInvalid) {
  Submit("alpha", "A-1");
  Request request;
  Add("alpha", "A-1", &request);
  v1::ReferralFile& file = *request.mutable_items(0)->mutable_file();
  file.set_given_name("Ana");
  file.set_birth_date("1990-01-02");
  file.set_email("ana@example.org");
  Add("alpha", "A-2", &request);
  const auto response = Send(system_->Agency(), request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->results(0).verdict(), v1::VERDICT_INVALID);
  EXPECT_THAT(response->results(0).reasons(), ElementsAre("external_id"));
  EXPECT_EQ(response->results(0).notes(0).code(), "SOMEBODY_ELSE");
  EXPECT_EQ(response->results(1).kind(), v1::SUBMISSION_KIND_NEW);
}

// The case "sample twice": also where one file holds a referral twice of one day.
TEST_P(BatchTest, AFileThatIsSentAgainChangesNothing) {
  Request request;
  Add("alpha", "A-1", &request);
  Add("alpha", "A-1", &request);
  Give(request.mutable_items(1)->mutable_file(), "resume", {"no"});
  Add("beta", "B-1", &request);
  *request.mutable_items(2)->mutable_file() = request.items(0).file();
  Add("alpha", "A-1", &request);
  request.set_source("a file");
  for (int i = 0; i < 4; ++i) request.mutable_items(i)->set_row(i + 1);
  *request.mutable_items(3)->mutable_file() = request.items(1).file();
  const auto first = Send(system_->Staff(), request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->results(1).kind(), v1::SUBMISSION_KIND_REVISION);
  EXPECT_TRUE(first->results(2).possible_duplicate());
  EXPECT_EQ(first->results(3).kind(), v1::SUBMISSION_KIND_REPEAT);
  const int64_t events = Outbox();
  const auto second = Send(system_->Staff(), request);
  ASSERT_TRUE(second.ok()) << second.status();
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(second->results(i).SerializeAsString(), first->results(i).SerializeAsString()) << i;
  }
  EXPECT_EQ(Outbox(), events);

  // Another file changed it since: what this one says is news.
  Request other = request;
  other.set_source("another file");
  Give(other.mutable_items(0)->mutable_file(), "resume", {"yes"});
  other.mutable_items(0)->mutable_file()->set_phone("613-555-0100");
  other.mutable_items()->DeleteSubrange(1, 3);
  EXPECT_EQ(Send(system_->Staff(), other)->results(0).kind(), v1::SUBMISSION_KIND_REVISION);
  request.mutable_items()->DeleteSubrange(1, 3);
  EXPECT_EQ(Send(system_->Staff(), request)->results(0).kind(), v1::SUBMISSION_KIND_REVISION);
}

TEST_P(BatchTest, WhatOughtToBeLookedAtIsToldBesideTheVerdict) {
  Request request;
  Add("alpha", "0012", &request);
  Add("alpha", "12", &request);
  v1::ReferralFile& file = *request.mutable_items(1)->mutable_file();
  file.set_email(request.items(0).file().email());
  file.set_given_name("St?phanie");
  file.set_phone("6.13E+09");
  Add("beta", "12", &request);
  *request.mutable_items(2)->mutable_file() = request.items(0).file();
  request.mutable_items(2)->mutable_file()->set_given_name("Zoë");
  const auto codes = [](const Response& response, int item) {
    std::vector<std::string> told;
    for (const v1::Note& note : response.results(item).warnings()) told.push_back(note.code());
    return told;
  };
  const auto staff = Send(system_->Staff(), request);
  ASSERT_TRUE(staff.ok()) << staff.status();
  EXPECT_THAT(codes(*staff, 0), ::testing::IsEmpty());
  EXPECT_THAT(codes(*staff, 1),
              ElementsAre("NAME_GARBLED", "PHONE_NOT_DIALLED", "ZEROS_LOST", "ADDRESS_SHARED"));
  EXPECT_THAT(codes(*staff, 2), ElementsAre("ADDRESS_SHARED")) << "another agency's ids";
  // An agency is told of its own people alone.
  Request own;
  Add("beta", "13", &own);
  *own.mutable_items(0)->mutable_file() = EligibleFile("13");
  own.mutable_items(0)->mutable_file()->set_email(request.items(0).file().email());
  const auto beta = Send(system_->Agency("beta"), own);
  ASSERT_TRUE(beta.ok()) << beta.status();
  EXPECT_THAT(codes(*beta, 0), ElementsAre("ADDRESS_SHARED")) << "with its own 12";
  own.mutable_items(0)->set_external_id("14");
  own.mutable_items(0)->mutable_file()->set_email(EligibleFile("A-9").email());
  own.mutable_items(0)->mutable_file()->set_birth_date("1991-02-03");
  Submit("alpha", "A-9");
  EXPECT_THAT(codes(*Send(system_->Agency("beta"), own), 0), ::testing::IsEmpty());
}

TEST_P(BatchTest, AnAtomicBatchIsAllOrNothing) {
  Request request;
  Add("alpha", "A-1", &request);
  Add("alpha", "A-2", &request);
  request.mutable_items(1)->mutable_file()->set_email("nobody");
  request.set_atomic(true);
  const auto refused = Send(system_->Agency(), request);
  ASSERT_TRUE(refused.ok()) << refused.status();
  EXPECT_FALSE(refused->stored());
  EXPECT_TRUE(refused->results(0).referral().empty());
  EXPECT_EQ(Referrals(), 0);
  request.mutable_items(1)->mutable_file()->set_email("a@b.org");
  Give(request.mutable_items(1)->mutable_file(), "resume", {"no"});  // ineligible is no fault
  const auto taken = Send(system_->Agency(), request);
  ASSERT_TRUE(taken.ok()) << taken.status();
  EXPECT_TRUE(taken->stored());
  EXPECT_EQ(Referrals(), 2);
}

TEST_P(BatchTest, ARefusedItemIsRefusedAloneWithBothLanguages) {
  // The key stands for somebody whom the organization proposed.
  ASSERT_TRUE(
      system_
          ->Call(system_->Organization(), &Service::SubmitReferral, SubmitRequest("alpha", "A-1"))
          .ok());
  Request request;
  Add("alpha", "A-1", &request);
  Add("alpha", "A-2", &request);
  const auto response = Send(system_->Agency(), request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->results(0).error_reason(), "KEY_TAKEN");
  EXPECT_FALSE(response->results(0).error().en().empty());
  EXPECT_FALSE(response->results(0).error().fr().empty());
  EXPECT_EQ(response->results(0).kind(), v1::SUBMISSION_KIND_UNSPECIFIED);
  EXPECT_EQ(response->results(0).verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_EQ(response->results(1).kind(), v1::SUBMISSION_KIND_NEW);
}

TEST_P(BatchTest, ACorrectionOfWhoIsAdmittedIsARevision) {
  v1::AdmitApplicationRequest admit;
  admit.set_name(Submit("alpha", "A-1").applications(0).name());
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::AdmitApplication, admit).ok());
  Request request;
  Add("alpha", "A-1", &request);
  Give(request.mutable_items(0)->mutable_file(), "resume", {"no"});
  const auto response = Send(system_->Agency(), request);
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->results(0).kind(), v1::SUBMISSION_KIND_REVISION);
  // The decision stands.
  EXPECT_EQ(response->results(0).verdict(), v1::VERDICT_ELIGIBLE);
}

TEST_P(BatchTest, WhoComeByThemselvesComeInBatchesToo) {
  Request request;
  request.set_side(program::v1::SUBJECT_MENTOR);
  request.add_programs(kOttawa);
  for (const char* key : {"M-1", "M-2"}) {
    auto* item = request.add_items();
    item->set_external_id(key);
    *item->mutable_file() = MentorRequest(key).file();
  }
  const auto response = Send(system_->Staff(), request);
  ASSERT_TRUE(response.ok()) << response.status();
  for (const auto& result : response->results()) {
    EXPECT_EQ(result.kind(), v1::SUBMISSION_KIND_NEW);
    EXPECT_EQ(result.verdict(), v1::VERDICT_ELIGIBLE);
  }
}

TEST_P(BatchTest, TheSameRequestAgainGetsTheSameAnswer) {
  Request request;
  Add("alpha", "A-1", &request);
  request.set_request_id("batch-1");
  const auto first = Send(system_->Agency(), request);
  const auto again = Send(system_->Agency(), request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(first->SerializeAsString(), again->SerializeAsString());
  EXPECT_EQ(again->results(0).kind(), v1::SUBMISSION_KIND_NEW);
}

// A batch of two agencies has another lane than a submission, so that they find each other in the
// middle of their writes. Nobody is refused for that, and each referral comes into being once.
TEST_P(BatchTest, BatchesAndSubmissionsOfTheSameReferralsMeet) {
  constexpr int kReferrals = 12;
  std::atomic<int> made{0};
  const auto count = [&](v1::SubmissionKind kind) {
    if (kind == v1::SUBMISSION_KIND_NEW) ++made;
  };
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kReferrals; ++i) {
      const std::string key = std::to_string(i);
      threads.emplace_back([&, key] {
        Request request;
        Add("alpha", key, &request);
        Add("beta", key, &request);
        const auto response = Send(system_->As(options::v1::ROLE_OPERATOR), request);
        ASSERT_TRUE(response.ok()) << response.status();
        for (const auto& result : response->results()) count(result.kind());
      });
      for (const char* agency : {"alpha", "beta"}) {
        threads.emplace_back([&, key, agency] { count(Submit(agency, key).kind()); });
      }
    }
  }
  EXPECT_EQ(made, 2 * kReferrals);
  EXPECT_EQ(Referrals(), 2 * kReferrals);
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_feed"), 2 * kReferrals);
  EXPECT_EQ(system_->Count("SELECT MAX(sequence) FROM referral_feed"), kReferrals);
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_subject_key"), 2 * kReferrals);
}

TEST_P(BatchTest, ForeignAgenciesAndSizesAreRefused) {
  Request request;
  Add("alpha", "A-1", &request);
  EXPECT_EQ(Send(system_->Agency("beta"), request).status().code(),
            absl::StatusCode::kPermissionDenied);
  Request empty;
  empty.add_programs(kOttawa);
  EXPECT_EQ(Send(system_->Agency(), empty).status().code(), absl::StatusCode::kInvalidArgument);
  for (int i = 0; i < 500; ++i) Add("alpha", "A-" + std::to_string(i), &request);
  EXPECT_EQ(status::DetailOf(Send(system_->Agency(), request).status()).violations.at(0).field,
            "items");
}

INSTANTIATE_TEST_SUITE_P(Sqlite, BatchTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, BatchTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
