#include "common/rpc/dispatcher.h"
#include "common/digest/digest.h"

#include <stdexcept>
#include <thread>
#include <vector>

#include "common/rpc/messages.h"
#include "common/rpc/testing/echo.h"
#include "common/status/error.h"
#include "common/trace/trace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::rpc {
namespace {

using testing::EchoRequest;
using testing::EchoSystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

EchoRequest Request(const std::string& text, const std::string& request_id = "") {
  EchoRequest request;
  request.set_text(text);
  request.set_request_id(request_id);
  return request;
}

absl::StatusOr<std::string> CallBytes(EchoSystem& system, const std::string& bytes,
                                      absl::Time deadline = absl::Now() + absl::Seconds(30)) {
  return system.dispatcher->Call(
      testing::kEcho, bytes,
      {.credential = testing::kOperatorKey, .deadline = deadline, .traceparent = ""});
}

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  for (const auto& violation : status::DetailOf(status).violations) {
    fields.push_back(violation.field + " " + violation.reason);
    EXPECT_FALSE(violation.en.empty());
    EXPECT_FALSE(violation.fr.empty());
  }
  return fields;
}

TEST(DispatcherTest, HandsThePrincipalOn) {
  EchoSystem system;
  const auto response = system.Call(testing::kEcho, Request("hello"),
                                    ServiceCredential("matching", testing::kServiceKey));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(response->text(), "hello");
  EXPECT_EQ(response->principal(), "service:matching");
}

