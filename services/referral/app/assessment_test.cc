#include <set>
#include <string>
#include <vector>

#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"

namespace tremplin::referral {
namespace {

using app::Service;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class AssessmentTest : public ReferralTest {
 protected:
  template <class Request>
  static Request Of(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }
  std::string NewApplication(const std::string& key) {
    return Submit("alpha", key).applications(0).name();
  }
  absl::StatusOr<v1::Application> Admit(const std::string& name) {
    return system_->Call(system_->Staff(), &Service::AdmitApplication,
                         Of<v1::AdmitApplicationRequest>(name));
  }
  absl::StatusOr<v1::Application> Return(const std::string& name,
                                         const std::vector<std::string>& reasons) {
    auto request = Of<v1::ReturnApplicationRequest>(name);
    for (const std::string& reason : reasons) request.add_reasons(reason);
    return system_->Call(system_->Staff(), &Service::ReturnApplication, request);
  }
  absl::StatusOr<v1::Application> Get(const rpc::CallContext& call, const std::string& name) {
    return system_->Call(call, &Service::GetApplication, Of<v1::GetApplicationRequest>(name));
  }
  // Milestones of alpha's feed.
  std::vector<std::string> Milestones() {
    const auto feed =
        system_->Call(system_->Agency(), &Service::ListStatusFeed, v1::ListStatusFeedRequest());
    EXPECT_TRUE(feed.ok()) << feed.status();
    std::vector<std::string> milestones;
    for (const v1::StatusEntry& entry : feed->entries()) milestones.push_back(entry.milestone());
    return milestones;
  }
};

TEST_P(AssessmentTest, AdmissionIsToldAndOpensTheFile) {
  const std::string name = NewApplication("A-1");
  const auto file = Of<v1::GetAdmittedFileRequest>(name);
  const rpc::CallContext service = system_->As(options::v1::ROLE_SERVICE);
  EXPECT_EQ(status::ReasonOf(system_->Call(service, &Service::GetAdmittedFile, file).status()),
            "NOT_ADMITTED");
  ASSERT_TRUE(
      system_->Call(system_->Staff(), &Service::StartReview, Of<v1::StartReviewRequest>(name))
          .ok());
  const auto admitted = Admit(name);
  ASSERT_TRUE(admitted.ok()) << admitted.status();
  EXPECT_EQ(admitted->state(), v1::Application::STATE_ADMITTED);
  const auto opened = system_->Call(service, &Service::GetAdmittedFile, file);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->file().SerializeAsString(), EligibleFile("A-1").SerializeAsString());
  EXPECT_EQ(opened->program_version(), 1);
  EXPECT_EQ(opened->external_id(), "A-1");
  EXPECT_THAT(opened->formats(), ElementsAre("one_to_one"));
  const auto changes = system_->Events<events::v1::ApplicationChanged>();
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_EQ(changes[2].state(), events::v1::APPLICATION_STATE_ADMITTED);
  EXPECT_EQ(changes[2].action(), "admit");
  EXPECT_EQ(changes[2].version(), 3);
  EXPECT_THAT(changes[2].formats(), ElementsAre("one_to_one"));
  EXPECT_EQ(changes[2].file_revision(), 1);
  EXPECT_THAT(Milestones(), ElementsAre("received", "under_review", "admitted"));
}

TEST_P(AssessmentTest, AReturnCarriesItsReasonsAndIsResubmitted) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "resume", {"no"});
  const std::string name = Submit(request).applications(0).name();
  EXPECT_EQ(status::ReasonOf(Admit(name).status()), "NOT_ELIGIBLE");
  EXPECT_EQ(status::ReasonOf(Return(name, {}).status()), "REASONS_REQUIRED");
  EXPECT_EQ(status::DetailOf(Return(name, {"weather"}).status()).violations.at(0).field,
            "reasons[0]");
  const auto returned = Return(name, {"resume", "unreachable"});
  ASSERT_TRUE(returned.ok()) << returned.status();
  EXPECT_THAT(returned->staff_reasons(), ElementsAre("resume", "unreachable"));
  EXPECT_NE(returned->staff_reason_texts(0).en().find("résumé"), std::string::npos);
  EXPECT_FALSE(returned->staff_reason_texts(1).fr().empty());
  const auto feed =
      system_->Call(system_->Agency(), &Service::ListStatusFeed, v1::ListStatusFeedRequest());
  EXPECT_THAT(feed->entries(1).reasons(), ElementsAre("resume", "unreachable"));
  EXPECT_NE(feed->entries(1).text().fr().find("curriculum"), std::string::npos);

  const v1::SubmitReferralResponse again = Submit("alpha", "A-1");
  EXPECT_EQ(again.kind(), v1::SUBMISSION_KIND_REVISION);
  EXPECT_EQ(again.applications(0).state(), v1::Application::STATE_RECEIVED);
  EXPECT_THAT(again.applications(0).staff_reasons(), IsEmpty());
  EXPECT_TRUE(Admit(name).ok());
}

