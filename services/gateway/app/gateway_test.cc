// What of HTTP becomes what of a call, and back: over the real methods and services that answer
// what the test says.

#include "services/gateway/app/gateway.h"

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>

#include "common/status/condition.h"
#include "common/status/error.h"
#include "common/trace/trace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/api/api.h"
#include "services/gateway/app/credential.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/registration/v1/sign_in.pb.h"

namespace tremplin::gateway {
namespace {

using referral::v1::Application;
using ::testing::HasSubstr;
using ::testing::Not;

class FakeServices final : public peers::Transport {
 public:
  absl::StatusOr<std::string> Call(const std::string& method, const std::string& request,
                                   const rpc::Envelope& envelope) override {
    last_method = method;
    last_request = request;
    last_envelope = envelope;
    ++calls;
    return answer();
  }

  std::function<absl::StatusOr<std::string>()> answer = [] { return std::string(); };
  std::string last_method;
  std::string last_request;
  rpc::Envelope last_envelope;
  int calls = 0;
};

class GatewayTest : public ::testing::Test {
 protected:
  GatewayTest()
      : api_(*Api::Load()),
        transcoder_(*transcoding::Transcoder::Make(api_->Methods())),
        gateway_(*transcoder_, services_, metrics_,
                 {.origins = {"https://portal.example"},
                  .tls = true,
                  .openapi = "{}",
                  .asyncapi = "[]",
                  .ready = [this] { return ready_; }}) {}

  http::Response Send(const std::string& method, const std::string& target,
                      http::Headers headers = {}, const std::string& body = "") {
    if (!body.empty() && http::Find(headers, "content-type").empty()) {
      headers.emplace_back("Content-Type", "application/json");
    }
    return gateway_.Handle(
        {.method = method, .target = target, .headers = std::move(headers), .body = body});
  }
  static std::string Header(const http::Response& response, const char* name) {
    return std::string(http::Find(response.headers, name));
  }
  void AnswerWith(const google::protobuf::Message& message) {
    services_.answer = [bytes = message.SerializeAsString()] { return bytes; };
  }
  void FailWith(absl::StatusCode code, const std::string& reason) {
    services_.answer = [=]() -> absl::StatusOr<std::string> {
      return status::WithDetail(code,
                                {.reason = reason, .en = "No.", .fr = "Non.", .violations = {}});
    };
  }
  template <class Request>
  Request Sent() const {
    Request request;
    EXPECT_TRUE(request.ParseFromString(services_.last_request));
    return request;
  }

