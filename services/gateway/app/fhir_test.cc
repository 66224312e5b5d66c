// FHIR over HTTP: which call each request becomes, and what is answered to what the services say.

#include "services/gateway/app/fhir.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/status/error.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/transcoding/json_tree.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::gateway {
namespace {

using referral::v1::Application;
using referral::v1::Referral;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kOrder[] = R"({
  "resourceType": "ServiceRequest", "status": "active", "intent": "order",
  "contained": [{"resourceType": "Patient", "id": "p", "name": [{"family": "Haddad"}], "gender": "female"}],
  "identifier": [{"system": "urn:h", "value": "R-17"}], "subject": {"reference": "#p"},
  "requester": {"reference": "Organization/ociso"}, "performer": [{"reference": "HealthcareService/first"}]
})";

constexpr char kBundle[] = R"({
  "resourceType": "Bundle", "type": "transaction", "entry": [
    {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Patient", "name": [{"family": "Haddad"}]},
     "request": {"method": "POST", "url": "Patient"}},
    {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "ServiceRequest", "status": "active", "intent": "order",
       "identifier": [{"value": "R-17"}], "subject": {"reference": "urn:uuid:1"},
       "requester": {"reference": "Organization/ociso"}},
     "request": {"method": "POST", "url": "ServiceRequest"}},
    {"fullUrl": "urn:uuid:3", "resource": {"resourceType": "Task", "status": "requested", "intent": "order",
       "focus": {"reference": "urn:uuid:2"}, "owner": {"reference": "HealthcareService/first"}},
     "request": {"method": "POST", "url": "Task"}}]
})";

class FhirTest : public ::testing::Test {
 protected:
  FhirTest() {
    application_.set_name("applications/a-1");
    application_.set_referral("referrals/r-1");
    application_.set_program("programs/first");
    application_.set_state(Application::STATE_RECEIVED);
    application_.set_etag("v3");
    application_.set_external_id("urn:h|R-17");
    referral_.set_name("referrals/r-1");
    referral_.set_external_id("urn:h|R-17");
    referral_.mutable_file()->set_family_name("Haddad");
    *referral_.add_applications() = application_;
    submitted_.set_referral("referrals/r-1");
    submitted_.set_kind(referral::v1::SUBMISSION_KIND_NEW);
    *submitted_.add_applications() = application_;
  }

  // What the services answer.
  absl::StatusOr<std::string> Answer(const std::string& method, const std::string& bytes) {
    const std::string name = method.substr(method.find('/') + 1);
    calls_.push_back(name);
    sent_[name] = bytes;
    if (refused_.contains(name)) return refused_.at(name);
    if (name == "GetFacts") return registration::v1::Facts().SerializeAsString();
    if (name == "SubmitReferral") return submitted_.SerializeAsString();
    if (name == "GetReferral") return referral_.SerializeAsString();
    if (name == "ListReferrals") {
      referral::v1::ListReferralsResponse page;
      page.add_referrals()->set_name(referral_.name());
      page.set_next_page_token(next_page_);
      return page.SerializeAsString();
    }
    if (name == "ListApplications") {
      referral::v1::ListApplicationsResponse page;
      *page.add_applications() = application_;
      page.set_next_page_token(next_page_);
      return page.SerializeAsString();
    }
    if (name == "WithdrawApplication") application_.set_state(Application::STATE_WITHDRAWN);
    if (name == "ReopenApplication") application_.set_state(Application::STATE_RECEIVED);
    return application_.SerializeAsString();
  }

  absl::StatusOr<http::Response> Ask(const std::string& method, const std::string& path,
                                     http::Headers headers = {}, const std::string& body = "") {
    calls_.clear();
    headers.emplace_back("Host", "referrals.example:8443");
    if (!body.empty() && http::Find(headers, "content-type").empty()) {
      headers.emplace_back("Content-Type", "application/fhir+json; charset=utf-8");
    }
    return ServeFhir({.method = method,
                      .target = text::Cat(kFhirPath, path),
                      .headers = std::move(headers),
                      .body = body},
                     /*tls=*/true, [this](const std::string& name, const std::string& bytes) {
                       return Answer(name, bytes);
                     });
  }
  http::Response Get(const std::string& method, const std::string& path, http::Headers headers = {},
                     const std::string& body = "") {
    absl::StatusOr<http::Response> response = Ask(method, path, std::move(headers), body);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return {.status = 0};
    if (!response->body.empty()) {
      EXPECT_TRUE(transcoding::ReadJsonTree(response->body).ok()) << response->body;
    }
    return *std::move(response);
  }
  std::string ReasonOf(const std::string& method, const std::string& path,
                       http::Headers headers = {}, const std::string& body = "") {
    return status::ReasonOf(Ask(method, path, std::move(headers), body).status());
  }
  template <class Request>
  Request Sent(const std::string& method) {
    Request request;
    EXPECT_TRUE(request.ParseFromString(sent_[method]));
    return request;
  }
  static std::string Header(const http::Response& response, const char* name) {
    return std::string(http::Find(response.headers, name));
  }