TEST_P(AssessmentTest, TheFeedAsksForWhatIsMissing) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "education");
  const v1::Application asked = Submit(request).applications(0);
  ASSERT_EQ(asked.decision().results_size(), 1);
  ASSERT_EQ(asked.decision().results(0).result(), v1::FINDING_RESULT_MISSING);
  ASSERT_TRUE(Return(asked.name(), {"education"}).ok());
  const auto feed =
      system_->Call(system_->Agency(), &Service::ListStatusFeed, v1::ListStatusFeedRequest());
  ASSERT_EQ(feed->entries_size(), 2);
  for (const v1::StatusEntry& entry : feed->entries()) {
    EXPECT_THAT(entry.reasons(), ElementsAre("education"));
    EXPECT_THAT(entry.text().en(), HasSubstr(asked.decision().results(0).reason().en()));
    EXPECT_THAT(entry.text().fr(), HasSubstr(asked.decision().results(0).reason().fr()));
  }
}

TEST_P(AssessmentTest, ExemptionsNeedACodeAndAReason) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "education", {"secondary"});
  const std::string name = Submit(request).applications(0).name();
  const auto admit = [&](const std::string& code, const std::string& reason) {
    auto with = Of<v1::AdmitApplicationRequest>(name);
    with.add_exemptions()->set_code(code);
    with.mutable_exemptions(0)->set_reason(reason);
    return system_->Call(system_->Staff(), &Service::AdmitApplication, with);
  };
  EXPECT_EQ(status::DetailOf(admit("education", "because").status()).violations.at(0).field,
            "exemptions[0].reason");
  EXPECT_EQ(status::DetailOf(admit("resume", "documents_seen").status()).violations.at(0).field,
            "exemptions[0].code");
  const auto admitted = admit("education", "equivalent_experience");
  ASSERT_TRUE(admitted.ok()) << admitted.status();
  EXPECT_EQ(admitted->decision().verdict(), v1::VERDICT_ELIGIBLE);
  EXPECT_EQ(admitted->decision().results(2).result(), v1::FINDING_RESULT_EXEMPTED);
  EXPECT_EQ(admitted->decision().results(2).exemption(), "equivalent_experience");
  EXPECT_EQ(admitted->decision().results(2).exempted_until(), "");
}

TEST_P(AssessmentTest, ConsentCannotBeExempted) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Give(request.mutable_file(), "consent_to_share", {"no"});
  auto admit = Of<v1::AdmitApplicationRequest>(Submit(request).applications(0).name());
  admit.add_exemptions()->set_code("consent_to_share");
  admit.mutable_exemptions(0)->set_reason("director_decision");
  EXPECT_EQ(
      status::ReasonOf(system_->Call(system_->Staff(), &Service::AdmitApplication, admit).status()),
      "CONSENT_NEEDED");
}