  bool ready_ = true;
  FakeServices services_;
  metrics::Registry metrics_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<transcoding::Transcoder> transcoder_;
  Gateway gateway_;
};

TEST_F(GatewayTest, ABrowserIsWhoItsCookieSaysAndChangesNothingWithoutTheToken) {
  AnswerWith(Application());
  const http::Headers cookie = {{"Cookie", "a=b; __Host-tremplin-session=ts_1"}};
  EXPECT_EQ(Send("GET", "/v1/applications/a", cookie).status, 200);
  EXPECT_EQ(services_.last_envelope.credential, "ts_1");
  const int calls = services_.calls;
  const auto refused = Send("POST", "/v1/applications/a:admit", cookie, "{}");
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.body, HasSubstr("CSRF_TOKEN"));
  auto of_another = cookie;
  of_another.emplace_back("X-CSRF-Token", CsrfTokenOf("ts_2"));
  EXPECT_EQ(Send("POST", "/v1/applications/a:admit", of_another, "{}").status, 403);
  EXPECT_EQ(Send("PUT", "/fhir/r4/Task/a", cookie, R"({"resourceType": "Task"})").status, 403);
  EXPECT_EQ(services_.calls, calls);
  auto shown = cookie;
  shown.emplace_back("X-CSRF-Token", CsrfTokenOf("ts_1"));
  EXPECT_EQ(Send("POST", "/v1/applications/a:admit", shown, "{}").status, 200);
  EXPECT_EQ(
      Send("POST", "/v1/applications/a:admit", {{"Authorization", "Bearer tk_1"}}, "{}").status,
      200)
      << "a key is sent on purpose";
}

TEST_F(GatewayTest, NoPageIsShownTheTokenOfItsSession) {
  registration::v1::SignedIn signed_in;
  signed_in.set_session_token("ts_new");
  AnswerWith(signed_in);
  const auto by_cookie =
      Send("POST", "/v1/mySession:switchRole",
           {{"Cookie", "__Host-tremplin-session=ts_1"}, {"X-CSRF-Token", CsrfTokenOf("ts_1")}},
           R"({"role": "roles/a"})");
  EXPECT_EQ(by_cookie.status, 403);
  EXPECT_THAT(by_cookie.body, Not(HasSubstr("ts_new")));
  EXPECT_THAT(Send("POST", "/v1/mySession:switchRole", {{"Authorization", "Bearer ts_1"}},
                   R"({"role": "roles/a"})")
                  .body,
              HasSubstr("ts_new"));
}

TEST_F(GatewayTest, ARequestIsACallOfWhoSendsIt) {
  Application application;
  application.set_name("applications/a");
  application.set_state(Application::STATE_ADMITTED);
  AnswerWith(application);
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const auto response = Send("GET", "/v1/applications/a",
                             {{"Authorization", "bearer tk_1"},
                              {"Accept-Language", "fr-CA, en;q=0.5"},
                              {"Traceparent", trace}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "{\"name\":\"applications/a\",\"state\":\"STATE_ADMITTED\"}");
  EXPECT_EQ(services_.last_method, "tremplin.referral.v1.ReferralService/GetApplication");
  EXPECT_EQ(Sent<referral::v1::GetApplicationRequest>().name(), "applications/a");
  EXPECT_EQ(services_.last_envelope.credential, "tk_1");
  EXPECT_EQ(services_.last_envelope.language, messages::Language::kFrench);
  const std::string& handed_on = services_.last_envelope.traceparent;
  EXPECT_EQ(trace::TraceIdOf(handed_on), trace::TraceIdOf(trace));
  EXPECT_NE(trace::SpanIdOf(handed_on), trace::SpanIdOf(trace)) << "a step of its own";
}

TEST_F(GatewayTest, ACallLeavesALineWithoutTheCallersWords) {
  AnswerWith(Application());
  ::testing::internal::CaptureStderr();
  Send("GET", "/v1/applications/jeanne?fields=untel",
       {{"Authorization", "bearer tk_1"}, {"X-Request-Id", "jeanne@example.org"}});
  Send("GET", "/livez", {});
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, HasSubstr("\"msg\":\"http\",\"method\":\"GET\","
                             "\"path\":\"/v1/{name=applications/*}\",\"code\":"));
  EXPECT_THAT(log, HasSubstr("\"span\":\""));
  EXPECT_THAT(log, Not(HasSubstr("jeanne")));
  EXPECT_THAT(log, Not(HasSubstr("untel")));
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 1) << "probes leave none";
}

