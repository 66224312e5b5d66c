// The gateway as it is run, both in the one process and as a program of its own before it: the feed
// as events and lines, one effect for one Idempotency-Key, outages, and the end by SIGTERM.

#include <signal.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "common/text/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "services/gateway/testing/hsds_rules.h"
#include "services/gateway/testing/http_client.h"
#include "services/gateway/transcoding/json_reader.h"
#include "services/gateway/transcoding/json_writer.h"
#include "tests/support/deployment.h"
#include "tests/support/partner.h"
#include "tests/support/servers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/web.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin {
namespace {

using gateway::http::Headers;
using gateway::testing::Answer;
using gateway::testing::Connection;
using gateway::testing::Fetch;
using gateway::testing::RequestText;
using ::testing::HasSubstr;

std::string BodyOf(const std::string& agency, const std::string& external_id, int person) {
  referral::v1::SubmitReferralRequest request;
  request.set_agency("organizations/" + agency);
  request.set_external_id(external_id);
  request.add_programs(testing::kOttawa);
  *request.mutable_file() = testing::EligibleFile(person);
  return gateway::transcoding::WriteJson(request);
}

std::string ReferralOf(const std::optional<Answer>& answer) {
  referral::v1::SubmitReferralResponse response;
  if (!answer.has_value() || answer->status != 200) return "";
  return gateway::transcoding::ReadJson(answer->body, response).ok() ? response.referral() : "";
}

// One system for all tests of a form: each uses an agency's referrals of its own.
class GatewayLiveTest : public ::testing::TestWithParam<testing::WebForm> {
 protected:
  void SetUp() override {
    std::unique_ptr<testing::Web>& front = Fronts()[GetParam()];
    if (front == nullptr) {
      front = std::make_unique<testing::Web>(GetParam());
      ASSERT_TRUE(front->WaitServing());
      ASSERT_TRUE(front->deployment().Load(false));
    }
    deployment_ = &front->deployment();
    web_ = front->address();
  }
  static void TearDownTestSuite() {
    for (auto& [form, front] : Fronts()) {
      front->process().Signal(SIGTERM);
      EXPECT_EQ(front->process().Wait(absl::Seconds(60)), 0);
    }
    Fronts().clear();
  }
  static std::map<testing::WebForm, std::unique_ptr<testing::Web>>& Fronts() {
    static auto& fronts = *new std::map<testing::WebForm, std::unique_ptr<testing::Web>>;
    return fronts;
  }

  // With an agency's key.
  Headers As(const std::string& agency) {
    const std::string key =
        testing::MakeKey(*deployment_, options::v1::ROLE_AGENCY, "organizations/" + agency);
    agencies_["Bearer " + key] = agency;
    return {{"Authorization", "Bearer " + key}};
  }
  std::optional<Answer> Submit(const Headers& as, const std::string& external_id, int person,
                               const std::string& key = "") {
    Headers headers = as;
    if (!key.empty()) headers.emplace_back("Idempotency-Key", key);
    return Fetch(web_, "POST", "/v1/referrals", headers,
                 BodyOf(agencies_.at(as.front().second), external_id, person));
  }
  static Headers With(Headers headers, const std::string& name, const std::string& value) {
    headers.emplace_back(name, value);
    return headers;
  }