  Application application_;
  Referral referral_;
  referral::v1::SubmitReferralResponse submitted_;
  std::string next_page_;
  std::map<std::string, absl::Status> refused_;
  std::vector<std::string> calls_;
  std::map<std::string, std::string> sent_;
};

TEST_F(FhirTest, AServiceRequestIsSubmittedAsAReferral) {
  const http::Response created =
      Get("POST", "/ServiceRequest", {{"Idempotency-Key", "k-1"}}, kOrder);
  EXPECT_THAT(calls_, ElementsAre("GetFacts", "SubmitReferral", "GetReferral"));
  const auto submit = Sent<referral::v1::SubmitReferralRequest>("SubmitReferral");
  EXPECT_EQ(submit.external_id(), "urn:h|R-17");
  EXPECT_EQ(submit.agency(), "organizations/ociso");
  EXPECT_EQ(submit.request_id(), "k-1");
  EXPECT_EQ(created.status, 201);
  EXPECT_EQ(Header(created, "location"),
            "https://referrals.example:8443/fhir/r4/ServiceRequest/r-1");
  EXPECT_EQ(Header(created, "content-type"), "application/fhir+json; charset=utf-8");
  EXPECT_THAT(Header(created, "etag"), ::testing::StartsWith("W/\""));
  EXPECT_THAT(created.body, HasSubstr(R"("family":"Haddad")"));
  // The same again.
  submitted_.set_kind(referral::v1::SUBMISSION_KIND_REPEAT);
  EXPECT_EQ(Get("POST", "/ServiceRequest", {}, kOrder).status, 200);
}

TEST_F(FhirTest, TheAnswerHoldsWhatIsPreferred) {
  EXPECT_EQ(Get("POST", "/ServiceRequest", {{"Prefer", "return=minimal"}}, kOrder).body, "");
  const http::Response outcome =
      Get("POST", "/ServiceRequest", {{"Prefer", "return=OperationOutcome"}}, kOrder);
  EXPECT_THAT(outcome.body, HasSubstr("ServiceRequest.contained[0].gender"));
  EXPECT_EQ(outcome.status, 201);
  const auto strict =
      Ask("POST", "/ServiceRequest", {{"Prefer", "return=minimal; handling=strict"}}, kOrder);
  EXPECT_THAT(calls_, ElementsAre("GetFacts")) << "nothing was submitted";
  EXPECT_EQ(status::DetailOf(strict.status()).violations[0].reason, "ELEMENT_NOT_KEPT");
  // Who may push but not read.
  refused_["GetReferral"] = absl::PermissionDeniedError("");
  const http::Response unread = Get("POST", "/ServiceRequest", {}, kOrder);
  EXPECT_EQ(unread.status, 201);
  EXPECT_EQ(unread.body, "");
}

TEST_F(FhirTest, WhatTheServicesRefuseIsToldByItsPlaceInFhir) {
  constexpr messages::Message kNo{"NO_SUCH", "No.", "Non."};
  refused_["SubmitReferral"] = status::InvalidFields({status::Violation("birth_date", kNo)});
  const absl::Status refused = Ask("POST", "/ServiceRequest", {}, kOrder).status();
  EXPECT_EQ(status::DetailOf(refused).violations[0].field, "Patient.birthDate");
  refused_["SubmitReferral"] = absl::UnavailableError("away");
  EXPECT_TRUE(absl::IsUnavailable(Ask("POST", "/ServiceRequest", {}, kOrder).status()));
}