TEST_F(GatewayTest, TheDirectoryIsAnybodys_AndMayBeKept) {
  registration::v1::ListDirectoryProgramsResponse directory;
  directory.add_programs()->set_name("programs/a");
  directory.set_etag("e1");
  AnswerWith(directory);
  const auto plain = Send("GET", "/v1/directory/programs");
  EXPECT_EQ(plain.status, 200);
  EXPECT_THAT(plain.body, HasSubstr("programs/a"));
  EXPECT_EQ(Header(plain, "ETag"), "\"e1\"");
  EXPECT_EQ(Header(plain, "Cache-Control"), "public, max-age=300");
  EXPECT_EQ(Send("GET", "/v1/directory/programs", {{"If-None-Match", "\"e1\""}}).status, 304);
  const auto hsds = Send("GET", "/v1/directory/hsds/services", {{"Accept-Language", "fr"}});
  EXPECT_EQ(hsds.status, 200);
  EXPECT_THAT(hsds.body, HasSubstr("\"total_items\":1"));
  EXPECT_EQ(Header(hsds, "Cache-Control"), "public, max-age=300");
  EXPECT_THAT(Header(hsds, "Content-Language"), HasSubstr("fr"));
  const std::string etag = Header(hsds, "ETag");
  const auto again = Send("GET", "/v1/directory/hsds/services",
                          {{"Accept-Language", "fr"}, {"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(services_.last_method,
            "tremplin.registration.v1.RegistrationService/ListDirectoryPrograms");
  // A key that somebody sends along is not looked at: the answer is everybody's.
  Send("GET", "/v1/directory/hsds/", {{"Authorization", "Bearer tk_1"}});
  EXPECT_EQ(services_.last_envelope.credential, "");
  const auto missing = Send("GET", "/v1/directory/hsds/taxonomies");
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(Header(missing, "Cache-Control"), "no-store");
  EXPECT_EQ(Send("GET", "/v1/directory/hsds/services?page=0").status, 400);
  EXPECT_EQ(Send("POST", "/v1/directory/hsds/services").status, 404);
  EXPECT_EQ(gateway_
                .Handle({.method = "GET",
                         .target = "/v1/directory/hsds/services",
                         .waited = absl::Seconds(1)})
                .status,
            429);
  FailWith(absl::StatusCode::kUnavailable, "AWAY");
  EXPECT_EQ(Send("GET", "/v1/directory/hsds/services").status, 503);
  EXPECT_EQ(Header(Send("GET", "/v1/directory/programs"), "Cache-Control"), "no-store");
}

// Who speaks FHIR is answered in it, whoever refuses.
TEST_F(GatewayTest, FhirIsServedAsWhoSendsIt) {
  Application application;
  application.set_name("applications/a");
  application.set_state(Application::STATE_ADMITTED);
  AnswerWith(application);
  ::testing::internal::CaptureStderr();
  const auto task = Send("GET", "/fhir/r4/Task/jeanne",
                         {{"Authorization", "Bearer tk_1"}, {"Accept-Language", "fr"}});
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(task.status, 200);
  EXPECT_THAT(task.body, HasSubstr("\"status\":\"accepted\""));
  EXPECT_EQ(Header(task, "Cache-Control"), "no-store");
  EXPECT_EQ(services_.last_envelope.credential, "tk_1");
  EXPECT_EQ(services_.last_envelope.language, messages::Language::kFrench);
  EXPECT_THAT(log, HasSubstr("\"path\":\"/fhir/r4/Task/{id}\",\"code\":200"));
  EXPECT_THAT(log, Not(HasSubstr("jeanne")));
  const auto expect = [&](const http::Response& response, int status, const std::string& reason) {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_THAT(response.body, HasSubstr("\"resourceType\":\"OperationOutcome\""));
    EXPECT_THAT(response.body, HasSubstr(reason));
    EXPECT_THAT(Header(response, "Content-Type"), HasSubstr("application/fhir+json"));
  };
  const auto not_allowed = Send("DELETE", "/fhir/r4/Task/a");
  expect(not_allowed, 405, "METHOD_NOT_ALLOWED");
  EXPECT_EQ(Header(not_allowed, "Allow"), "GET, PUT");
  expect(Send("GET", "/fhir/r4/Patient/a"), 404, "FHIR_PATH_UNKNOWN");
  expect(Send("GET", "/fhir/r4/Task", {{"Accept", "application/fhir+xml"}}), 406,
         "FHIR_NOT_ACCEPTABLE");
  expect(Send("POST", "/fhir/r4", {{"Content-Type", "text/xml"}}, "<a/>"), 415, "FHIR_MEDIA_TYPE");
  expect(Send("PUT", "/fhir/r4/Task/a", {{"If-Match", "W/\"x\""}},
              R"({"resourceType":"Task","id":"a","status":"cancelled"})"),
         412, "ETAG_MISMATCH");
  expect(
      gateway_.Handle({.method = "GET", .target = "/fhir/r4/Task/a", .waited = absl::Seconds(1)}),
      429, "OVERLOADED");
  expect(gateway_.Refuse(http::Refusal::kBodyTooLarge,
                         {.method = "POST", .target = "/fhir/r4/ServiceRequest"}),
         413, "BODY_TOO_LARGE");
  FailWith(absl::StatusCode::kUnavailable, "AWAY");
  expect(Send("GET", "/fhir/r4/Task/a"), 503, "AWAY");
}

TEST_F(GatewayTest, AllPagesOfTheDirectoryAreRead_AndNoMoreThanTwenty) {
  registration::v1::ListDirectoryProgramsResponse page;
  page.add_programs()->set_name("programs/a");
  page.set_next_page_token("next");
  AnswerWith(page);
  EXPECT_THAT(Send("GET", "/v1/directory/hsds/services").body, HasSubstr("\"total_items\":20"));
  EXPECT_EQ(Sent<registration::v1::ListDirectoryProgramsRequest>().page_token(), "next");
}

TEST_F(GatewayTest, OtherSchemesAreNoCredential) {
  for (const char* header : {"", "Basic dGs6", "Bearer", "tk_1"}) {
    Send("GET", "/v1/applications/a", {{"Authorization", header}});
    EXPECT_EQ(services_.last_envelope.credential, "") << header;
  }
}

TEST_F(GatewayTest, MethodsForServicesOnlyAreNotThere) {
  EXPECT_EQ(Send("POST", "/v1/apiKeys:resolve", {}, "{}").status, 404);
  Send("GET", "/v1/applications/a:file");
  EXPECT_EQ(services_.last_method, "tremplin.referral.v1.ReferralService/GetApplication");
}

TEST_F(GatewayTest, IdempotencyKeyIsTheRequestId) {
  Send("POST", "/v1/applications/a:withdraw", {{"Idempotency-Key", "\"k 1\""}});
  EXPECT_EQ(Sent<referral::v1::WithdrawApplicationRequest>().request_id(), "k 1");
  Send("POST", "/v1/applications/a:withdraw", {{"Idempotency-Key", "k2"}},
       "{\"requestId\":\"k2\"}");
  EXPECT_EQ(Sent<referral::v1::WithdrawApplicationRequest>().request_id(), "k2");
  const int calls = services_.calls;
  EXPECT_EQ(Send("POST", "/v1/applications/a:withdraw", {{"Idempotency-Key", "k"}},
                 "{\"requestId\":\"other\"}")
                .status,
            400);
  EXPECT_EQ(Send("POST", "/v1/applications/a:withdraw", {{"Idempotency-Key", "\x01"}}).status, 400);
  EXPECT_EQ(
      Send("POST", "/v1/applications/a:withdraw", {{"Idempotency-Key", std::string(129, 'k')}})
          .status,
      400);
  EXPECT_EQ(services_.calls, calls);
  FailWith(absl::StatusCode::kFailedPrecondition, "REQUEST_ID_REUSED");
  EXPECT_EQ(Send("POST", "/v1/applications/a:withdraw", {{"Idempotency-Key", "k"}}).status, 422);
}

TEST_F(GatewayTest, ReadsAreConditionalByEtag) {
  Application application;
  application.set_etag("v3");
  AnswerWith(application);
  const auto plain = Send("GET", "/v1/applications/a");
  EXPECT_EQ(Header(plain, "etag"), "\"v3\"");
  for (const char* header : {"\"v3\"", "W/\"v3\"", "\"v1\", \"v3\"", "*"}) {
    const auto response = Send("GET", "/v1/applications/a", {{"If-None-Match", header}});
    EXPECT_EQ(response.status, 304) << header;
    EXPECT_EQ(response.body, "");
    EXPECT_EQ(Header(response, "etag"), "\"v3\"");
  }
  EXPECT_EQ(Send("GET", "/v1/applications/a", {{"If-None-Match", "\"v2\""}}).status, 200);
}

TEST_F(GatewayTest, ChangesAreConditionalByEtag) {
  Send("POST", "/v1/applications/a:withdraw", {{"If-Match", "\"v3\""}});
  EXPECT_EQ(Sent<referral::v1::WithdrawApplicationRequest>().etag(), "v3");
  Send("POST", "/v1/applications/a:withdraw", {{"If-Match", "*"}});
  EXPECT_EQ(Sent<referral::v1::WithdrawApplicationRequest>().etag(), "");
  FailWith(absl::StatusCode::kAborted, "ETAG_MISMATCH");
  EXPECT_EQ(Send("POST", "/v1/applications/a:withdraw", {{"If-Match", "\"v3\""}}).status, 412);
  EXPECT_EQ(Send("POST", "/v1/applications/a:withdraw", {}, "{\"etag\":\"v3\"}").status, 409);
  const auto refused = Send("POST", "/v1/referrals/a:link", {{"If-Match", "\"v3\""}});
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("NOT_CONDITIONAL"));
  const auto several =
      Send("POST", "/v1/applications/a:withdraw", {{"If-Match", "\"v3\", \"v4\""}});
  EXPECT_EQ(several.status, 400);
  EXPECT_THAT(several.body, HasSubstr("ONE_ETAG"));
}

TEST_F(GatewayTest, ErrorsAreToldInTheCallersLanguage) {
  FailWith(absl::StatusCode::kNotFound, "REFERRAL_NOT_FOUND");
  const auto french = Send("GET", "/v1/referrals/a", {{"Accept-Language", "fr"}});
  EXPECT_EQ(french.status, 404);
  EXPECT_EQ(Header(french, "content-language"), "fr");
  EXPECT_THAT(french.body, HasSubstr("\"code\":5,\"message\":\"Non.\""));
  EXPECT_THAT(french.body, HasSubstr("\"reason\":\"REFERRAL_NOT_FOUND\""));
  const auto unknown =
      Send("POST", "/v1/referrals", {{"Accept-Language", "fr"}}, "{\"file\":{\"mail\":\"x\"}}");
  EXPECT_EQ(unknown.status, 400);
  EXPECT_THAT(unknown.body,
              HasSubstr("\"field\":\"file.mail\",\"description\":\"Ce champ n’existe"));
}

TEST_F(GatewayTest, InnerTextsStayInside) {
  services_.answer = []() -> absl::StatusOr<std::string> {
    return absl::InternalError("SELECT secret FROM referral_referral");
  };
  const auto response = Send("GET", "/v1/referrals/a");
  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, Not(HasSubstr("SELECT")));
  services_.answer = [] { return std::string("\xff\xff\xff"); };
  EXPECT_EQ(Send("GET", "/v1/referrals/a").status, 500);
}