  std::string web_;
  testing::Deployment* deployment_ = nullptr;
  std::map<std::string, std::string> agencies_;  // by the header of their key
};

TEST_P(GatewayLiveTest, IsReadyAndDescribesItself) {
  EXPECT_EQ(Fetch(web_, "GET", "/readyz")->status, 200);
  const auto answer = Fetch(web_, "GET", "/openapi.json");
  rapidjson::Document document;
  document.Parse(answer->body.data(), answer->body.size());
  ASSERT_FALSE(document.HasParseError());
  EXPECT_STREQ(document["openapi"].GetString(), "3.1.0");
  const auto& submit = document["paths"]["/v1/referrals"]["post"];
  EXPECT_THAT(submit["description"].GetString(), HasSubstr("Pushes one referral"));
  EXPECT_TRUE(document["paths"].HasMember("/v1/engagements/{engagementId}/sessions"));
  const auto& directory = document["paths"]["/v1/directory/programs"]["get"];
  ASSERT_TRUE(directory.HasMember("security"));
  EXPECT_EQ(directory["security"].Size(), 0U) << "no key is asked for";
  EXPECT_FALSE(submit.HasMember("security"));
  EXPECT_TRUE(directory["responses"].HasMember("304"));
  EXPECT_FALSE(submit["responses"].HasMember("304"));
  // The topics, too.
  const auto topics = Fetch(web_, "GET", "/asyncapi.json");
  ASSERT_EQ(topics->status, 200);
  EXPECT_THAT(topics->body, HasSubstr("\"address\":\"tremplin.referral.v1\""));
  EXPECT_EQ(
      Fetch(web_, "GET", "/asyncapi.json", {{"If-None-Match", std::string(topics->Header("etag"))}})
          ->status,
      304);
  // What is referred to is there.
  std::set<std::string> missing;
  size_t at = 0;
  const std::string prefix = "\"$ref\":\"#/components/schemas/";
  while ((at = answer->body.find(prefix, at)) != std::string::npos) {
    at += prefix.size();
    const std::string name = answer->body.substr(at, answer->body.find('"', at) - at);
    if (!document["components"]["schemas"].HasMember(name.c_str())) missing.insert(name);
  }
  EXPECT_THAT(missing, ::testing::IsEmpty());
  // And shown, by what comes with it.
  const auto page = Fetch(web_, "GET", "/docs");
  ASSERT_EQ(page->status, 200) << page->body;
  for (const char* part :
       {"/docs/swagger-ui-bundle.js", "/docs/swagger-ui.css", "/docs/start.js"}) {
    EXPECT_THAT(page->body, HasSubstr(part));
    EXPECT_EQ(Fetch(web_, "GET", part)->status, 200) << part;
  }
}

TEST_P(GatewayLiveTest, TheDirectoryIsReadWithoutAKey_AsHsdsToo) {
  const auto document = [](const std::optional<Answer>& answer) {
    rapidjson::Document parsed;
    EXPECT_EQ(answer->status, 200) << answer->body;
    parsed.Parse(answer->body.data(), answer->body.size());
    EXPECT_FALSE(parsed.HasParseError()) << answer->body;
    return parsed;
  };
  const auto plain = Fetch(web_, "GET", "/v1/directory/programs?pageSize=500");
  const rapidjson::Document programs = document(plain);
  EXPECT_EQ(Fetch(web_, "GET", "/v1/directory/programs?pageSize=500",
                  {{"If-None-Match", std::string(plain->Header("etag"))}})
                ->status,
            304);
  const std::string at = "/v1/directory/hsds";
  EXPECT_THAT(gateway::testing::HsdsFaults(document(Fetch(web_, "GET", at + "/")), "root"),
              ::testing::IsEmpty());
  const rapidjson::Document services = document(Fetch(web_, "GET", at + "/services?per_page=500"));
  EXPECT_THAT(gateway::testing::HsdsFaults(services, "page"), ::testing::IsEmpty());
  EXPECT_GT(services["contents"].Size(), 5U);
  EXPECT_EQ(services["contents"].Size(), programs["programs"].Size());
  for (const auto& service : services["contents"].GetArray()) {
    EXPECT_THAT(gateway::testing::HsdsFaults(service, "service"), ::testing::IsEmpty());
    const std::string id = service["id"].GetString();
    const rapidjson::Document whole = document(Fetch(web_, "GET", at + "/services/" + id));
    EXPECT_THAT(gateway::testing::HsdsFaults(whole, "service"), ::testing::IsEmpty());
    EXPECT_STREQ(whole["name"].GetString(), service["name"].GetString());
    EXPECT_STRNE(whole["eligibility_description"].GetString(), "");
  }
  for (const std::string kind : {"organization", "location"}) {
    const rapidjson::Document list = document(Fetch(web_, "GET", at + "/" + kind + "s"));
    for (const auto& each : list["contents"].GetArray()) {
      EXPECT_THAT(gateway::testing::HsdsFaults(each, kind), ::testing::IsEmpty());
    }
  }
}

TEST_P(GatewayLiveTest, WithoutAKeyNothingIsAnswered) {
  const auto answer = Fetch(web_, "GET", "/v1/referrals", {{"Accept-Language", "fr"}});
  EXPECT_EQ(answer->status, 401);
  EXPECT_THAT(answer->body, HasSubstr("L’appel ne porte pas de clé"));
}

TEST_P(GatewayLiveTest, OneKeyIsOneEffectHoweverOftenAtOnce) {
  const Headers as = As("ociso");
  std::vector<std::string> names(50);
  {
    std::vector<std::jthread> clients;
    for (std::string& name : names) {
      clients.emplace_back([&] { name = ReferralOf(Submit(as, "IDEM-1", 1, "key-1")); });
    }
  }
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 1U);
  EXPECT_NE(names.front(), "");
  // Another payload is refused; keys in another order are the same payload; another agency's key is
  // its own.
  const auto other = Submit(as, "IDEM-2", 1, "key-1");
  EXPECT_EQ(other->status, 422);
  EXPECT_THAT(other->body, HasSubstr("REQUEST_ID_REUSED"));
  const auto theirs = Submit(As("lasi-world-skills"), "IDEM-1", 1, "key-1");
  EXPECT_EQ(theirs->status, 200);
  EXPECT_NE(ReferralOf(theirs), names.front());
}

