#include "services/gateway/transcoding/transcoder.h"

#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "services/gateway/transcoding/errors.h"
#include "services/gateway/transcoding/json_reader.h"
#include "services/gateway/transcoding/json_writer.h"
#include "tremplin/gateway_testing/v1/gateway_testing.pb.h"

namespace tremplin::gateway::transcoding {
namespace {

using gateway_testing::v1::Thing;
using google::protobuf::MethodDescriptor;
using ::testing::HasSubstr;

constexpr char kCases[] = "services/gateway/transcoding/testing/cases.txt";

std::vector<const MethodDescriptor*> MethodsOf(const std::string& service) {
  const auto* found = Thing::descriptor()->file()->FindServiceByName(service);
  std::vector<const MethodDescriptor*> methods;
  for (int i = 0; i < found->method_count(); ++i) methods.push_back(found->method(i));
  return methods;
}

std::unique_ptr<Transcoder> Things() {
  auto made = Transcoder::Make(MethodsOf("ThingService"));
  EXPECT_TRUE(made.ok()) << made.status();
  return *std::move(made);
}

// What became of a request, as the file of cases writes it.
std::string Told(const absl::StatusOr<Call>& call, const Transcoder& transcoder) {
  if (call.ok()) {
    return text::Cat(call->route->method->name(), " {", call->request->ShortDebugString(),
                     "} => 200 ", transcoder.Write(*call->route, *call->request));
  }
  const status::ErrorDetail detail = status::DetailOf(call.status());
  const int code = HttpStatusOf(call.status());
  if (detail.violations.empty()) return text::Cat(code, " ", detail.reason);
  const status::FieldViolation& first = detail.violations.front();
  return text::Cat(code, " ", first.reason, first.field.empty() ? "" : " ", first.field);
}

// The same with the message as the library prints it.
std::string Normal(const std::string& expected) {
  const size_t end = expected.rfind("} => 200 ");
  const size_t begin = expected.find(" {");
  if (end == std::string::npos) return expected;
  Thing thing;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
      expected.substr(begin + 2, end - begin - 2), &thing))
      << expected;
  return text::Cat(expected.substr(0, begin + 2), thing.ShortDebugString(), expected.substr(end));
}

TEST(Transcoding, GoldenCases) {
  const auto transcoder = Things();
  std::ifstream file(kCases);
  std::string line;
  int cases = 0;
  while (std::getline(file, line)) {
    if (line.empty() || line[0] == '#') continue;
    ++cases;
    const size_t arrow = line.find(" => ");
    ASSERT_NE(arrow, std::string::npos) << line;
    const std::vector<std::string> request =
        absl::StrSplit(line.substr(0, arrow), absl::MaxSplits(' ', 2));
    const auto call =
        transcoder->Read(request[0], request[1], request.size() > 2 ? request[2] : "");
    EXPECT_EQ(Told(call, *transcoder), Normal(line.substr(arrow + 4))) << line;
  }
  EXPECT_GE(cases, 300);
}

TEST(Transcoding, BodiesThatAreNoText) {
  const auto transcoder = Things();
  const auto told = [&](const std::string& body) {
    return Told(transcoder->Read("POST", "/v1/things", body), *transcoder);
  };
  EXPECT_EQ(told(std::string("{}\0", 3)), "400 BODY_MALFORMED");
  EXPECT_EQ(told(std::string("{}\0{\"text\":1}", 13)), "400 BODY_MALFORMED");
  EXPECT_EQ(told("{\"text\":\"\xff\"}"), "400 BODY_MALFORMED");
  EXPECT_EQ(told("{\"text\":\"\xc0\xaf\"}"), "400 BODY_MALFORMED");
  EXPECT_EQ(told("{\"text\":\"\xed\xa0\x80\"}"), "400 BODY_MALFORMED");
  EXPECT_EQ(told("\xef\xbb\xbf{}"), "400 BODY_MALFORMED");
  EXPECT_EQ(told("{\"text\":\"a\nb\"}"), "400 BODY_MALFORMED");
}

std::string Nested(int levels, const std::string& open, const std::string& close) {
  std::string json;
  for (int i = 0; i < levels; ++i) json += open;
  json += "{}";
  for (int i = 0; i < levels; ++i) json += close;
  return json;
}

TEST(Transcoding, DepthIsBounded) {
  const auto transcoder = Things();
  const auto told = [&](const std::string& body) {
    return Told(transcoder->Read("POST", "/v1/things", body), *transcoder);
  };
  EXPECT_THAT(told(Nested(kMaxDepth - 1, "{\"item\":", "}")), HasSubstr("200"));
  EXPECT_EQ(told(Nested(kMaxDepth, "{\"item\":", "}")), "400 TOO_DEEP");
  EXPECT_EQ(told(Nested(10000, "{\"item\":", "}")), "400 TOO_DEEP");
  EXPECT_EQ(told(std::string(1000000, '[')), "400 WRONG_TYPE body");
  EXPECT_EQ(told("{\"item\":{\"items\":" + std::string(1000000, '[')),
            "400 WRONG_TYPE item.items[0]");
}