TEST_F(GatewayTest, WhatMayBeTriedAgainSaysWhen) {
  FailWith(absl::StatusCode::kUnauthenticated, "CREDENTIAL_REFUSED");
  const auto unauthenticated = Send("GET", "/v1/referrals/a");
  EXPECT_EQ(unauthenticated.status, 401);
  EXPECT_EQ(Header(unauthenticated, "www-authenticate"), "Bearer");
  FailWith(absl::StatusCode::kUnavailable, "UNAVAILABLE");
  EXPECT_EQ(Header(Send("GET", "/v1/referrals/a"), "retry-after"), "1");
  FailWith(absl::StatusCode::kResourceExhausted, "OVERLOADED");
  const auto overloaded = Send("GET", "/v1/referrals/a");
  EXPECT_EQ(overloaded.status, 429);
  EXPECT_EQ(Header(overloaded, "retry-after"), "1");
}

// Nobody has sent too much, and there is no use in coming again at once.
TEST_F(GatewayTest, AFullDiskIsNoFaultOfTheCallers) {
  services_.answer = [] { return status::DiskFullError("database or disk is full"); };
  const auto response = Send("POST", "/v1/referrals", {{"Content-Type", "application/json"}}, "{}");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(Header(response, "retry-after"), "30");
  EXPECT_THAT(response.body, HasSubstr("DISK_FULL"));
}