TEST(DispatcherTest, ChecksInOrder) {
  EchoSystem system;
  const absl::Time past = absl::Now() - absl::Seconds(1);
  const std::string rubbish = "\xFF\xFF";
  const auto code = [&](const std::string& method, const std::string& credential, absl::Time at) {
    return system.dispatcher
        ->Call(method, rubbish, {.credential = credential, .deadline = at, .traceparent = ""})
        .status()
        .code();
  };
  const absl::Time later = absl::Now() + absl::Seconds(30);
  EXPECT_EQ(code("a.B/C", "", past), absl::StatusCode::kUnimplemented);
  EXPECT_EQ(code(testing::kCount, "", past), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(code(testing::kCount, "wrong", past), absl::StatusCode::kUnauthenticated);
  EXPECT_EQ(code(testing::kCount, ServiceCredential("x", testing::kServiceKey), past),
            absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(code(testing::kCount, testing::kOperatorKey, past),
            absl::StatusCode::kDeadlineExceeded);
  EXPECT_EQ(code(testing::kCount, testing::kOperatorKey, later),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(code(testing::kOpen, "", later), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(system.service.count, 0) << "nothing of this reaches the handler";
}

TEST(DispatcherTest, NamesEveryFieldThatIsNotUtf8) {
  EchoSystem system;
  EchoRequest request = Request("fine");
  request.add_items()->set_text("fine");
  request.add_items()->add_items()->set_text("placeholder");
  std::string bytes = request.SerializeAsString();
  bytes.replace(bytes.find("placeholder"), 1, "\xFF");
  bytes += std::string("\x0A\x01\xC3", 3);  // `text` once more, truncated UTF-8
  const absl::Status status = CallBytes(system, bytes).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(Fields(status), ::testing::UnorderedElementsAre("items[1].items[0].text INVALID_UTF8",
                                                              "text INVALID_UTF8"));
}

TEST(DispatcherTest, RefusesUnknownEnumNumbersAtAnyDepth) {
  EchoSystem system;
  EchoRequest request;
  request.set_colour(static_cast<rpc_testing::v1::Colour>(9));
  request.add_colours(rpc_testing::v1::COLOUR_RED);
  request.add_colours(static_cast<rpc_testing::v1::Colour>(-1));
  request.add_items()->add_items()->set_colour(static_cast<rpc_testing::v1::Colour>(7));
  const absl::Status status = CallBytes(system, request.SerializeAsString()).status();
  EXPECT_THAT(Fields(status),
              ElementsAre("colour UNKNOWN_ENUM_VALUE", "colours[1] UNKNOWN_ENUM_VALUE",
                          "items[0].items[0].colour UNKNOWN_ENUM_VALUE"));
}

TEST(DispatcherTest, RefusesTimesAndDurationsOutsideTheirRange) {
  struct Case {
    int64_t seconds;
    int32_t nanos;
    bool time;
    bool duration;
  };
  for (const Case& each : {Case{0, 0, true, true}, Case{253402300799, 999999999, true, true},
                           Case{253402300800, 0, false, true}, Case{-62135596801, 0, false, true},
                           Case{int64_t{1} << 62, 0, false, false},
                           Case{0, 2000000000, false, false}, Case{1, -1, false, false},
                           Case{-1, -1, false, true}, Case{315576000001, 0, false, false}}) {
    SCOPED_TRACE(each.seconds);
    EchoSystem system;
    EchoRequest request;
    rpc_testing::v1::Item* item = request.add_items();
    item->mutable_at()->set_seconds(each.seconds);
    item->mutable_at()->set_nanos(each.nanos);
    item->mutable_lasts()->set_seconds(each.seconds);
    item->mutable_lasts()->set_nanos(each.nanos);
    std::vector<std::string> expected;
    if (!each.time) expected.emplace_back("items[0].at TIMESTAMP_OUT_OF_RANGE");
    if (!each.duration) expected.emplace_back("items[0].lasts DURATION_OUT_OF_RANGE");
    EXPECT_EQ(Fields(CallBytes(system, request.SerializeAsString()).status()), expected);
  }
}

TEST(DispatcherTest, RefusesBytesThatAreNoRequest) {
  EchoSystem system;
  const absl::Status status = CallBytes(system, "\xFF\xFF\xFF").status();
  EXPECT_EQ(status::ReasonOf(status), "MALFORMED_REQUEST");
}

TEST(DispatcherTest, ChecksTheRequestId) {
  EchoSystem system;
  for (const std::string& id : {std::string(129, 'a'), std::string("a\nb"), std::string("é")}) {
    const auto response = system.Call(testing::kEcho, Request("x", id));
    EXPECT_THAT(Fields(response.status()), ElementsAre("request_id INVALID_REQUEST_ID"));
  }
  EXPECT_TRUE(system.Call(testing::kEcho, Request("x", std::string(128, '~'))).ok());
}

TEST(DispatcherTest, TheDigestFollowsTheRequest) {
  std::vector<std::string> digests;
  EchoSystem system([&](const CallContext& call, const EchoRequest&) {
    digests.push_back(call.request_digest);
    EXPECT_TRUE(trace::IsTraceparent(call.traceparent));
    return absl::OkStatus();
  });
  for (const auto& [text, id] : std::vector<std::pair<std::string, std::string>>{
           {"a", "1"}, {"a", "1"}, {"b", "1"}, {"a", ""}}) {
    ASSERT_TRUE(system.Call(testing::kEcho, Request(text, id)).ok());
  }
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_NE(digests[0], digests[2]);
  EXPECT_EQ(digests[0].size(), 32u);
  EXPECT_EQ(digests[3], "") << "without a request id nothing is digested";
}

TEST(DispatcherTest, ExceptionsAndFaultsEndAsInternal) {
  EchoSystem system([](const CallContext&, const EchoRequest& request) -> absl::Status {
    if (request.text() == "throw") throw std::runtime_error("secret inside");
    return absl::AlreadyExistsError("secret key (x)");
  });
  for (const char* text : {"throw", "return"}) {
    ::testing::internal::CaptureStderr();
    const absl::Status status = system.Call(testing::kEcho, Request(text)).status();
    const std::string log = ::testing::internal::GetCapturedStderr();
    EXPECT_EQ(status.code(), absl::StatusCode::kInternal);
    EXPECT_THAT(status.ToString(), Not(HasSubstr("secret")));
    EXPECT_THAT(log, HasSubstr("secret"));
    EXPECT_THAT(log, HasSubstr("\"level\":\"error\""));
  }
}

TEST(DispatcherTest, CountsByMethodAndCode) {
  EchoSystem system;
  ASSERT_TRUE(system.Call(testing::kEcho, Request("x")).ok());
  ASSERT_FALSE(system.Call(testing::kEcho, Request("x"), "").ok());
  system.dispatcher->CountRefused(testing::kEcho, absl::StatusCode::kResourceExhausted);
  const std::string text = system.metrics.Render();
  const std::string prefix = std::string("tremplin_rpc_requests_total{code=\"");
  EXPECT_THAT(text, HasSubstr(prefix + "OK\",method=\"" + testing::kEcho + "\"} 1"));
  EXPECT_THAT(text, HasSubstr(prefix + "UNAUTHENTICATED\",method=\"" + testing::kEcho + "\"} 1"));
  EXPECT_THAT(text, HasSubstr(prefix + "RESOURCE_EXHAUSTED\",method=\"" + testing::kEcho));
  EXPECT_THAT(text, HasSubstr("tremplin_rpc_in_flight_calls 0"));
}

TEST(AuthenticatorTest, AsksTheOwnerOnceForManyCallsAtOnce) {
  std::atomic<int> asked = 0;
  std::atomic<bool> answer = false;
  EchoSystem system(nullptr, [&](const std::string& hash, absl::Time) {
    ++asked;
    EXPECT_EQ(hash, digest::Sha256Hex("agency-key"));
    while (!answer) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return absl::StatusOr<ResolvedKey>(
        ResolvedKey{.principal = {.id = "k1", .role = Role::ROLE_AGENCY, .organization = "ociso"},
                    .expires = absl::Now() + absl::Hours(1)});
  });
  std::atomic<int> right = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i) {
      threads.emplace_back([&] {
        const auto response = system.Call(testing::kEcho, Request("x"), "agency-key");
        if (response.ok() && response->principal() == "k1") ++right;
      });
    }
    answer = true;
  }
  EXPECT_EQ(right, 16);
  EXPECT_EQ(asked, 1);
}

TEST(AuthenticatorTest, AnswersHoldAsLongAsTheyMay) {
  clock::ManualClock clock(absl::UnixEpoch() + absl::Hours(1));
  int asked = 0;
  absl::StatusOr<ResolvedKey> answer = absl::NotFoundError("unknown");
  ApiKeyAuthenticator authenticator(
      {.service_key = "s", .operator_key = "", .entries = 2},
      [&](const std::string&, absl::Time) {
        ++asked;
        return answer;
      },
      clock);
  const auto code = [&](const std::string& key) {
    return authenticator.Authenticate(key, absl::InfiniteFuture()).status().code();
  };
  EXPECT_EQ(code("k"), absl::StatusCode::kUnauthenticated);
  answer = ResolvedKey{.principal = {.id = "k", .role = Role::ROLE_AGENCY},
                       .expires = clock.SystemNow() + absl::Seconds(50)};
  EXPECT_EQ(code("k"), absl::StatusCode::kUnauthenticated) << "remembered for 5 s";
  EXPECT_EQ(asked, 1);
  clock.AdvanceSystem(absl::Seconds(5));
  EXPECT_EQ(code("k"), absl::StatusCode::kOk);
  EXPECT_EQ(code("k"), absl::StatusCode::kOk);
  EXPECT_EQ(asked, 2);
  answer = absl::UnavailableError("down");
  clock.AdvanceSystem(absl::Seconds(29));
  EXPECT_EQ(code("k"), absl::StatusCode::kOk) << "what is known holds while its owner is away";
  clock.AdvanceSystem(absl::Seconds(1));
  EXPECT_EQ(code("k"), absl::StatusCode::kUnavailable) << "30 s have passed";
  answer = ResolvedKey{.principal = {.id = "k", .role = Role::ROLE_AGENCY},
                       .expires = clock.SystemNow()};
  EXPECT_EQ(code("k"), absl::StatusCode::kUnauthenticated) << "expired";
  EXPECT_EQ(asked, 5);
}

TEST(AuthenticatorTest, AJumpOfTheClockAndItsCorrectionLeaveGoodKeysGood) {
  clock::ManualClock clock(absl::UnixEpoch() + absl::Hours(1));
  const absl::Time expires = clock.SystemNow() + absl::Hours(24 * 365);
  ApiKeyAuthenticator authenticator(
      {.service_key = "s", .operator_key = ""},
      [&](const std::string&, absl::Time) -> absl::StatusOr<ResolvedKey> {
        if (clock.SystemNow() >= expires) return absl::NotFoundError("expired");
        return ResolvedKey{.principal = {.id = "k", .role = Role::ROLE_AGENCY}, .expires = expires};
      },
      clock);
  const auto code = [&] {
    return authenticator.Authenticate("k", absl::InfiniteFuture()).status().code();
  };
  clock.JumpSystem(absl::Hours(24 * 400));
  EXPECT_EQ(code(), absl::StatusCode::kUnauthenticated) << "it has expired, as far as can be told";
  clock.JumpSystem(-absl::Hours(24 * 400));
  clock.AdvanceSystem(absl::Seconds(5));
  EXPECT_EQ(code(), absl::StatusCode::kOk) << "as soon as that was remembered for its 5 s";
}

TEST(AuthenticatorTest, CredentialsMadeUpNeitherPushOutGoodKeysNorAskWithoutBound) {
  clock::ManualClock clock(absl::UnixEpoch() + absl::Hours(1));
  int asked = 0;
  ApiKeyAuthenticator authenticator(
      {.service_key = "s", .operator_key = "", .entries = 4, .unknown_a_second = 50},
      [&](const std::string& hash, absl::Time) -> absl::StatusOr<ResolvedKey> {
        ++asked;
        if (hash != digest::Sha256Hex("good")) return absl::NotFoundError("unknown");
        return ResolvedKey{.principal = {.id = "k", .role = Role::ROLE_AGENCY},
                           .expires = clock.SystemNow() + absl::Hours(1)};
      },
      clock);
  const auto code = [&](const std::string& key) {
    return authenticator.Authenticate(key, absl::InfiniteFuture()).status().code();
  };
  ASSERT_EQ(code("good"), absl::StatusCode::kOk);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(code("made up " + std::to_string(i)), absl::StatusCode::kUnauthenticated);
  }
  EXPECT_EQ(code("one more"), absl::StatusCode::kUnavailable) << "put off, not refused for good";
  EXPECT_EQ(asked, 51);
  EXPECT_EQ(code("good"), absl::StatusCode::kOk);
  EXPECT_EQ(asked, 51) << "the good key is still remembered";
  clock.AdvanceSystem(absl::Seconds(1));
  EXPECT_EQ(code("one more"), absl::StatusCode::kUnauthenticated);
}

TEST(AuthenticatorTest, ARevokedKeyEndsWithinTwoSeconds) {
  clock::ManualClock clock(absl::UnixEpoch() + absl::Hours(1));
  bool revoked = false;
  ApiKeyAuthenticator authenticator(
      {.service_key = "s", .operator_key = ""},
      [&](const std::string&, absl::Time) -> absl::StatusOr<ResolvedKey> {
        if (revoked) return absl::NotFoundError("revoked");
        return ResolvedKey{.principal = {.id = "k", .role = Role::ROLE_AGENCY},
                           .expires = clock.SystemNow() + absl::Hours(1)};
      },
      clock);
  const auto code = [&] {
    return authenticator.Authenticate("k", absl::InfiniteFuture()).status().code();
  };
  ASSERT_EQ(code(), absl::StatusCode::kOk);
  revoked = true;
  EXPECT_EQ(code(), absl::StatusCode::kOk) << "a moment ago it was good";
  clock.AdvanceSystem(absl::Seconds(2));
  EXPECT_EQ(code(), absl::StatusCode::kUnauthenticated);
}

TEST(AuthenticatorTest, AServicesNameNeedsTheKey) {
  EchoSystem system;
  for (const char* credential : {"service:x:", "service:x", "service:", "service:x:wrong"}) {
    EXPECT_EQ(system.Call(testing::kEcho, Request("x"), credential).status().code(),
              absl::StatusCode::kUnauthenticated);
  }
}

TEST(CallContextTest, TheTenantFollowsTheRole) {
  CallContext call;
  EXPECT_EQ(call.tenant().value(), "");
  call.principal = {.id = "k", .role = Role::ROLE_AGENCY, .organization = "ociso"};
  EXPECT_EQ(call.tenant().value(), "ociso");
  call.principal.organization = "";
  EXPECT_EQ(call.tenant().value(), "") << "an agency without its organization sees nothing";
  call.principal.role = Role::ROLE_COORDINATOR;
  EXPECT_EQ(call.tenant().value(), "*");
  call.principal.organization = "ociso";
  EXPECT_EQ(call.tenant().value(), "ociso") << "placed staff";
}

TEST(CallContextTest, IdsOfOneRequestAreTheSameInDemoModeOnly) {
  CallContext call;
  call.principal.id = "k";
  call.method = "m";
  call.request_id = "r";
  EXPECT_NE(call.NewId("a"), call.NewId("a"));
  call.derive_ids = true;
  EXPECT_EQ(call.NewId("a"), call.NewId("a"));
  EXPECT_NE(call.NewId("a"), call.NewId("b"));
  call.request_id = "";
  EXPECT_NE(call.NewId("a"), call.NewId("a"));
}

// What is under a handler comes from its own step; the line of the call tells both.
TEST(DispatcherTest, EachCallIsAStepOfItsTraceWithALine) {
  std::string handed_on;
  EchoSystem system([&](const CallContext& call, const EchoRequest&) {
    handed_on = call.traceparent;
    return absl::OkStatus();
  });
  const std::string traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ::testing::internal::CaptureStderr();
  const auto response =
      system.dispatcher->Call(testing::kEcho, Request("x", "jeanne@example.ca").SerializeAsString(),
                              {.credential = testing::kOperatorKey,
                               .deadline = absl::Now() + absl::Seconds(30),
                               .traceparent = traceparent});
  const std::string log = ::testing::internal::GetCapturedStderr();
  ASSERT_TRUE(response.ok());
  EXPECT_EQ(trace::TraceIdOf(handed_on), trace::TraceIdOf(traceparent));
  EXPECT_NE(trace::SpanIdOf(handed_on), trace::SpanIdOf(traceparent));
  EXPECT_THAT(
      log, HasSubstr(absl::StrCat("\"trace\":\"4bf92f3577b34da6a3ce929d0e0e4736\",\"span\":\"",
                                  handed_on.substr(36, 16), "\",\"parent\":\"00f067aa0ba902b7\"")));
  EXPECT_THAT(log, HasSubstr("\"request\":\"sha256:"));
  EXPECT_THAT(log, Not(HasSubstr("jeanne")));
}

}  // namespace
}  // namespace tremplin::rpc
