#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"

// Who may be one person, and who is: suggestions, links and their undoing.
namespace tremplin::referral {
namespace {

using app::Service;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LinksTest : public ReferralTest {
 protected:
  // The person of `key` by another agency, under an id of its own.
  v1::SubmitReferralResponse Again(const std::string& agency, const std::string& key,
                                   const std::string& id) {
    v1::SubmitReferralRequest request = SubmitRequest(agency, key);
    request.set_external_id(id);
    return Submit(request);
  }
  bool Flagged(const std::string& referral) {
    v1::GetReferralRequest request;
    request.set_name(referral);
    const auto got = system_->Call(system_->Staff(), &Service::GetReferral, request);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.ok() && got->possible_duplicate();
  }
  std::vector<v1::LinkPair> Suggestions(const rpc::CallContext& call, bool apart = false) {
    v1::ListSuggestionsRequest request;
    request.set_kept_apart(apart);
    const auto got = system_->Call(call, &Service::ListSuggestions, request);
    EXPECT_TRUE(got.ok()) << got.status();
    if (!got.ok()) return {};
    return {got->suggestions().begin(), got->suggestions().end()};
  }
  std::vector<v1::LinkPair> Links() {
    const auto got = system_->Call(system_->Staff(), &Service::ListLinks, v1::ListLinksRequest());
    EXPECT_TRUE(got.ok()) << got.status();
    if (!got.ok()) return {};
    return {got->links().begin(), got->links().end()};
  }
  v1::PreviewLinkResponse Preview(const std::string& one, const std::string& other) {
    v1::PreviewLinkRequest request;
    request.set_name(one);
    request.set_other(other);
    const auto got = system_->Call(system_->Staff(), &Service::PreviewLink, request);
    EXPECT_TRUE(got.ok()) << got.status();
    return got.value_or(v1::PreviewLinkResponse());
  }
  absl::Status Link(const std::string& one, const std::string& other, bool confirm = false) {
    v1::LinkReferralsRequest request;
    request.set_name(one);
    request.set_other(other);
    request.set_confirm_strangers(confirm);
    return system_->Call(system_->Staff(), &Service::LinkReferrals, request).status();
  }
  absl::Status Unlink(const std::string& one, const std::string& other) {
    v1::UnlinkReferralsRequest request;
    request.set_name(one);
    request.set_other(other);
    return system_->Call(system_->Staff(), &Service::UnlinkReferrals, request).status();
  }
  absl::Status KeepApart(const std::string& one, const std::string& other) {
    v1::KeepApartRequest request;
    request.set_name(one);
    request.set_other(other);
    return system_->Call(system_->Staff(), &Service::KeepApart, request).status();
  }
};

std::vector<std::string> Codes(const v1::PreviewLinkResponse& preview) {
  std::vector<std::string> codes;
  for (const v1::LinkEffect& effect : preview.effects()) {
    EXPECT_NE(effect.text().en(), "");
    EXPECT_NE(effect.text().fr(), "");
    codes.push_back(effect.code());
  }
  return codes;
}

TEST_P(LinksTest, WhoSharesAnEmailOrNameAndBirthDateIsSuggestedAndNobodyIsMerged) {
  const auto first = Submit("alpha", "A-1");
  const auto second = Again("beta", "A-1", "B-1");
  Submit("beta", "C-1");
  const std::vector<v1::LinkPair> suggestions = Suggestions(system_->Staff());
  ASSERT_EQ(suggestions.size(), 1u);
  EXPECT_THAT(suggestions[0].matched_by(), ElementsAre("email", "name_and_birth_date"));
  EXPECT_THAT(suggestions[0].differs(), IsEmpty());
  EXPECT_FALSE(suggestions[0].linked());
  EXPECT_NE(suggestions[0].one().family_name(), "");
  // The earlier of two doubles shows the flag too.
  EXPECT_TRUE(Flagged(first.referral()));
  EXPECT_TRUE(Flagged(second.referral()));
  EXPECT_THAT(system_->Events<events::v1::ReferralsLinked>(), IsEmpty());
}

TEST_P(LinksTest, ACoupleWithOneAddressIsSuggestedOnceAndKeptApart) {
  const auto first = Submit("alpha", "A-1");
  v1::SubmitReferralRequest spouse = SubmitRequest("beta", "B-1");
  spouse.mutable_file()->set_email(EligibleFile("A-1").email());
  spouse.mutable_file()->set_given_name("Omar");
  const auto second = Submit(spouse);
  std::vector<v1::LinkPair> suggestions = Suggestions(system_->Staff());
  ASSERT_EQ(suggestions.size(), 1u);
  EXPECT_THAT(suggestions[0].matched_by(), ElementsAre("email"));
  EXPECT_EQ(suggestions[0].differs(0), "name");
  ASSERT_TRUE(KeepApart(second.referral(), first.referral()).ok());
  EXPECT_THAT(Suggestions(system_->Staff()), IsEmpty());
  EXPECT_FALSE(Flagged(first.referral()));
  suggestions = Suggestions(system_->Staff(), /*apart=*/true);
  ASSERT_EQ(suggestions.size(), 1u);
  EXPECT_NE(suggestions[0].by(), "");
  // Staff's word stands through a correction that leaves the address.
  spouse.mutable_file()->set_phone("613 555 0199");
  Submit(spouse);
  EXPECT_THAT(Suggestions(system_->Staff()), IsEmpty());
}

TEST_P(LinksTest, BothPartsAreCompared) {
  v1::SubmitReferralRequest mentor = MentorRequest("M-1");
  const auto entered = system_->Call(system_->Staff(), &Service::SubmitReferral, mentor);
  ASSERT_TRUE(entered.ok()) << entered.status();
  v1::SubmitReferralRequest mentee = SubmitRequest("alpha", "A-1");
  mentee.mutable_file()->set_email(mentor.file().email());
  const auto referred = Submit(mentee);
  const std::vector<v1::LinkPair> suggestions = Suggestions(system_->Staff());
  ASSERT_EQ(suggestions.size(), 1u);
  EXPECT_NE(suggestions[0].one().side(), suggestions[0].other().side());
  // In two parts nobody is twice the same.
  EXPECT_FALSE(Flagged(referred.referral()));
  EXPECT_THAT(Codes(Preview(entered->referral(), referred.referral())),
              ElementsAre("one_person", "never_paired"));
}

TEST_P(LinksTest, WhatNoLongerHoldsIsSuggestedNoMore) {
  v1::SubmitReferralRequest request = SubmitRequest("alpha", "A-1");
  Submit(request);
  Again("beta", "A-1", "B-1");
  EXPECT_EQ(Suggestions(system_->Staff()).size(), 1u);
  request.mutable_file()->set_email("another@example.org");
  request.mutable_file()->set_family_name("Another");
  Submit(request);
  EXPECT_THAT(Suggestions(system_->Staff()), IsEmpty());
}

TEST_P(LinksTest, ALinkIsPreviewedMadeListedAndUndone) {
  const auto first = Submit("alpha", "A-1");
  const auto second = Again("beta", "A-1", "B-1");
  EXPECT_THAT(Codes(Preview(first.referral(), second.referral())),
              ElementsAre("one_person", "one_enrolment"));
  EXPECT_FALSE(Preview(first.referral(), second.referral()).strangers());
  EXPECT_THAT(system_->Events<events::v1::ReferralsLinked>(), IsEmpty());

  ASSERT_TRUE(Link(first.referral(), second.referral()).ok());
  ASSERT_TRUE(Link(second.referral(), first.referral()).ok());  // the same again
  EXPECT_THAT(Suggestions(system_->Staff()), IsEmpty());
  const auto told = system_->Events<events::v1::ReferralsLinked>();
  ASSERT_EQ(told.size(), 1u);
  ASSERT_EQ(told[0].applications_size(), 2);
  // The one that came first counts.
  EXPECT_EQ(told[0].applications(0).counts_as(), told[0].applications(1).counts_as());
  EXPECT_EQ("applications/" + told[0].applications(0).counts_as(), first.applications(0).name());
  ASSERT_EQ(Links().size(), 1u);
  EXPECT_NE(Links()[0].by(), "");
  EXPECT_THAT(Codes(Preview(first.referral(), second.referral())),
              ElementsAre("two_people", "own_enrolment"));

  ASSERT_TRUE(Unlink(second.referral(), first.referral()).ok());
  EXPECT_EQ(status::ReasonOf(Unlink(second.referral(), first.referral())), "NOT_LINKED");
  EXPECT_THAT(Links(), IsEmpty());
  EXPECT_EQ(Suggestions(system_->Staff()).size(), 1u);
  const auto undone = system_->Events<events::v1::ReferralsUnlinked>();
  ASSERT_EQ(undone.size(), 1u);
  ASSERT_EQ(undone[0].applications_size(), 2);
  for (const events::v1::CountedAs& each : undone[0].applications()) {
    EXPECT_EQ(each.application(), each.counts_as());
  }
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_link_log"), 2);
}

// The case "wrong link": asked to confirm with what differs; stands in a list; undone.
TEST_P(LinksTest, WrongLink) {
  const auto first = Submit("alpha", "A-1");
  v1::SubmitReferralRequest other = SubmitRequest("beta", "B-1");
  other.mutable_file()->set_given_name("Omar");
  other.mutable_file()->set_birth_date("1980-02-03");
  const auto second = Submit(other);
  EXPECT_TRUE(Preview(first.referral(), second.referral()).strangers());
  const absl::Status asked = Link(first.referral(), second.referral());
  EXPECT_EQ(asked.code(), absl::StatusCode::kFailedPrecondition);
  const status::ErrorDetail detail = status::DetailOf(asked);
  EXPECT_EQ(detail.reason, "LINK_OF_STRANGERS");
  std::vector<std::string> differs;
  for (const status::FieldViolation& each : detail.violations) differs.push_back(each.field);
  ASSERT_GE(differs.size(), 3u);
  EXPECT_EQ(differs[0], "name");
  EXPECT_EQ(differs[1], "birth_date");
  EXPECT_EQ(differs[2], "email");
  EXPECT_THAT(Links(), IsEmpty());

  ASSERT_TRUE(Link(first.referral(), second.referral(), /*confirm=*/true).ok());
  ASSERT_EQ(Links().size(), 1u);
  EXPECT_THAT(Links()[0].matched_by(), IsEmpty());
  EXPECT_EQ(Links()[0].differs(0), "name");
  ASSERT_TRUE(Unlink(first.referral(), second.referral()).ok());
  EXPECT_THAT(Links(), IsEmpty());
  EXPECT_THAT(Suggestions(system_->Staff()), IsEmpty());
}

TEST_P(LinksTest, StaffOfOneProgramSeeNoPairOfAnother) {
  program::v1::ProgramDefinition another = System::Definition();
  another.set_id("other");
  system_->Publish(1, another, System::Start() - absl::Hours(1));
  Submit("alpha", "A-1");
  v1::SubmitReferralRequest elsewhere = SubmitRequest("beta", "A-1");
  elsewhere.set_programs(0, "programs/other");
  Submit(elsewhere);
  EXPECT_EQ(Suggestions(system_->Staff()).size(), 1u);
  EXPECT_THAT(Suggestions(system_->As(options::v1::ROLE_COORDINATOR, "", kOttawaId)), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, LinksTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, LinksTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