TEST_F(GatewayTest, BodiesAreJson) {
  const auto form =
      Send("POST", "/v1/referrals", {{"Content-Type", "application/x-www-form-urlencoded"}}, "a=b");
  EXPECT_EQ(form.status, 400);  // no JSON either
  EXPECT_EQ(Send("POST", "/v1/referrals", {{"Content-Type", "text/plain"}}, "{}").status, 415);
  EXPECT_EQ(
      Send("POST", "/v1/referrals", {{"Content-Type", "Application/JSON; charset=utf-8"}}, "{}")
          .status,
      200);
}

TEST_F(GatewayTest, WhoSendsTooMuchIsToldWhenToGoOn) {
  Gateway limited(*transcoder_, services_, metrics_, {.rate = {.per_second = 0.5, .burst = 2}});
  const auto send = [&](const char* target, const char* key) {
    return limited.Handle(
        {.method = "GET", .target = target, .headers = {{"Authorization", key}}, .peer = "::1"});
  };
  EXPECT_EQ(send("/v1/applications/a", "Bearer tk_1").status, 200);
  EXPECT_EQ(send("/v1/applications/a", "Bearer tk_1").status, 200);
  const auto refused = send("/v1/applications/a", "Bearer tk_1");
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(Header(refused, "retry-after"), "2");
  EXPECT_THAT(refused.body, HasSubstr("RATE_LIMITED"));
  EXPECT_EQ(send("/v1/applications/a", "Bearer tk_2").status, 200);
  // Without a key the address counts.
  EXPECT_EQ(send("/v1/applications/a", "").status, 200);
  EXPECT_EQ(send("/v1/applications/a", "").status, 200);
  EXPECT_EQ(send("/v1/applications/a", "").status, 429);
  EXPECT_EQ(send("/readyz", "").status, 200);
  EXPECT_TRUE(Gateway::IsAtOnce("GET", "/livez"));
  EXPECT_FALSE(Gateway::IsAtOnce("GET", "/v1/applications/a"));
}

