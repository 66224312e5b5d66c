// A referral pushed over HTTP, told from the log lines of the processes: each step behind the one
// it comes from, from the request to the pool of matching.

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "services/gateway/testing/http_client.h"
#include "services/gateway/transcoding/json_reader.h"
#include "services/gateway/transcoding/json_writer.h"
#include "tests/support/partner.h"
#include "tests/support/web.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin {
namespace {

using gateway::testing::Fetch;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kProgram[] = "programs/mentorcity";

class TraceTest : public ::testing::TestWithParam<testing::WebForm> {
 protected:
  void SetUp() override {
    web_ = std::make_unique<testing::Web>(GetParam());
    ASSERT_TRUE(web_->WaitServing());
    ASSERT_TRUE(web_->deployment().Load(false));
  }

  void Submit(const std::string& request_id, const std::string& idempotency_key) {
    const std::string key =
        testing::MakeKey(web_->deployment(), options::v1::ROLE_COORDINATOR, "", "", kProgram);
    const auto answer = Fetch(web_->address(), "POST", "/v1/referrals",
                              {{"Authorization", "Bearer " + key},
                               {"Content-Type", "application/json"},
                               {"X-Request-Id", request_id},
                               {"Idempotency-Key", idempotency_key}},
                              Newcomer());
    ASSERT_TRUE(answer.has_value());
    ASSERT_EQ(answer->status, 200) << answer->body;
  }

  // Somebody who comes by themselves to a program that admits at once and asks for no step.
  static std::string Newcomer() {
    referral::v1::SubmitReferralRequest request;
    request.set_external_id("TRACE-1");
    request.add_programs(kProgram);
    request.set_door(program::v1::DOOR_SELF);
    auto& file = *request.mutable_file();
    file.set_given_name("Jeanne");
    file.set_family_name("Untel");
    file.set_email("jeanne@example.org");
    file.set_language("fr");
    file.set_birth_date("1990-04-01");
    testing::GiveFact(&file, "service_language", {"fr"});
    testing::GiveFact(&file, "organization_member", {"yes"});
    testing::GiveFact(&file, "mentorcity.topics", {"leadership"});
    return gateway::transcoding::WriteJson(request);
  }

  testing::Finished Trace(const std::string& id, const std::vector<std::string>& options = {}) {
    std::vector<std::string> args = {"trace", id};
    for (const std::string& log : web_->logs()) args.push_back(log);
    args.insert(args.end(), options.begin(), options.end());
    return web_->deployment().Ctl(args);
  }

  std::unique_ptr<testing::Web> web_;
};

// What led to the first step of a service's, outermost first: "service what result".
std::vector<std::string> WayTo(const std::string& json, const std::string& service,
                               const std::string& kind) {
  rapidjson::Document found;
  found.Parse(json.c_str());
  if (found.HasParseError() || found["traces"].Size() != 1) return {};
  const auto& steps = found["traces"][0]["steps"];
  std::vector<std::string> way;
  std::vector<std::string> spans;
  for (const auto& step : steps.GetArray()) {
    const auto depth = static_cast<size_t>(step["depth"].GetInt());
    way.resize(depth);
    spans.resize(depth);
    EXPECT_TRUE(depth == 0 || spans.back() == step["parent"].GetString());
    spans.emplace_back(step["span"].GetString());
    way.push_back(absl::StrCat(step["service"].GetString(), " ", step["what"].GetString(), " ",
                               step["result"].GetString()));
    if (step["service"].GetString() == service && step["kind"].GetString() == kind) return way;
  }
  return {};
}

TEST_P(TraceTest, AReferralIsFollowedFromTheRequestToThePool) {
  const std::string id = "0190f3a2-7c1e-7d52-8a41-3f9c2b7d6e10";
  Submit(id, "jeanne@example.org, again");

  std::vector<std::string> way;
  EXPECT_TRUE(testing::Eventually(
      [&] {
        way = WayTo(Trace(id, {"--json"}).output, "matching", "event");
        return !way.empty();
      },
      absl::Minutes(2)));
  EXPECT_THAT(way, ElementsAre("gateway POST /v1/referrals 200", "referral SubmitReferral OK",
                               "registration ApplicationChanged applied",
                               "matching EnrolmentReady applied"));

  // By whatever the caller knows it: an id of their own stands in no log.
  const testing::Finished told = Trace("jeanne@example.org, again", {"--language", "fr"});
  EXPECT_EQ(told.code, 0) << told.errors;
  EXPECT_THAT(told.output, HasSubstr("POST /v1/referrals"));
  EXPECT_THAT(told.output, HasSubstr("└ SubmitReferral"));
  EXPECT_THAT(told.output, HasSubstr("événement EnrolmentReady"));
  for (const std::string& log : web_->logs()) {
    EXPECT_THAT(testing::ReadFile(log), Not(HasSubstr("jeanne")));
  }
  EXPECT_EQ(Trace("0190f3a2-0000-7d52-8a41-3f9c2b7d6e10").code, 1);
}

INSTANTIATE_TEST_SUITE_P(Forms, TraceTest,
                         ::testing::Values(testing::WebForm::kInProcess,
                                           testing::WebForm::kProgram),
                         [](const auto& form) {
                           return form.param == testing::WebForm::kInProcess ? "InProcess"
                                                                             : "Program";
                         });

}  // namespace
}  // namespace tremplin