TEST_P(AssessmentTest, WaitlistWithdrawReopen) {
  const std::string name = NewApplication("A-1");
  const auto waitlisted = system_->Call(system_->Staff(), &Service::WaitlistApplication,
                                        Of<v1::WaitlistApplicationRequest>(name));
  ASSERT_TRUE(waitlisted.ok()) << waitlisted.status();
  EXPECT_THAT(waitlisted->staff_reasons(), ElementsAre("no_place"));
  ASSERT_TRUE(system_
                  ->Call(system_->Agency(), &Service::WithdrawApplication,
                         Of<v1::WithdrawApplicationRequest>(name))
                  .ok());
  EXPECT_EQ(status::ReasonOf(Admit(name).status()), "STATE_WITHDRAWN");
  const auto reopened = system_->Call(system_->Agency(), &Service::ReopenApplication,
                                      Of<v1::ReopenApplicationRequest>(name));
  ASSERT_TRUE(reopened.ok()) << reopened.status();
  EXPECT_EQ(reopened->state(), v1::Application::STATE_RECEIVED);
  EXPECT_THAT(Milestones(), ElementsAre("received", "waitlisted", "withdrawn", "reopened"));
}

TEST_P(AssessmentTest, AnOldEtagIsRefused) {
  const std::string name = NewApplication("A-1");
  auto review = Of<v1::StartReviewRequest>(name);
  review.set_etag(Get(system_->Staff(), name)->etag());
  auto admit = Of<v1::AdmitApplicationRequest>(name);
  admit.set_etag(review.etag());
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::StartReview, review).ok());
  const absl::Status refused =
      system_->Call(system_->Staff(), &Service::AdmitApplication, admit).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kAborted);
  EXPECT_EQ(status::ReasonOf(refused), "ETAG_MISMATCH");
}

TEST_P(AssessmentTest, WhatIsNotYoursDoesNotExist) {
  const v1::SubmitReferralResponse submitted = Submit("alpha", "A-1");
  const std::string& name = submitted.applications(0).name();
  const rpc::CallContext beta = system_->Agency("beta");
  const rpc::CallContext other_staff =
      system_->As(options::v1::ROLE_COORDINATOR, "", "another-program");
  const auto code = [](const auto& answer) { return answer.status().code(); };
  for (const rpc::CallContext& call : {beta, other_staff}) {
    EXPECT_EQ(code(Get(call, name)), absl::StatusCode::kNotFound);
    EXPECT_EQ(code(system_->Call(call, &Service::GetReferral,
                                 Of<v1::GetReferralRequest>(submitted.referral()))),
              absl::StatusCode::kNotFound);
    EXPECT_EQ(code(system_->Call(call, &Service::WithdrawApplication,
                                 Of<v1::WithdrawApplicationRequest>(name))),
              absl::StatusCode::kNotFound);
    EXPECT_TRUE(system_->Call(call, &Service::ListReferrals, v1::ListReferralsRequest())
                    ->referrals()
                    .empty());
    EXPECT_TRUE(system_->Call(call, &Service::ListApplications, v1::ListApplicationsRequest())
                    ->applications()
                    .empty());
  }
  v1::ListReferralsRequest asks_for_alpha;
  asks_for_alpha.set_agency("organizations/alpha");
  EXPECT_TRUE(system_->Call(beta, &Service::ListReferrals, asks_for_alpha)->referrals().empty());
  EXPECT_TRUE(system_->Call(beta, &Service::ListStatusFeed, v1::ListStatusFeedRequest())
                  ->entries()
                  .empty());
  EXPECT_TRUE(Get(system_->As(options::v1::ROLE_COORDINATOR, "", kOttawaId), name).ok());
}

