#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"

// Staff find people by name, e-mail, the key their source knows them by, and state, in one call.
namespace tremplin::referral {
namespace {

using app::Service;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class SearchTest : public ReferralTest {
 protected:
  void SetUp() override {
    ReferralTest::SetUp();
    if (system_ == nullptr) return;
    Add("alpha", "A-1", "Élodie", "Nguyễn Văn");
    Add("alpha", "A-2", "Moustapha", "Diop");
    Add("beta", "A-1", "Mohamed", "Diop-Sall");
  }
  void Add(const std::string& agency, const std::string& key, const std::string& given,
           const std::string& family) {
    v1::SubmitReferralRequest request = SubmitRequest(agency, key);
    request.mutable_file()->set_given_name(given);
    request.mutable_file()->set_family_name(family);
    request.mutable_file()->set_email(key + "@" + agency + ".example.org");
    Submit(request);
  }
  std::vector<std::string> Find(v1::SearchReferralsRequest request) {
    std::vector<std::string> found;
    do {
      const auto page = system_->Call(system_->Staff(), &Service::SearchReferrals, request);
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) return {};
      for (const v1::Referral& each : page->referrals()) {
        EXPECT_EQ(each.applications_size(), 1);
        found.push_back(each.given_name() + " " + each.family_name());
      }
      request.set_page_token(page->next_page_token());
    } while (!request.page_token().empty());
    return found;
  }
  std::vector<std::string> Find(const std::string& query) {
    v1::SearchReferralsRequest request;
    request.set_query(query);
    return Find(request);
  }
};

TEST_P(SearchTest, ByWordsOfNamesHoweverTheyAreTyped) {
  EXPECT_THAT(Find("nguyen"), ElementsAre("Élodie Nguyễn Văn"));
  EXPECT_THAT(Find("VAN elo"), ElementsAre("Élodie Nguyễn Văn"));
  EXPECT_THAT(Find("diop"), ElementsAre("Mohamed Diop-Sall", "Moustapha Diop"));
  EXPECT_THAT(Find("diop sal"), ElementsAre("Mohamed Diop-Sall"));
  EXPECT_THAT(Find("elodie v"), ElementsAre("Élodie Nguyễn Văn")) << "v begins a word";
  EXPECT_THAT(Find("diop nguyen"), IsEmpty());
  EXPECT_THAT(Find("mous"), ElementsAre("Moustapha Diop"));
  EXPECT_THAT(Find("moustaphal"), IsEmpty());
}

TEST_P(SearchTest, ByEmailKeyAndStateAtOnce) {
  EXPECT_THAT(Find("a-1@BETA.example.org"), ElementsAre("Mohamed Diop-Sall"));
  v1::SearchReferralsRequest request;
  request.set_external_id("A-1");
  EXPECT_THAT(Find(request), ElementsAre("Mohamed Diop-Sall", "Élodie Nguyễn Văn"));
  request.set_query("diop");
  EXPECT_THAT(Find(request), ElementsAre("Mohamed Diop-Sall"));
  request.set_state(v1::Application::STATE_ADMITTED);
  EXPECT_THAT(Find(request), IsEmpty());
  request.set_state(v1::Application::STATE_RECEIVED);
  EXPECT_THAT(Find(request), ElementsAre("Mohamed Diop-Sall"));
  v1::SearchReferralsRequest all;
  all.set_state(v1::Application::STATE_RECEIVED);
  all.set_page_size(2);
  EXPECT_EQ(Find(all).size(), 3u);
}

TEST_P(SearchTest, ACorrectedNameIsFoundAndTheFormerOneNoMore) {
  v1::SearchReferralsRequest request;
  request.set_query("moustapha");
  const auto found = system_->Call(system_->Staff(), &Service::SearchReferrals, request);
  ASSERT_TRUE(found.ok()) << found.status();
  ASSERT_EQ(found->referrals_size(), 1);
  v1::CorrectReferralRequest correct;
  correct.set_name(found->referrals(0).name());
  correct.set_given_name("Ibrahima");
  ASSERT_TRUE(system_->Call(system_->Staff(), &Service::CorrectReferral, correct).ok());
  EXPECT_THAT(Find("moustapha"), IsEmpty());
  EXPECT_THAT(Find("ibra"), ElementsAre("Ibrahima Diop"));
}

TEST_P(SearchTest, NoNameStandsInTheClear) {
  EXPECT_EQ(system_->Count("SELECT COUNT(*) FROM referral_name_token WHERE token LIKE '%dio%'"), 0);
  EXPECT_GT(system_->Count("SELECT COUNT(*) FROM referral_name_token"), 5);
}

TEST_P(SearchTest, ListsCarryNames) {
  const auto listed =
      system_->Call(system_->Staff(), &Service::ListReferrals, v1::ListReferralsRequest());
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->referrals_size(), 3);
  for (const v1::Referral& each : listed->referrals()) EXPECT_NE(each.family_name(), "");
  const auto applications =
      system_->Call(system_->Staff(), &Service::ListApplications, v1::ListApplicationsRequest());
  ASSERT_TRUE(applications.ok()) << applications.status();
  for (const v1::Application& each : applications->applications()) {
    EXPECT_NE(each.given_name(), "");
  }
}

// Read as anything else, an application would be judged anew, or shown as what it is not.
TEST_P(SearchTest, WhatIsDamagedIsNoStateOfAnApplication) {
  const auto list = [&] {
    return system_->Call(system_->Staff(), &Service::SearchReferrals, v1::SearchReferralsRequest())
        .status();
  };
  const auto set = [&](const std::string& column, const std::string& value) {
    return system_->Write([&](database::Transaction& tx) {
      return tx.Execute("UPDATE referral_application SET " + column + " = $1", {value});
    });
  };
  ASSERT_TRUE(list().ok()) << list();
  for (const std::string column : {"state", "side", "door", "told_state"}) {
    const std::string whole = column == "state"  ? "received"
                              : column == "side" ? "mentee"
                              : column == "door" ? "agency"
                                                 : "";
    ASSERT_TRUE(set(column, "nonesuch").ok()) << column;
    EXPECT_TRUE(absl::IsDataLoss(list())) << column << " " << list();
    ASSERT_TRUE(set(column, whole).ok()) << column;
    EXPECT_TRUE(list().ok()) << column << " " << list();
  }
}

INSTANTIATE_TEST_SUITE_P(Sqlite, SearchTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, SearchTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
