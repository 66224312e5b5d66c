#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"

// Who a person is and how they are reached is corrected at any time, with history; what is settled
// stays settled. And who withdrew is told how to come back.
namespace tremplin::referral {
namespace {

using app::Service;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CorrectionsTest : public ReferralTest {
 protected:
  template <class Request, class Response>
  Response Do(const rpc::CallContext& call,
              absl::StatusOr<Response> (Service::*method)(const rpc::CallContext&, const Request&),
              Request request) {
    const auto answer = system_->Call(call, method, request);
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.value_or(Response());
  }
  void Admit(const std::string& application) {
    v1::AdmitApplicationRequest request;
    request.set_name(application);
    EXPECT_EQ(Do(system_->Staff(), &Service::AdmitApplication, request).state(),
              v1::Application::STATE_ADMITTED);
  }
  v1::ListCorrectionsResponse History(const std::string& referral) {
    v1::ListCorrectionsRequest request;
    request.set_name(referral);
    return Do(system_->Staff(), &Service::ListCorrections, request);
  }
  v1::AdmittedFile FileOf(const std::string& application) {
    v1::GetAdmittedFileRequest request;
    request.set_name(application);
    return Do(system_->As(options::v1::ROLE_SERVICE), &Service::GetAdmittedFile, request);
  }
};

// The case "c24a, b": name and address after marriage, in the file that the agency sends again.
TEST_P(CorrectionsTest, C24) {
  v1::SubmitReferralRequest a = SubmitRequest("alpha", "B24-1");
  const auto first = Submit(a);
  Admit(first.applications(0).name());
  v1::SubmitReferralRequest b = a;
  b.mutable_file()->set_family_name(a.file().family_name() + " Martin");
  b.mutable_file()->set_email("ana.martin@example.org");
  const auto second = Submit(b);
  EXPECT_EQ(second.kind(), v1::SUBMISSION_KIND_REVISION);
  // No new judgement of what is settled.
  EXPECT_EQ(second.applications(0).state(), v1::Application::STATE_ADMITTED);
  EXPECT_EQ(second.applications(0).decision().file_revision(), 1);
  EXPECT_EQ(system_->Events<events::v1::ApplicationChanged>().size(), 2u);
  const v1::ListCorrectionsResponse history = History(first.referral());
  ASSERT_EQ(history.corrections_size(), 1);
  EXPECT_EQ(history.corrections(0).revision(), 2);
  EXPECT_NE(history.corrections(0).by(), "");
  ASSERT_EQ(history.corrections(0).changes_size(), 2);
  EXPECT_EQ(history.corrections(0).changes(0).field(), "family_name");
  EXPECT_EQ(history.corrections(0).changes(0).before(), a.file().family_name());
  EXPECT_EQ(history.corrections(0).changes(1).after(), "ana.martin@example.org");
  // Mail follows; what was decided on stands.
  const v1::AdmittedFile admitted = FileOf(first.applications(0).name());
  EXPECT_EQ(admitted.file().email(), a.file().email());
  EXPECT_EQ(admitted.contact().email(), "ana.martin@example.org");
  EXPECT_TRUE(admitted.contact().facts().empty());
  // So do the duplicate keys: another agency knows the person by the new name and address.
  v1::SubmitReferralRequest elsewhere = SubmitRequest("beta", "X-1");
  elsewhere.mutable_file()->set_email("ANA.MARTIN@example.org");
  Submit(elsewhere);
  const auto suggestions =
      Do(system_->Staff(), &Service::ListSuggestions, v1::ListSuggestionsRequest());
  ASSERT_EQ(suggestions.suggestions_size(), 1);
  EXPECT_THAT(suggestions.suggestions(0).matched_by(), ElementsAre("email"));
}

TEST_P(CorrectionsTest, StaffOrTheAgencyCorrectsAtAnyTimeAndNothingIsJudged) {
  v1::SubmitReferralRequest a = SubmitRequest("alpha", "A-1");
  const auto first = Submit(a);
  v1::ReturnApplicationRequest give_back;
  give_back.set_name(first.applications(0).name());
  give_back.add_reasons("unreachable");
  Do(system_->Staff(), &Service::ReturnApplication, give_back);
  v1::CorrectReferralRequest correct;
  correct.set_name(first.referral());
  correct.set_phone("613 555 0199");
  correct.set_given_name("  Ana ");
  const v1::Referral corrected = Do(system_->Agency("alpha"), &Service::CorrectReferral, correct);
  EXPECT_EQ(corrected.revision(), 2);
  EXPECT_EQ(corrected.file().given_name(), "Ana");
  EXPECT_EQ(corrected.file().facts_size(), a.file().facts_size());
  EXPECT_EQ(corrected.applications(0).state(), v1::Application::STATE_RETURNED);
  ASSERT_EQ(History(first.referral()).corrections_size(), 1);
  // What the agency sent is what it was: sent again, it takes nothing back.
  EXPECT_EQ(Submit(a).kind(), v1::SUBMISSION_KIND_REPEAT);
  EXPECT_EQ(Do(system_->Staff(), &Service::CorrectReferral, correct).revision(), 2);
  EXPECT_EQ(
      status::ReasonOf(
          system_->Call(system_->Agency("beta"), &Service::CorrectReferral, correct).status()),
      "REFERRAL_NOT_FOUND");
}

TEST_P(CorrectionsTest, WhatCannotBeReadIsRefusedByName) {
  const auto first = Submit("alpha", "A-1");
  v1::CorrectReferralRequest correct;
  correct.set_name(first.referral());
  correct.set_email("nobody");
  const auto refused = system_->Call(system_->Staff(), &Service::CorrectReferral, correct);
  const status::ErrorDetail detail = status::DetailOf(refused.status());
  ASSERT_EQ(detail.violations.size(), 1u);
  EXPECT_EQ(detail.violations[0].field, "email");
  EXPECT_THAT(History(first.referral()).corrections(), IsEmpty());
}

// The case "c22": withdrawn, sent again, sent with news, reopened.
TEST_P(CorrectionsTest, C22) {
  v1::SubmitReferralRequest a = SubmitRequest("alpha", "B22-1");
  const auto first = Submit(a);
  EXPECT_THAT(first.notices(), IsEmpty());
  v1::WithdrawApplicationRequest withdraw;
  withdraw.set_name(first.applications(0).name());
  Do(system_->Agency("alpha"), &Service::WithdrawApplication, withdraw);
  v1::SubmitReferralRequest b = a;
  Give(b.mutable_file(), "en_writing", {"8"});
  for (const v1::SubmitReferralRequest* again : {&a, &b}) {
    v1::BatchSubmitReferralsRequest batch;
    batch.add_programs(kOttawa);
    auto* item = batch.add_items();
    item->set_agency(again->agency());
    item->set_external_id(again->external_id());
    *item->mutable_file() = again->file();
    const auto results = Do(system_->Agency("alpha"), &Service::BatchSubmitReferrals, batch);
    ASSERT_EQ(results.results(0).notices_size(), 1);
    const v1::SubmissionNotice& notice = results.results(0).notices(0);
    EXPECT_EQ(notice.reason(), "APPLICATION_WITHDRAWN");
    EXPECT_EQ(notice.application(), first.applications(0).name());
    EXPECT_NE(notice.text().fr().find("ReopenApplication"), std::string::npos);
  }
  EXPECT_EQ(Submit(b).notices_size(), 1);
  EXPECT_EQ(Submit(b).applications(0).state(), v1::Application::STATE_WITHDRAWN);
  v1::ReopenApplicationRequest reopen;
  reopen.set_name(first.applications(0).name());
  const v1::Application back = Do(system_->Agency("alpha"), &Service::ReopenApplication, reopen);
  EXPECT_EQ(back.state(), v1::Application::STATE_RECEIVED);
  EXPECT_EQ(back.decision().file_revision(), 2);
  EXPECT_THAT(Submit(b).notices(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, CorrectionsTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, CorrectionsTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