TEST_P(GatewayLiveTest, TheFeedIsFollowedAsEvents) {
  const Headers as = As("cci");
  ASSERT_NE(ReferralOf(Submit(as, "FEED-1", 11)), "");
  ASSERT_NE(ReferralOf(Submit(as, "FEED-2", 12)), "");
  Connection stream(web_);
  ASSERT_TRUE(
      stream.Send(RequestText("GET", "/v1/statusFeed", With(as, "Accept", "text/event-stream"))));
  const auto head = stream.ReadHead();
  ASSERT_TRUE(head.has_value());
  EXPECT_THAT(head->Header("content-type"), HasSubstr("text/event-stream"));
  const auto event = [&stream] {
    std::string id;
    std::string data;
    while (const auto line = stream.ReadLine(absl::Seconds(60))) {
      if (line->starts_with("id: ")) id = line->substr(4);
      if (line->starts_with("data: ")) data = line->substr(6);
      if (line->empty() && !data.empty()) break;
    }
    return std::pair(id, data);
  };
  const auto first = event();
  EXPECT_THAT(first.second, HasSubstr("FEED-1"));
  EXPECT_THAT(event().second, HasSubstr("FEED-2"));
  // What comes later comes on the same stream.
  ASSERT_NE(ReferralOf(Submit(as, "FEED-3", 13)), "");
  EXPECT_THAT(event().second, HasSubstr("FEED-3"));
  // Who comes back goes on where they were.
  Connection again(web_);
  ASSERT_TRUE(again.Send(
      RequestText("GET", "/v1/statusFeed",
                  With(With(as, "Accept", "text/event-stream"), "Last-Event-ID", first.first))));
  ASSERT_TRUE(again.ReadHead().has_value());
  std::string data;
  while (!data.starts_with("data: ")) data = again.ReadLine(absl::Seconds(60)).value_or("data: ");
  EXPECT_THAT(data, HasSubstr("FEED-2"));
  const auto refused = Fetch(web_, "GET", "/v1/statusFeed",
                             With(With(as, "Accept", "text/event-stream"), "Last-Event-ID", "x"));
  EXPECT_EQ(refused->status, 400);
}

TEST_P(GatewayLiveTest, TheFeedIsReadAsLines) {
  const Headers as = As("ymca-ywca-ncr");
  for (int i = 0; i < 5; ++i) {
    ASSERT_NE(ReferralOf(Submit(as, text::Cat("LINE-", i), 20 + i)), "");
  }
  // By pages of two, so that the stream asks again.
  const auto answer =
      Fetch(web_, "GET", "/v1/statusFeed?pageSize=2", With(as, "Accept", "application/x-ndjson"));
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->Header("content-type"), "application/x-ndjson");
  int lines = 0;
  size_t begin = 0;
  for (size_t end = 0; (end = answer->body.find('\n', begin)) != std::string::npos;
       begin = end + 1) {
    referral::v1::StatusEntry entry;
    EXPECT_TRUE(
        gateway::transcoding::ReadJson(answer->body.substr(begin, end - begin), entry).ok());
    EXPECT_EQ(entry.external_id(), text::Cat("LINE-", lines++));
  }
  EXPECT_EQ(lines, 5);
}