// Asks registration whose a key is, and answers everything else with nothing.
class TenantedServices final : public peers::Transport {
 public:
  absl::StatusOr<std::string> Call(const std::string& method, const std::string&,
                                   const rpc::Envelope& envelope) override {
    if (method != "tremplin.registration.v1.RegistrationService/GetMyRole") return std::string();
    ++asked;
    if (away) return absl::UnavailableError("away");
    const auto found = tenants.find(envelope.credential);
    if (found == tenants.end()) return absl::UnauthenticatedError("nobody");
    registration::v1::MyRole role;
    role.set_organization(found->second);
    return role.SerializeAsString();
  }
  std::map<std::string, std::string> tenants = {{"tk_1", "organizations/alpha"},
                                                {"tk_2", "organizations/alpha"},
                                                {"tk_3", "organizations/beta"},
                                                {"tk_staff", ""}};
  bool away = false;
  int asked = 0;
};

TEST_F(GatewayTest, WhatActsForOneOrganizationHasOneLimitTogether) {
  TenantedServices services;
  Gateway limited(
      *transcoder_, services, metrics_,
      {.rate = {.per_second = 0.5, .burst = 4}, .tenant_rate = {.per_second = 0.25, .burst = 5}});
  const auto send = [&](const std::string& key) {
    return limited.Handle({.method = "GET",
                           .target = "/v1/applications/a",
                           .headers = {{"Authorization", "Bearer " + key}},
                           .peer = "::1"});
  };
  for (int i = 0; i < 4; ++i) EXPECT_EQ(send("tk_1").status, 200);
  const auto own = send("tk_1");
  EXPECT_EQ(own.status, 429);
  EXPECT_THAT(own.body, HasSubstr("\"RATE_LIMITED\""));
  EXPECT_EQ(send("tk_2").status, 200) << "what a key sent beyond its own takes nothing of the rest";
  const auto together = send("tk_2");
  EXPECT_EQ(together.status, 429);
  EXPECT_EQ(Header(together, "retry-after"), "4");
  EXPECT_THAT(together.body, HasSubstr("TENANT_RATE_LIMITED"));
  EXPECT_EQ(send("tk_3").status, 200);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(send("tk_staff").status, 200) << "acts for no organization";
    EXPECT_EQ(send("tk_unknown").status, 200) << "is refused by who is asked";
  }
  EXPECT_EQ(services.asked, 5) << "once a key, and not again";
}

TEST_F(GatewayTest, WhileNobodySaysWhoseAKeyIsItsOwnLimitHolds) {
  TenantedServices services;
  services.away = true;
  Gateway limited(
      *transcoder_, services, metrics_,
      {.rate = {.per_second = 0.5, .burst = 3}, .tenant_rate = {.per_second = 0.5, .burst = 1}});
  const auto send = [&] {
    return limited
        .Handle({.method = "GET",
                 .target = "/v1/applications/a",
                 .headers = {{"Authorization", "Bearer tk_1"}},
                 .peer = "::1"})
        .status;
  };
  EXPECT_EQ(send(), 200);
  EXPECT_EQ(send(), 200);
  services.away = false;
  EXPECT_EQ(send(), 200);
  EXPECT_EQ(send(), 429);
}