TEST_F(FhirTest, ATransactionIsOneReferral) {
  const http::Response response = Get("POST", "", {}, kBundle);
  EXPECT_EQ(response.status, 200);
  const auto submit = Sent<referral::v1::SubmitReferralRequest>("SubmitReferral");
  EXPECT_THAT(submit.programs(), ElementsAre("programs/first"));
  EXPECT_EQ(submit.file().family_name(), "Haddad");
  const auto document = transcoding::ReadJsonTree(response.body);
  const auto& entries = (*document)["entry"];
  ASSERT_EQ(entries.Size(), 3U);
  EXPECT_STREQ((*document)["type"].GetString(), "transaction-response");
  const std::string base = "https://referrals.example:8443/fhir/r4/";
  const auto place = [&](rapidjson::SizeType i) {
    return std::string(entries[i]["response"]["location"].GetString());
  };
  EXPECT_EQ(place(0), base + "ServiceRequest/r-1");
  EXPECT_EQ(place(1), base + "ServiceRequest/r-1");
  EXPECT_EQ(place(2), base + "Task/a-1");
  EXPECT_STREQ(entries[1]["response"]["status"].GetString(), "201 Created");
  EXPECT_STREQ(entries[1]["response"]["outcome"]["resourceType"].GetString(), "OperationOutcome");
  Get("POST", "/", {}, kBundle);  // with a slash, too
  EXPECT_THAT(calls_, ::testing::Contains("SubmitReferral"));
}

TEST_F(FhirTest, ATransactionOfAnotherShapeIsRefused) {
  const std::string good = kBundle;
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string body = good;
    body.replace(body.find(from), from.size(), to);
    const absl::Status refused = Ask("POST", "", {}, body).status();
    EXPECT_THAT(calls_, Not(::testing::Contains("SubmitReferral"))) << body;
    const auto violations = status::DetailOf(refused).violations;
    return violations.empty() ? std::string() : violations[0].reason;
  };
  EXPECT_EQ(with("transaction", "batch"), "BUNDLE_KIND");
  EXPECT_EQ(with("POST", "DELETE"), "BUNDLE_KIND");
  EXPECT_EQ(with(R"("resourceType": "ServiceRequest")", R"("resourceType": "Task")"),
            "BUNDLE_KIND");
  EXPECT_EQ(with("\"Bundle\"", "\"Patient\""), "RESOURCE_TYPE");
  EXPECT_EQ(with("urn:uuid:1", "urn:uuid:9"), "SUBJECT_WANTED");
  EXPECT_EQ(with("HealthcareService/first", "Practitioner/first"), "PERFORMER_WANTED");
}