// What stands in the fenced blocks of shell behind the heading, by their order.
std::string QuickStart(int number, const std::string& heading = "## Quick start") {
  const std::string readme = testing::ReadFile("services/gateway/README.md");
  const std::string begin = "```sh\n";
  size_t at = readme.find(heading);
  for (int i = 0; i < number; ++i) at = readme.find(begin, at) + begin.size();
  return readme.substr(at, readme.find("\n```", at) - at);
}

// The case's people, as the agency iwso's.
void WriteIwsosPeople(const std::string& path) {
  std::string file = testing::ReadFile("tests/integration/cases/c06-short-row.csv");
  for (size_t at = 0; (at = file.find("\nociso,", at)) != std::string::npos;) {
    file.replace(at, 7, "\niwso,");
  }
  std::ofstream(path) << file;
}

TEST_P(GatewayLiveTest, TheQuickStartsWorkAsTheyAreWritten) {
  const std::string header = As("iwso").front().second;
  const std::vector<std::string> with = {"/usr/bin/env", "TREMPLIN=http://" + web_,
                                         "KEY=" + header.substr(std::string("Bearer ").size()),
                                         "AGENCY=organizations/iwso"};
  std::vector<std::string> shell = with;
  shell.insert(shell.end(), {"bash", "-ec", QuickStart(1)});
  const testing::Finished curl = testing::Run(shell);
  EXPECT_EQ(curl.code, 0) << curl.errors;
  EXPECT_THAT(curl.output, HasSubstr("\"verdict\":\"VERDICT_"));
  EXPECT_THAT(curl.output, HasSubstr("\"externalId\":\"CASE-4711\""));
  // The file, where the second block looks for it.
  const testing::TempDir dir;
  WriteIwsosPeople(dir.File("people.csv"));
  std::vector<std::string> second = with;
  second.insert(second.end(), {"bash", "-ec", text::Cat("cd ", dir.path(), "\n", QuickStart(2))});
  const testing::Finished file = testing::Run(second);
  EXPECT_EQ(file.code, 0) << file.errors;
  EXPECT_THAT(file.output, HasSubstr("{\"summary\":{\"rows\":\"3\""));
  std::vector<std::string> third = with;
  third.insert(third.end(), {"bash", "-ec", QuickStart(1, "## Referrals as FHIR R4")});
  const testing::Finished fhir = testing::Run(third);
  EXPECT_EQ(fhir.code, 0) << fhir.errors;
  EXPECT_THAT(fhir.output, HasSubstr("{\"resourceType\":\"ServiceRequest\""));
  EXPECT_THAT(fhir.output, HasSubstr("\"display\":\"Demande reçue\""));
}

// A person's ServiceRequest as a hospital's system sends it, in one line; `facts` of the eligible
// file.
std::string OrderOf(const std::string& agency, const std::string& identifier, int person) {
  const referral::v1::ReferralFile file = testing::EligibleFile(person);
  std::string items;
  for (const auto& fact : file.facts()) {
    items += text::Cat(items.empty() ? "" : ",", R"({"linkId":")", fact.name(),
                       R"(","answer":[{"valueString":")", fact.values(0), R"("}]})");
  }
  return text::Cat(
      R"({"resourceType":"ServiceRequest","status":"active","intent":"order","contained":[)"
      R"({"resourceType":"Patient","id":"p","gender":"female","name":[{"family":")",
      file.family_name(), R"(","given":[")", file.given_name(), R"("]}],"birthDate":")",
      file.birth_date(), R"(","telecom":[{"system":"email","value":")", file.email(),
      R"("}],"communication":[{"language":{"coding":[{"system":"urn:ietf:bcp:47","code":"en"}]}}]},)"
      R"({"resourceType":"QuestionnaireResponse","id":"q","status":"completed","item":[)",
      items, R"(]}],"identifier":[{"system":"urn:hospital","value":")", identifier,
      R"("}],"subject":{"reference":"#p"},"authoredOn":"2025-09-02","requester":{"reference":)"
      R"("Organization/)",
      agency, R"("},"performer":[{"reference":"HealthcareService/ottawa-career-mentoring"}],)",
      R"("supportingInfo":[{"reference":"#q"}]})");
}