TEST(Transcoding, LongPathsAreNotFound) {
  const auto transcoder = Things();
  std::string path = "/v1/files";
  for (int i = 0; i < 10000; ++i) path += "/a";
  EXPECT_EQ(transcoder->Find("GET", path).status().code(), absl::StatusCode::kNotFound);
}

TEST(Transcoding, AMethodThatIsNotAllowedNamesThoseThatAre) {
  const auto transcoder = Things();
  const auto found = transcoder->Find("PUT", "/v1/things/t1:publish");
  EXPECT_THAT(status::DetailOf(found.status()).en, HasSubstr("method: GET, POST."));
}

TEST(Transcoding, WhatCannotBeServedStopsTheStart) {
  const std::vector<std::pair<std::string, std::string>> faults = {
      {"SameShapeService", "GET /v1/things/* is the path of"},
      {"NoFieldService", "no field nothing"},
      {"MessageInPathService", "cannot hold the field item"},
      {"RepeatedInPathService", "cannot hold the field texts"},
      {"NoBodyFieldService", "no field nothing"},
      {"NoAnswerFieldService", "no field nothing"},
      {"BodyOfGetService", "GET takes no body"},
      {"BadPathService", "before its end"},
      {"UnsupportedService", "a type that JSON is not made of"}};
  for (const auto& [service, what] : faults) {
    const auto made = Transcoder::Make(MethodsOf(service));
    ASSERT_FALSE(made.ok()) << service;
    EXPECT_THAT(std::string(made.status().message()), HasSubstr(what)) << service;
    EXPECT_THAT(std::string(made.status().message()), HasSubstr(service)) << service;
  }
}

TEST(PathTemplate, TheGrammarAndNothingElse) {
  for (const char* good :
       {"/a", "/*", "/**", "/a/*/b/**", "/{a}", "/{a.b_c=x/*/y/**}:do", "/v1/a-b.c~d/{e=*}"}) {
    EXPECT_TRUE(ParsePathTemplate(good).ok()) << good;
  }
  for (const char* bad :
       {"",       "a",     "/",         "//",      "/a/",      "/a//b",    "/{",    "/{}",
        "/{a",    "/{a=}", "/{a=b",     "/{a=/b}", "/{a={b}}", "/{a.}",    "/{.a}", "/{1a}",
        "/***",   "/**/a", "/{a=**}/b", "/a*",     "/*a",      "/a:",      "/:a",   "/a:b:c",
        "/a:b/c", "/a b",  "/a?b",      "/a%20b",  "/{a}{b}",  "/{a}/{a}", "/é"}) {
    EXPECT_FALSE(ParsePathTemplate(bad).ok()) << bad;
  }
}

TEST(Errors, TheTableOfStatuses) {
  using Code = absl::StatusCode;
  const std::vector<std::pair<Code, int>> table = {
      {Code::kCancelled, 499},          {Code::kUnknown, 500},
      {Code::kInvalidArgument, 400},    {Code::kDeadlineExceeded, 504},
      {Code::kNotFound, 404},           {Code::kAlreadyExists, 409},
      {Code::kPermissionDenied, 403},   {Code::kResourceExhausted, 429},
      {Code::kFailedPrecondition, 400}, {Code::kAborted, 409},
      {Code::kOutOfRange, 400},         {Code::kUnimplemented, 501},
      {Code::kInternal, 500},           {Code::kUnavailable, 503},
      {Code::kDataLoss, 500},           {Code::kUnauthenticated, 401}};
  for (const auto& [code, http] : table) EXPECT_EQ(HttpStatusOf(absl::Status(code, "")), http);
}

TEST(Errors, AreStatusesInTheCallersLanguage) {
  constexpr messages::Message kBad{"BAD_EMAIL", "Bad.", "Mauvais."};
  const absl::Status status = status::InvalidFields({status::Violation("file.email", kBad)});
  const std::string french = ErrorJson(status, messages::Language::kFrench);
  EXPECT_THAT(french, HasSubstr("\"code\":3"));
  EXPECT_THAT(french, HasSubstr("\"reason\":\"INVALID_FIELDS\",\"domain\":\"tremplin\""));
  EXPECT_THAT(french, HasSubstr("\"fieldViolations\":[{\"field\":\"file.email\",\"description\":"
                                "\"Mauvais.\",\"reason\":\"BAD_EMAIL\"}]"));
  EXPECT_LT(french.find("\"locale\":\"fr\""), french.find("\"locale\":\"en\""));
  const std::string english = ErrorJson(status, messages::Language::kEnglish);
  EXPECT_THAT(english, HasSubstr("\"description\":\"Bad.\""));
}

}  // namespace
}  // namespace tremplin::gateway::transcoding