TEST_F(FhirTest, WhatIsThereIsRead_UnlessTheCallerHasIt) {
  const http::Response task = Get("GET", "/Task/a-1");
  EXPECT_THAT(calls_, ElementsAre("GetApplication"));
  EXPECT_THAT(task.body, HasSubstr(R"("status":"requested")"));
  const http::Response again = Get("GET", "/Task/a-1", {{"If-None-Match", Header(task, "etag")}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  application_.set_milestone("started");
  application_.set_state(Application::STATE_ADMITTED);
  EXPECT_EQ(Get("GET", "/Task/a-1", {{"If-None-Match", Header(task, "etag")}}).status, 200);
  EXPECT_THAT(Get("GET", "/ServiceRequest/r-1?_format=json").body, HasSubstr("Haddad"));
}

TEST_F(FhirTest, AServiceRequestIsFoundByItsIdentifier) {
  const http::Response found = Get("GET", "/ServiceRequest?identifier=urn:h%7CR-17");
  EXPECT_THAT(calls_, ElementsAre("GetFacts", "ListReferrals", "GetReferral"));
  EXPECT_EQ(Sent<referral::v1::ListReferralsRequest>("ListReferrals").external_id(), "urn:h|R-17");
  EXPECT_THAT(found.body, HasSubstr(R"("type":"searchset")"));
  EXPECT_THAT(
      found.body,
      HasSubstr(R"("fullUrl":"https://referrals.example:8443/fhir/r4/ServiceRequest/r-1")"));
  EXPECT_THAT(found.body, Not(HasSubstr("\"next\"")));
  // Nothing is found where nothing is; one that goes meanwhile is left out.
  refused_["GetReferral"] = absl::NotFoundError("");
  const http::Response none = Get("GET", "/ServiceRequest?_id=r-9");
  EXPECT_EQ(none.status, 200);
  EXPECT_THAT(none.body, Not(HasSubstr("entry")));
  EXPECT_EQ(Get("GET", "/ServiceRequest").status, 200);
}

TEST_F(FhirTest, ListsAreOfPages) {
  next_page_ = "dG9rZW4";
  const http::Response first = Get("GET", "/Task?status=requested&_count=10");
  const auto list = Sent<referral::v1::ListApplicationsRequest>("ListApplications");
  EXPECT_EQ(list.state(), Application::STATE_RECEIVED);
  EXPECT_EQ(list.page_size(), 10);
  EXPECT_THAT(first.body, HasSubstr("https://referrals.example:8443/fhir/r4/"
                                    "Task?status=requested&_count=10&_page=dG9rZW4"));
  next_page_ = "";
  EXPECT_THAT(Get("GET", "/Task?status=requested&_count=10&_page=dG9rZW4").body,
              Not(HasSubstr("\"next\"")));
  EXPECT_EQ(Sent<referral::v1::ListApplicationsRequest>("ListApplications").page_token(),
            "dG9rZW4");
  Get("GET", "/Task?_count=1000");
  EXPECT_EQ(Sent<referral::v1::ListApplicationsRequest>("ListApplications").page_size(), 50);
}

TEST_F(FhirTest, TasksAreFoundByWhatTheyAreOf) {
  for (const char* query :
       {"/Task?identifier=urn:h%7CR-17", "/Task?based-on=ServiceRequest/r-1",
        "/Task?focus=https://x.example/fhir/r4/ServiceRequest/r-1", "/Task?_id=a-1", "/Task"}) {
    EXPECT_THAT(Get("GET", query).body, HasSubstr(R"("id":"a-1")")) << query;
  }
  // Of several statuses, each.
  application_.set_state(Application::STATE_ADMITTED);
  application_.set_milestone("started");
  EXPECT_THAT(Get("GET", "/Task?status=in-progress").body, HasSubstr("a-1"));
  EXPECT_THAT(Get("GET", "/Task?status=rejected,in-progress").body, HasSubstr("a-1"));
  EXPECT_THAT(Get("GET", "/Task?status=accepted").body, Not(HasSubstr("a-1")));
  EXPECT_THAT(Get("GET", "/Task?status=rejected,accepted").body, Not(HasSubstr("a-1")));
}

TEST_F(FhirTest, ASearchGoesByPostToo_AsAForm) {
  const http::Headers form = {{"Content-Type", "application/x-www-form-urlencoded"}};
  const http::Response found =
      Get("POST", "/ServiceRequest/_search", form, "identifier=urn%3Ah%7CR-17");
  EXPECT_THAT(calls_, ElementsAre("GetFacts", "ListReferrals", "GetReferral"));
  EXPECT_EQ(Sent<referral::v1::ListReferralsRequest>("ListReferrals").external_id(), "urn:h|R-17");
  EXPECT_THAT(found.body, HasSubstr(R"("type":"searchset")"));
  // The form and the path together are one search; what is of both is refused as twice of one.
  next_page_ = "dG9rZW4";
  EXPECT_THAT(Get("POST", "/Task/_search?_count=10", form, "status=requested").body,
              HasSubstr("/Task?_count=10&status=requested&_page=dG9rZW4"));
  EXPECT_EQ(ReasonOf("POST", "/Task/_search?_count=10", form, "_count=5"), "SEARCH_PARAMETER");
  EXPECT_EQ(ReasonOf("POST", "/Task/_search", {}, "status=requested"), "FHIR_FORM_WANTED");
  EXPECT_EQ(ReasonOf("POST", "/Task/_search", form, "_format=xml"), "FHIR_NOT_ACCEPTABLE");
  EXPECT_EQ(ReasonOf("POST", "/Task/_search", form, "_id=" + std::string(9000, 'a')),
            "QUERY_MALFORMED");
  EXPECT_EQ(Get("POST", "/Task/_search").status, 200) << "all, without a form";
  EXPECT_EQ(ReasonOf("GET", "/Task/_search"), "METHOD_NOT_ALLOWED");
  EXPECT_EQ(ReasonOf("POST", "/Patient/_search", form, "_id=p"), "FHIR_PATH_UNKNOWN");
  EXPECT_TRUE(ReadsFhir({.method = "POST", .target = "/fhir/r4/Task/_search"}));
  EXPECT_FALSE(ReadsFhir({.method = "POST", .target = "/fhir/r4/ServiceRequest"}));
}

TEST_F(FhirTest, WhatIsLinkedComesWithWhatIsFound) {
  const auto modes = [&](const std::string& query) {
    const auto document = transcoding::ReadJsonTree(Get("GET", query).body);
    std::vector<std::string> told;
    for (const auto& entry : (*document)["entry"].GetArray()) {
      told.push_back(text::Cat(entry["resource"]["resourceType"].GetString(), " ",
                               entry["search"]["mode"].GetString()));
    }
    return told;
  };
  EXPECT_THAT(modes("/Task?_include=Task:focus"),
              ElementsAre("Task match", "ServiceRequest include"));
  EXPECT_THAT(calls_, ElementsAre("ListApplications", "GetFacts", "GetReferral"));
  EXPECT_THAT(modes("/Task?identifier=R-17&_include=Task:focus&_include=Task:based-on"),
              ElementsAre("Task match", "ServiceRequest include"));
  EXPECT_THAT(modes("/Task?_id=a-1"), ElementsAre("Task match"));
  EXPECT_THAT(modes("/ServiceRequest?_id=r-1&_revinclude=Task:focus"),
              ElementsAre("ServiceRequest match", "Task include"));
  // Several Tasks of one ServiceRequest bring it once.
  *referral_.add_applications() = application_;
  EXPECT_THAT(modes("/Task?focus=ServiceRequest/r-1&_include=Task:focus"),
              ElementsAre("Task match", "Task match", "ServiceRequest include"));
  EXPECT_EQ(ReasonOf("GET", "/Task?_include=Task:owner"), "INVALID_FIELDS");
  EXPECT_EQ(ReasonOf("GET", "/Task?_revinclude=Task:focus"), "SEARCH_PARAMETER");
  EXPECT_EQ(ReasonOf("GET", "/ServiceRequest?_include=Task:focus"), "SEARCH_PARAMETER");
}

TEST_F(FhirTest, ASearchThatIsNotUnderstoodIsRefused) {
  EXPECT_EQ(ReasonOf("GET", "/Task?patient=7"), "SEARCH_PARAMETER");
  EXPECT_EQ(ReasonOf("GET", "/ServiceRequest?status=active"), "SEARCH_PARAMETER");
  EXPECT_EQ(ReasonOf("GET", "/Task?_count=1&_count=2"), "SEARCH_PARAMETER");
  EXPECT_EQ(ReasonOf("GET", "/Task?identifier=a&status=requested"), "SEARCH_ONE_OF");
  EXPECT_EQ(ReasonOf("GET", "/Task?identifier=%zz"), "QUERY_MALFORMED");
  for (const char* query : {"/Task?_count=0", "/Task?_count=x", "/Task?status=done",
                            "/Task?identifier=", "/Task?identifier=a%20b%7Cc"}) {
    EXPECT_EQ(ReasonOf("GET", query), "INVALID_FIELDS") << query;
    EXPECT_THAT(calls_, ::testing::IsEmpty());
  }
}

TEST_F(FhirTest, ATaskIsCancelledAndRequestedAgain) {
  const auto put = [&](const std::string& status, http::Headers headers = {}) {
    return Ask("PUT", "/Task/a-1", std::move(headers),
               R"({"resourceType":"Task","id":"a-1","intent":"order","status":")" + status + "\"}");
  };
  const std::string version = Header(Get("GET", "/Task/a-1"), "etag");
  const auto cancelled = put("cancelled", {{"If-Match", version}, {"Idempotency-Key", "k-2"}});
  ASSERT_TRUE(cancelled.ok()) << cancelled.status();
  EXPECT_THAT(cancelled->body, HasSubstr(R"("status":"cancelled")"));
  const auto sent = Sent<referral::v1::WithdrawApplicationRequest>("WithdrawApplication");
  EXPECT_EQ(sent.name(), "applications/a-1");
  EXPECT_EQ(sent.etag(), "v3");
  EXPECT_EQ(sent.request_id(), "k-2");
  // Again: it is so already.
  EXPECT_TRUE(put("cancelled").ok());
  EXPECT_THAT(calls_, ElementsAre("GetApplication"));
  EXPECT_EQ(status::ReasonOf(put("requested", {{"If-Match", version}}).status()), "ETAG_MISMATCH");
  EXPECT_THAT(put("requested")->body, HasSubstr(R"("status":"requested")"));
  EXPECT_EQ(status::DetailOf(put("completed").status()).violations[0].reason, "TASK_STATUS");
  EXPECT_EQ(status::DetailOf(
                Ask("PUT", "/Task/a-1", {}, R"({"resourceType":"Task","id":"a-2"})").status())
                .violations[0]
                .reason,
            "TASK_ID");
}

TEST_F(FhirTest, WhatIsNotThereIsSaidSo) {
  for (const char* path : {"/Patient", "/ServiceRequest/", "/ServiceRequest/x/y", "/metadata/x",
                           "//", "/Task/a/_history/1"}) {
    EXPECT_EQ(ReasonOf("GET", path), "FHIR_PATH_UNKNOWN") << path;
  }
  EXPECT_EQ(ReasonOf("DELETE", "/Task/a-1"), "METHOD_NOT_ALLOWED");
  EXPECT_EQ(ReasonOf("GET", ""), "METHOD_NOT_ALLOWED");
  EXPECT_EQ(FhirAllowed("/fhir/r4/Task/a-1"), "GET, PUT");
  EXPECT_EQ(ReasonOf("GET", "/Task", {{"Accept", "application/fhir+xml"}}), "FHIR_NOT_ACCEPTABLE");
  EXPECT_EQ(ReasonOf("GET", "/Task?_format=xml"), "FHIR_NOT_ACCEPTABLE");
  EXPECT_EQ(ReasonOf("POST", "/ServiceRequest", {{"Content-Type", "text/plain"}}, "{}"),
            "FHIR_MEDIA_TYPE");
  for (const char* body : {"", "{", "{\"a\":1}x", "{\"a\":\"\xff\"}"}) {
    EXPECT_EQ(
        ReasonOf("POST", "/ServiceRequest", {{"Content-Type", "application/fhir+json"}}, body),
        "BODY_MALFORMED")
        << body;
  }
  EXPECT_EQ(ReasonOf("POST", "", {}, std::string(100, '[')), "TOO_DEEP");
  EXPECT_EQ(ReasonOf("POST", "", {}, R"({"a":1,"a":2})"), "INVALID_FIELDS");
  EXPECT_EQ(ReasonOf("POST", "", {}, "[]"), "INVALID_FIELDS");
}

TEST_F(FhirTest, ItDescribesItself) {
  const http::Response statement = Get("GET", "/metadata");
  EXPECT_THAT(calls_, ::testing::IsEmpty()) << "without a key";
  EXPECT_THAT(statement.body, HasSubstr(R"("fhirVersion":"4.0.1")"));
  const auto document = transcoding::ReadJsonTree(statement.body);
  // Each search parameter that it tells of is taken.
  for (const auto& resource : (*document)["rest"][0]["resource"].GetArray()) {
    for (const auto& parameter : resource["searchParam"].GetArray()) {
      const std::string query = text::Cat("/", resource["type"].GetString(), "?",
                                          parameter["name"].GetString(), "=requested");
      EXPECT_EQ(Get("GET", query).status, 200) << query;
    }
    for (const char* linked : {"searchInclude", "searchRevInclude"}) {
      if (!resource.HasMember(linked)) continue;
      for (const auto& link : resource[linked].GetArray()) {
        const std::string query =
            text::Cat("/", resource["type"].GetString(), "?_",
                      linked[6] == 'I' ? "include" : "revinclude", "=", link.GetString());
        EXPECT_EQ(Get("GET", query).status, 200) << query;
      }
    }
  }
}

TEST(FhirPath, OnlyItsOwn) {
  EXPECT_TRUE(IsFhir("/fhir/r4"));
  EXPECT_TRUE(IsFhir("/fhir/r4/Task?x"));
  EXPECT_FALSE(IsFhir("/fhir/r4b"));
  EXPECT_FALSE(IsFhir("/v1/referrals"));
  EXPECT_EQ(FhirPattern("/fhir/r4/Task/jeanne?x=untel"), "/fhir/r4/Task/{id}");
  EXPECT_EQ(FhirPattern("/fhir/r4/jeanne/untel"), "/fhir/r4/**");
  EXPECT_EQ(FhirPattern("/fhir/r4/Task/_search?identifier=jeanne"), "/fhir/r4/Task/_search");
}

}  // namespace
}  // namespace tremplin::gateway