// One referral by FHIR: taken, seen by the JSON API and in the feed, found, followed, withdrawn;
// what is told on the way, in `told`.
TEST_P(GatewayLiveTest, AReferralIsTakenAndFollowedAsFhir) {
  const Headers as = As("lassa");
  std::vector<std::string> told;
  const auto ask = [&](const std::string& method, const std::string& path, Headers headers = {},
                       const std::string& body = "") {
    headers.insert(headers.end(), as.begin(), as.end());
    if (!body.empty()) headers.emplace_back("Content-Type", "application/fhir+json");
    std::optional<Answer> answer = Fetch(web_, method, "/fhir/r4" + path, headers, body);
    EXPECT_TRUE(answer.has_value()) << path;
    if (!answer.has_value()) return Answer();
    if (!answer->body.empty()) told.push_back(answer->body);
    return *answer;
  };
  const auto parsed = [](const Answer& answer) {
    rapidjson::Document document;
    document.Parse(answer.body.data(), answer.body.size());
    EXPECT_FALSE(document.HasParseError()) << answer.body;
    return document;
  };
  EXPECT_EQ(Fetch(web_, "GET", "/fhir/r4/metadata")->status, 200) << "without a key";
  ask("GET", "/metadata");
  const std::string order = OrderOf("lassa", "F-1", 71);
  const Answer created = ask("POST", "/ServiceRequest", {}, order);
  ASSERT_EQ(created.status, 201) << created.body;
  EXPECT_EQ(ask("POST", "/ServiceRequest", {}, order).status, 200) << "the same again";
  const std::string id = parsed(created)["id"].GetString();
  EXPECT_EQ(created.Header("location"), "http://test/fhir/r4/ServiceRequest/" + id);
  // It is what the JSON API has, and in the feed.
  referral::v1::Referral referral;
  const auto json = Fetch(web_, "GET", "/v1/referrals/" + id, as);
  ASSERT_TRUE(gateway::transcoding::ReadJson(json->body, referral).ok()) << json->body;
  EXPECT_EQ(referral.external_id(), "urn:hospital|F-1");
  EXPECT_EQ(referral.file().given_name(), "Given71");
  EXPECT_EQ(referral.file().facts_size(), testing::EligibleFile(71).facts_size());
  EXPECT_EQ(referral.applications(0).decision().verdict(), referral::v1::VERDICT_ELIGIBLE);
  EXPECT_THAT(Fetch(web_, "GET", "/v1/statusFeed", as)->body, HasSubstr("urn:hospital|F-1"));
  // Found, and followed by its Task.
  const auto found = parsed(ask("GET", "/ServiceRequest?identifier=urn:hospital%7CF-1"));
  ASSERT_TRUE(found.HasMember("entry"));
  EXPECT_STREQ(found["entry"][0]["resource"]["id"].GetString(), id.c_str());
  EXPECT_FALSE(parsed(ask("GET", "/ServiceRequest?identifier=F-1")).HasMember("entry"));
  const auto tasks = parsed(ask("GET", "/Task?based-on=ServiceRequest/" + id));
  ASSERT_TRUE(tasks.HasMember("entry"));
  const std::string task = tasks["entry"][0]["resource"]["id"].GetString();
  EXPECT_STREQ(tasks["entry"][0]["resource"]["status"].GetString(), "requested");
  const Answer read = ask("GET", "/Task/" + task);
  EXPECT_EQ(ask("GET", "/Task/" + task, {{"If-None-Match", read.Header("etag")}}).status, 304);
  const std::string cancel =
      text::Cat(R"({"resourceType":"Task","id":")", task, R"(","status":"cancelled"})");
  EXPECT_EQ(ask("PUT", "/Task/" + task, {{"If-Match", "W/\"0\""}}, cancel).status, 412);
  EXPECT_EQ(ask("PUT", "/Task/" + task, {{"If-Match", read.Header("etag")}}, cancel).status, 200);
  EXPECT_STREQ(parsed(ask("GET", "/ServiceRequest/" + id))["status"].GetString(), "revoked");
  EXPECT_THAT(Fetch(web_, "GET", "/v1/statusFeed", as)->body, HasSubstr("withdrawn"));
  EXPECT_TRUE(parsed(ask("GET", "/Task?status=cancelled")).HasMember("entry"));
  // Pages of all: each resource once.
  ASSERT_EQ(ask("POST", "/ServiceRequest", {}, OrderOf("lassa", "F-2", 72)).status, 201);
  const auto first = parsed(ask("GET", "/Task?_count=1"));
  const std::string next = first["link"][1]["url"].GetString();
  const size_t path = next.find("/fhir/r4") + 8;
  const auto second = parsed(ask("GET", next.substr(path)));
  EXPECT_STRNE(first["entry"][0]["fullUrl"].GetString(), second["entry"][0]["fullUrl"].GetString());
  // What is wrong is an OperationOutcome, in the caller's language; others' people are not there.
  std::string blank = OrderOf("lassa", "F-3", 73);
  blank.replace(blank.find("1990-01-15"), 10, "1990-15-01");
  const Answer refused = ask("POST", "/ServiceRequest", {{"Accept-Language", "fr"}}, blank);
  EXPECT_EQ(refused.status, 400);
  EXPECT_STREQ(parsed(refused)["issue"][0]["expression"][0].GetString(), "Patient.birthDate");
  const Headers other = As("jfs");
  for (const std::string& own : {"/ServiceRequest/" + id, "/Task/" + task}) {
    const auto missing = Fetch(web_, "GET", "/fhir/r4" + own, other);
    EXPECT_EQ(missing->status, 404) << own;
    told.push_back(missing->body);
  }
  for (const std::string query : {"/ServiceRequest?identifier=urn:hospital%7CF-1", "/Task",
                                  "/ServiceRequest", "/Task?identifier=urn:hospital%7CF-1"}) {
    const auto none = Fetch(web_, "GET", "/fhir/r4" + query, other);
    EXPECT_FALSE(parsed(*none).HasMember("entry")) << query;
    told.push_back(none->body);
  }
  EXPECT_EQ(Fetch(web_, "PUT", "/fhir/r4/Task/" + task,
                  With(other, "Content-Type", "application/fhir+json"), cancel)
                ->status,
            404);
  EXPECT_EQ(ask("POST", "/ServiceRequest", {}, OrderOf("jfs", "F-4", 74)).status, 403);
  const auto nobody = Fetch(web_, "GET", "/fhir/r4/Task");
  EXPECT_EQ(nobody->status, 401);
  told.push_back(nobody->body);
  ask("POST", "/ServiceRequest", {{"Prefer", "return=OperationOutcome"}}, order);
  // All of it is FHIR R4 by the models of a package.
  const std::string python = ".cache/fhir/bin/python";
  TREMPLIN_REQUIRE_SERVER(std::filesystem::exists(python) ? python : std::string());
  const testing::TempDir dir;
  std::ofstream lines(dir.File("told"));
  for (const std::string& each : told) lines << each << '\n';
  lines.close();
  const testing::Finished checked = testing::Run(
      {"/bin/sh", "-c", text::Cat(python, " tests/integration/fhir_check.py <", dir.File("told"))},
      absl::Minutes(2));
  EXPECT_EQ(checked.code, 0) << checked.output << checked.errors;
}