TEST_P(AssessmentTest, PagesHoldEveryApplicationOnce) {
  std::vector<std::string> names;
  for (int i = 0; i < 7; ++i) {
    const std::string key = "K-" + std::to_string(i);
    names.push_back(Submit(i % 2 == 0 ? "alpha" : "beta", key).applications(0).name());
    if (i % 3 == 0) {
      ASSERT_TRUE(Admit(names.back()).ok());
    }
    if (i % 3 == 1) system_->clock.SetBusiness(System::Start() + absl::Hours(i));
  }
  const auto page_through = [&](const rpc::CallContext& call, v1::ListApplicationsRequest request) {
    std::vector<std::string> seen;
    request.set_page_size(2);
    while (true) {
      const auto page = system_->Call(call, &Service::ListApplications, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return seen;
      for (const v1::Application& each : page->applications()) seen.push_back(each.name());
      if (page->next_page_token().empty()) return seen;
      request.set_page_token(page->next_page_token());
    }
  };
  v1::ListApplicationsRequest request;
  EXPECT_THAT(page_through(system_->Staff(), request), ::testing::UnorderedElementsAreArray(names));
  EXPECT_EQ(page_through(system_->Agency(), request).size(), 4U);
  request.set_program(kOttawa);
  EXPECT_EQ(page_through(system_->Staff(), request).size(), 7U);
  EXPECT_EQ(page_through(system_->Agency("beta"), request).size(), 3U);
  request.set_state(v1::Application::STATE_ADMITTED);
  EXPECT_THAT(page_through(system_->Staff(), request), ElementsAre(names[0], names[3], names[6]));
}

TEST_P(AssessmentTest, PagesHoldEveryReferralOnce) {
  for (int i = 0; i < 5; ++i) Submit(i % 2 == 0 ? "alpha" : "beta", "K-" + std::to_string(i));
  const auto count = [&](const rpc::CallContext& call) {
    v1::ListReferralsRequest request;
    request.set_page_size(2);
    int seen = 0;
    while (true) {
      const auto page = system_->Call(call, &Service::ListReferrals, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return -1;
      seen += page->referrals_size();
      for (const v1::Referral& each : page->referrals()) EXPECT_FALSE(each.has_file());
      if (page->next_page_token().empty()) return seen;
      request.set_page_token(page->next_page_token());
    }
  };
  EXPECT_EQ(count(system_->Staff()), 5);
  EXPECT_EQ(count(system_->Agency()), 3);
  EXPECT_EQ(count(system_->As(options::v1::ROLE_COORDINATOR, "", kOttawaId)), 5);
}

TEST_P(AssessmentTest, AReferralIsFoundByTheKeyThatItsSourceKnowsItBy) {
  const std::string own = Submit("alpha", "K-1").referral();
  const std::string other = Submit("beta", "K-1").referral();
  Submit("alpha", "K-2");
  const auto found = [&](const rpc::CallContext& call, const std::string& key) {
    v1::ListReferralsRequest request;
    request.set_external_id(key);
    const auto page = system_->Call(call, &Service::ListReferrals, request);
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> names;
    if (!page.ok()) return names;
    for (const v1::Referral& each : page->referrals()) names.push_back(each.name());
    return names;
  };
  EXPECT_THAT(found(system_->Agency(), "K-1"), ElementsAre(own));
  EXPECT_THAT(found(system_->Agency(), " K-1 "), ElementsAre(own)) << "in normal form";
  EXPECT_THAT(found(system_->Agency("beta"), "K-1"), ElementsAre(other));
  EXPECT_THAT(found(system_->Agency("beta"), "K-2"), ElementsAre());
  EXPECT_THAT(found(system_->Organization(), "K-1"), ElementsAre()) << "another door";
  EXPECT_THAT(found(system_->Staff(), "K-1"), ::testing::UnorderedElementsAre(own, other));
  EXPECT_THAT(found(system_->As(options::v1::ROLE_COORDINATOR, "", kOttawaId), "K-1"),
              ::testing::UnorderedElementsAre(own, other));
  EXPECT_THAT(found(system_->As(options::v1::ROLE_COORDINATOR, "", "halifax-connector"), "K-1"),
              ElementsAre());
  // By pages, which hold for that key alone.
  v1::ListReferralsRequest page;
  page.set_external_id("K-1");
  page.set_page_size(1);
  const auto first = system_->Call(system_->Staff(), &Service::ListReferrals, page);
  page.set_page_token(first->next_page_token());
  const auto second = system_->Call(system_->Staff(), &Service::ListReferrals, page);
  ASSERT_EQ(second->referrals_size(), 1);
  EXPECT_NE(second->referrals(0).name(), first->referrals(0).name());
  EXPECT_EQ(second->next_page_token(), "");
  page.set_external_id("K-2");
  EXPECT_FALSE(system_->Call(system_->Staff(), &Service::ListReferrals, page).ok());
}

TEST_P(AssessmentTest, TheFeedIsReplayedFromItsCursor) {
  for (int i = 0; i < 5; ++i) NewApplication("A-" + std::to_string(i));
  v1::ListStatusFeedRequest request;
  request.set_page_size(2);
  std::vector<int64_t> sequences;
  std::string cursor_after_two;
  while (true) {
    const auto page = system_->Call(system_->Agency(), &Service::ListStatusFeed, request);
    ASSERT_TRUE(page.ok()) << page.status();
    for (const v1::StatusEntry& entry : page->entries()) sequences.push_back(entry.sequence());
    request.set_cursor(page->cursor());
    if (cursor_after_two.empty()) cursor_after_two = page->cursor();
    if (!page->more()) break;
  }
  EXPECT_THAT(sequences, ElementsAre(1, 2, 3, 4, 5));
  // Nothing new: the cursor stays good, and goes on from where it was.
  EXPECT_EQ(system_->Call(system_->Agency(), &Service::ListStatusFeed, request)->entries_size(), 0);
  NewApplication("A-9");
  EXPECT_EQ(
      system_->Call(system_->Agency(), &Service::ListStatusFeed, request)->entries(0).sequence(),
      6);
  request.set_cursor(cursor_after_two);
  EXPECT_EQ(
      system_->Call(system_->Agency(), &Service::ListStatusFeed, request)->entries(0).sequence(),
      3);
  // A cursor of another agency is refused.
  EXPECT_EQ(
      system_->Call(system_->Agency("beta"), &Service::ListStatusFeed, request).status().code(),
      absl::StatusCode::kInvalidArgument);
}

// Who pushes the feed reads it as its agency does, entry by entry, by the same cursors and ids.
TEST_P(AssessmentTest, TheFeedIsReadForItsAgency) {
  const absl::Time begin = system_->clock.BusinessNow();
  NewApplication("A-1");
  system_->clock.SetBusiness(begin + absl::Hours(2));
  NewApplication("A-2");
  NewApplication("A-3");
  const auto service = system_->As(options::v1::ROLE_SERVICE);
  const auto feed =
      system_->Call(system_->Agency(), &Service::ListStatusFeed, v1::ListStatusFeedRequest());
  ASSERT_TRUE(feed.ok()) << feed.status();
  v1::ReadStatusFeedRequest read;
  read.set_organization("organizations/alpha");
  read.set_page_size(1);
  std::set<std::string> ids;
  for (const v1::StatusEntry& entry : feed->entries()) {
    const auto page = system_->Call(service, &Service::ReadStatusFeed, read);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->entries_size(), 1);
    EXPECT_EQ(page->entries(0).SerializeAsString(), entry.SerializeAsString());
    EXPECT_TRUE(ids::IsUuid(entry.id()));
    ids.insert(entry.id());
    read.set_cursor(page->cursor());
  }
  EXPECT_EQ(ids.size(), 3u);
  EXPECT_EQ(read.cursor(), feed->cursor());
  EXPECT_EQ(system_->Call(service, &Service::ReadStatusFeed, read)->entries_size(), 0);
  read.set_cursor("");
  read.set_program("programs/another");
  EXPECT_EQ(system_->Call(service, &Service::ReadStatusFeed, read)->entries_size(), 0);

  v1::FindStatusCursorRequest find;
  find.set_organization("organizations/alpha");
  EXPECT_EQ(system_->Call(service, &Service::FindStatusCursor, find)->cursor(), feed->cursor());
  const auto first_since = [&](absl::Time time) -> int64_t {
    *find.mutable_time() = resources::ToTimestamp(time);
    v1::ListStatusFeedRequest request;
    request.set_cursor(system_->Call(service, &Service::FindStatusCursor, find)->cursor());
    const auto page = system_->Call(system_->Agency(), &Service::ListStatusFeed, request);
    return page.ok() && page->entries_size() > 0 ? page->entries(0).sequence() : 0;
  };
  EXPECT_EQ(first_since(begin), 1);
  EXPECT_EQ(first_since(begin + absl::Hours(1)), 2);
  EXPECT_EQ(first_since(begin + absl::Hours(2)), 2);
  EXPECT_EQ(first_since(begin + absl::Hours(3)), 0) << "the end";
}

INSTANTIATE_TEST_SUITE_P(Sqlite, AssessmentTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, AssessmentTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