TEST_F(GatewayTest, UnderLoadReadsGoBeforeWrites) {
  const auto send = [&](const char* method, const char* target) {
    return gateway_.Handle({.method = method, .target = target, .waited = absl::Seconds(1)}).status;
  };
  const int calls = services_.calls;
  EXPECT_EQ(send("GET", "/v1/applications/a"), 429);
  EXPECT_EQ(services_.calls, calls);
  EXPECT_EQ(send("POST", "/v1/applications/a:withdraw"), 200);
  EXPECT_EQ(services_.calls, calls + 1);
  EXPECT_EQ(send("GET", "/livez"), 200);
}

TEST_F(GatewayTest, EveryAnswerIsGuarded) {
  for (const char* target : {"/v1/referrals/a", "/nothing", "/v1/referrals/%zz", "/livez"}) {
    const auto response = Send("GET", target);
    EXPECT_EQ(Header(response, "cache-control"), "no-store") << target;
    EXPECT_EQ(Header(response, "x-content-type-options"), "nosniff") << target;
    EXPECT_THAT(Header(response, "content-security-policy"), HasSubstr("default-src 'none'"));
    EXPECT_THAT(Header(response, "strict-transport-security"), HasSubstr("max-age="));
    EXPECT_NE(Header(response, "x-request-id"), "");
  }
  EXPECT_EQ(Header(Send("GET", "/livez", {{"X-Request-Id", "mine"}}), "x-request-id"), "mine");
  EXPECT_NE(Header(Send("GET", "/livez", {{"X-Request-Id", "a\r\nb: c"}}), "x-request-id"),
            "a\r\nb: c");
}

TEST_F(GatewayTest, PagesOfKnownOriginsOnlyMayCall) {
  const auto known = Send("GET", "/v1/referrals/a", {{"Origin", "https://portal.example"}});
  EXPECT_EQ(Header(known, "access-control-allow-origin"), "https://portal.example");
  for (const char* origin : {"https://evil.example", "https://portal.example.evil", "null", ""}) {
    const auto other = Send("GET", "/v1/referrals/a", {{"Origin", origin}});
    EXPECT_EQ(Header(other, "access-control-allow-origin"), "") << origin;
  }
  const http::Headers preflight = {{"Origin", "https://portal.example"},
                                   {"Access-Control-Request-Method", "POST"}};
  const auto allowed = Send("OPTIONS", "/v1/referrals", preflight);
  EXPECT_EQ(allowed.status, 204);
  EXPECT_THAT(Header(allowed, "access-control-allow-headers"), HasSubstr("Idempotency-Key"));
  const auto refused =
      Send("OPTIONS", "/v1/referrals",
           {{"Origin", "https://evil.example"}, {"Access-Control-Request-Method", "POST"}});
  EXPECT_EQ(Header(refused, "access-control-allow-methods"), "");
}

TEST_F(GatewayTest, ProbesTellWhetherCallsAreServed) {
  EXPECT_EQ(Send("GET", "/livez").status, 200);
  EXPECT_EQ(Send("GET", "/readyz").status, 200);
  ready_ = false;
  EXPECT_EQ(Send("GET", "/livez").status, 200);
  EXPECT_EQ(Send("GET", "/readyz").status, 503);
}

TEST_F(GatewayTest, AMethodThatIsNotAllowedIs405WithThoseThatAre) {
  const auto response = Send("DELETE", "/v1/referrals");
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(Header(response, "allow"), "GET, POST");
}

TEST_F(GatewayTest, RefusalsHaveStatusesOfHttp) {
  const std::vector<std::pair<http::Refusal, int>> table = {{http::Refusal::kMalformed, 400},
                                                            {http::Refusal::kHeadTooLarge, 431},
                                                            {http::Refusal::kBodyTooLarge, 413},
                                                            {http::Refusal::kTooSlow, 408},
                                                            {http::Refusal::kOverloaded, 429}};
  for (const auto& [refusal, code] : table) {
    EXPECT_EQ(gateway_.Refuse(refusal, {}).status, code);
  }
}

TEST_F(GatewayTest, RequestsAreCounted) {
  Send("GET", "/livez");
  Send("GET", "/nothing");
  const std::string text = metrics_.Render();
  EXPECT_THAT(text, HasSubstr("tremplin_http_requests_total{code=\"200\"} 1"));
  EXPECT_THAT(text, HasSubstr("tremplin_http_requests_total{code=\"404\"} 1"));
}

}  // namespace
}  // namespace tremplin::gateway