// The example for an agency's developer, twice: the second time nothing is new, and the feed goes
// on where it was.
TEST_P(GatewayLiveTest, TheExampleInPythonWorksAsItIsWritten) {
  const std::string python = ".cache/schemathesis/bin/python";  // has requests
  TREMPLIN_REQUIRE_SERVER(std::filesystem::exists(python) ? python : std::string());
  const testing::TempDir dir;
  const std::string header = As("iwso").front().second;
  WriteIwsosPeople(dir.File("people.csv"));
  const auto run = [&] {
    return testing::Run({"/usr/bin/env", "TREMPLIN=http://" + web_,
                         "KEY=" + header.substr(std::string("Bearer ").size()),
                         "AGENCY=organizations/iwso", "CURSOR=" + dir.File("cursor"), python,
                         "deploy/examples/agency.py", dir.File("people.csv")},
                        absl::Minutes(4));
  };
  const testing::Finished first = run();
  ASSERT_EQ(first.code, 0) << first.errors << first.output;
  EXPECT_THAT(first.output, HasSubstr("check: VERDICT_INCOMPLETE"));
  EXPECT_THAT(first.output, HasSubstr("pushed: referrals/"));
  EXPECT_THAT(first.output, HasSubstr("pushed many: {\"VERDICT_INCOMPLETE\": 1000}"));
  EXPECT_THAT(first.output, HasSubstr("file: {\"rows\": \"3\""));
  EXPECT_THAT(first.output, HasSubstr("told: 1 "));
  const testing::Finished second = run();
  ASSERT_EQ(second.code, 0) << second.errors << second.output;
  EXPECT_THAT(second.output, HasSubstr("entries: 0\n"));
}

// The same in TypeScript: its types made from the document that this gateway serves, compiled, run.
TEST_P(GatewayLiveTest, TheExampleInTypeScriptWorksAsItIsWritten) {
  const std::filesystem::path packages = ".cache/typescript/node_modules";
  TREMPLIN_REQUIRE_SERVER(std::filesystem::exists(packages / "openapi-fetch") ? packages.string()
                                                                              : std::string());
  const testing::TempDir dir;
  std::filesystem::create_directory_symlink(std::filesystem::canonical(packages),
                                            dir.File("node_modules"));
  std::filesystem::copy_file("deploy/examples/agency.ts", dir.File("agency.ts"));
  std::ofstream(dir.File("package.json")) << R"({"type": "module"})";
  std::ofstream(dir.File("openapi.json")) << Fetch(web_, "GET", "/openapi.json")->body;
  const auto in_folder = [&dir](std::vector<std::string> argv) {
    argv.insert(argv.begin(), {"/usr/bin/env", "--chdir", dir.path()});
    return testing::Run(argv, absl::Minutes(4));
  };
  const testing::Finished types = in_folder({"node", "node_modules/openapi-typescript/bin/cli.js",
                                             "openapi.json", "--output", "tremplin.ts"});
  ASSERT_EQ(types.code, 0) << types.errors << types.output;
  const testing::Finished compiled =
      in_folder({"node", "node_modules/typescript/bin/tsc", "--strict", "--target", "es2022",
                 "--module", "nodenext", "agency.ts"});
  ASSERT_EQ(compiled.code, 0) << compiled.errors << compiled.output;
  const std::string header = As("algonquin").front().second;
  const auto run = [&] {
    return in_folder({"TREMPLIN=http://" + web_,
                      "KEY=" + header.substr(std::string("Bearer ").size()),
                      "AGENCY=organizations/algonquin", "CURSOR=cursor", "node", "agency.js"});
  };
  const testing::Finished first = run();
  ASSERT_EQ(first.code, 0) << first.errors << first.output;
  EXPECT_THAT(first.output, HasSubstr("check: VERDICT_INCOMPLETE"));
  EXPECT_THAT(first.output, HasSubstr("pushed: referrals/"));
  EXPECT_THAT(first.output, HasSubstr("pushed many: {\"VERDICT_INCOMPLETE\":1000}"));
  EXPECT_THAT(first.output, HasSubstr("told: 1 "));
  EXPECT_THAT(first.output, HasSubstr("entries: 1001\n"));
  const testing::Finished second = run();
  ASSERT_EQ(second.code, 0) << second.errors << second.output;
  EXPECT_THAT(second.output, HasSubstr("entries: 0\n"));
}

// In the one process only: over gRPC the answers are the same.
class GatewayDocumentTest : public GatewayLiveTest {};

// schemathesis makes requests of the document, sound and unsound ones, and holds the answers
// against it: some of every method, and each limit of those that agencies call. Not asked: that
// whatever fits the schema is accepted (a page token of another list fits it), and that null is
// refused (it means "not given").
TEST_P(GatewayDocumentTest, SchemathesisFindsNothing) {
  const std::string program = ".cache/schemathesis/bin/schemathesis";
  TREMPLIN_REQUIRE_SERVER(std::filesystem::exists(program) ? program : std::string());
  const testing::TempDir dir;  // it keeps what it found in the folder where it runs
  const std::vector<std::string> all = {"/usr/bin/env",
                                        "--chdir=" + dir.path(),
                                        std::filesystem::absolute(program),
                                        "run",
                                        "http://" + web_ + "/openapi.json",
                                        "--url",
                                        "http://" + web_,
                                        "--header",
                                        "Authorization: " + As("pqchc").front().second,
                                        "--seed",
                                        "1",
                                        "--no-color",
                                        "--exclude-checks",
                                        "positive_data_acceptance,negative_data_rejection"};
  std::vector<std::string> every = all;
  every.insert(every.end(), {"--phases", "fuzzing", "--max-examples", "3"});
  std::vector<std::string> limits = all;
  limits.insert(limits.end(), {"--phases", "coverage", "--include-path-regex",
                               "referrals|applications|statusFeed|eligibility"});
  for (const std::vector<std::string>& argv : {every, limits}) {
    const testing::Finished finished = testing::Run(argv, absl::Minutes(4));
    EXPECT_EQ(finished.code, 0) << finished.output;
  }
}

// The process that serves ends well: what is open is told when to come again.
TEST_P(GatewayLiveTest, ZSigtermEndsStreamsWithAHint) {
  const Headers as = As("jfs");
  Connection stream(web_);
  ASSERT_TRUE(
      stream.Send(RequestText("GET", "/v1/statusFeed", With(as, "Accept", "text/event-stream"))));
  ASSERT_TRUE(stream.ReadHead().has_value());
  testing::Web& front = *Fronts()[GetParam()];
  front.process().Signal(SIGTERM);
  std::string hint;
  while (const auto line = stream.ReadLine(absl::Seconds(30))) {
    if (line->starts_with("retry: ")) hint = *line;
  }
  EXPECT_EQ(hint, "retry: 2000");
  EXPECT_EQ(front.process().Wait(absl::Seconds(60)), 0);
  Fronts().erase(GetParam());
}

INSTANTIATE_TEST_SUITE_P(InProcess, GatewayLiveTest,
                         ::testing::Values(testing::WebForm::kInProcess));
INSTANTIATE_TEST_SUITE_P(InProcess, GatewayDocumentTest,
                         ::testing::Values(testing::WebForm::kInProcess));
INSTANTIATE_TEST_SUITE_P(Program, GatewayLiveTest, ::testing::Values(testing::WebForm::kProgram));

TEST(GatewayProgram, ServicesThatAreAwayAre503) {
  const testing::TempDir dir;
  const std::string listen = text::Cat("127.0.0.1:", testing::FreePort());
  const auto process = testing::StartGateway(text::Cat("127.0.0.1:", testing::FreePort()), listen,
                                             dir.File("ready"), dir.File("log"));
  ASSERT_TRUE(testing::Eventually([&] { return std::filesystem::exists(dir.File("ready")); },
                                  absl::Seconds(60)));
  const auto answer =
      Fetch(listen, "GET", "/v1/referrals", {{"Authorization", "Bearer tk_nobody"}});
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(answer->status, 503) << answer->body;
  EXPECT_EQ(answer->Header("retry-after"), "1");
}

TEST(GatewayProgram, BadConfigurationNamesEveryKey) {
  const auto finished =
      testing::Run({testing::BinDir() + "/tremplin-gateway", "--web-listen", "0.0.0.0:80"});
  EXPECT_EQ(finished.code, 2);
  EXPECT_THAT(finished.errors, HasSubstr("web-listen: \"0.0.0.0:80\" is not loopback"));
  EXPECT_THAT(finished.errors, HasSubstr("peers: missing"));
}

}  // namespace
}  // namespace tremplin
