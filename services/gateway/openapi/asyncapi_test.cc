// The document against what services really publish: the descriptors that are linked in, and the
// headers that the outbox writes.

#include "services/gateway/openapi/asyncapi.h"

#include <algorithm>
#include <set>
#include <string>

#include "common/events/event.h"
#include "common/services/services.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "rapidjson/pointer.h"
#include "tremplin/matching/events/v1/events.pb.h"
#include "tremplin/notification/events/v1/events.pb.h"
#include "tremplin/outcome/events/v1/events.pb.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/events.pb.h"
#include "tremplin/registration/events/v1/sign_in.pb.h"
#include "tremplin/runtime/events/v1/events.pb.h"
#include "tremplin/session/events/v1/events.pb.h"

namespace tremplin::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// What other messages of the files are made of.
const std::set<std::string>& Parts() {
  static const auto& parts = *new std::set<std::string>{
      "tremplin.matching.events.v1.Participant", "tremplin.matching.events.v1.ProposalRef",
      "tremplin.referral.events.v1.CountedAs",   "tremplin.registration.events.v1.Profile",
      "tremplin.session.events.v1.Participant",  "tremplin.session.events.v1.EngagementRef"};
  return parts;
}

class AsyncApiTest : public ::testing::Test {
 protected:
  void SetUp() override {
    text_ = AsyncApi(**Api::Load());
    document_.Parse(text_.data(), text_.size());
    ASSERT_FALSE(document_.HasParseError());
  }
  const rapidjson::Value* At(const std::string& pointer) const {
    return rapidjson::Pointer(pointer.c_str()).Get(document_);
  }
  // What a "$ref" points to.
  const rapidjson::Value* Behind(const rapidjson::Value& reference) const {
    return At(std::string(reference["$ref"].GetString()).substr(1));
  }

  std::string text_;
  rapidjson::Document document_;
};

TEST_F(AsyncApiTest, EveryFactOfEveryServiceIsOnItsTopic) {
  ASSERT_STREQ(document_["asyncapi"].GetString(), "3.0.0");
  // A message of each file, so that a service that is new here is missed.
  const std::set<const FileDescriptor*> files = {
      registration::events::v1::ProgramPublished::descriptor()->file(),
      registration::events::v1::SignInLinkAsked::descriptor()->file(),
      referral::events::v1::ReferralSubmitted::descriptor()->file(),
      matching::events::v1::MatchMade::descriptor()->file(),
      session::events::v1::SessionLogged::descriptor()->file(),
      outcome::events::v1::JobReported::descriptor()->file(),
      notification::events::v1::MessageQueued::descriptor()->file(),
      runtime::events::v1::BusinessTimeSet::descriptor()->file()};
  ASSERT_EQ(files.size(), services::Names().size() + 2);  // the runtime's, and those of signing in
  ASSERT_EQ(document_["channels"].MemberCount(), services::Names().size());
  size_t facts = 0;
  for (const FileDescriptor* file : files) {
    std::string service = file->package().substr(9, file->package().find('.', 9) - 9);
    if (service == "runtime") service = "registration";
    const rapidjson::Value* channel = At("/channels/" + service);
    ASSERT_NE(channel, nullptr) << service;
    EXPECT_EQ((*channel)["address"].GetString(), events::TopicOf(service));
    EXPECT_THAT((*channel)["description"].GetString(), HasSubstr("Facts published by " + service));
    for (int i = 0; i < file->message_type_count(); ++i) {
      const Descriptor* type = file->message_type(i);
      const rapidjson::Value& messages = (*channel)["messages"];
      if (Parts().contains(type->full_name())) {
        EXPECT_FALSE(messages.HasMember(type->name().c_str())) << type->full_name();
        continue;
      }
      ++facts;
      ASSERT_TRUE(messages.HasMember(type->name().c_str())) << type->full_name();
      const rapidjson::Value* message = Behind(messages[type->name().c_str()]);
      ASSERT_NE(message, nullptr) << type->full_name();
      EXPECT_EQ((*message)["name"].GetString(), type->full_name());
      const rapidjson::Value* payload = Behind((*message)["payload"]);
      ASSERT_NE(payload, nullptr) << type->full_name();
      for (int f = 0; f < type->field_count(); ++f) {
        EXPECT_TRUE((*payload)["properties"].HasMember(type->field(f)->json_name().c_str()))
            << type->field(f)->full_name();
      }
      EXPECT_TRUE((*message)["bindings"]["kafka"].HasMember("key"));
    }
  }
  EXPECT_EQ(document_["components"]["messages"].MemberCount(), facts);
}

TEST_F(AsyncApiTest, HeadersAreThoseThatAreWritten) {
  events::Event event{.id = "id",
                      .service = "referral",
                      .type = "tremplin.referral.events.v1.ReferralSubmitted",
                      .key = "key",
                      .time = absl::UnixEpoch(),
                      .traceparent = "",
                      .data = ""};
  const rapidjson::Value* message =
      Behind(document_["channels"]["referral"]["messages"]["ReferralSubmitted"]);
  ASSERT_NE(message, nullptr);
  const rapidjson::Value& headers = (*message)["headers"];
  std::set<std::string> required;
  for (const auto& name : headers["required"].GetArray()) required.insert(name.GetString());
  std::set<std::string> written;
  for (const auto& [name, value] : events::EncodeHeaders(event)) {
    written.insert(name);
    const rapidjson::Value& property = headers["properties"][name.c_str()];
    if (property.HasMember("const")) {
      EXPECT_EQ(property["const"].GetString(), value) << name;
    }
  }
  EXPECT_EQ(required, written);
  event.traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  for (const auto& [name, value] : events::EncodeHeaders(event)) {
    EXPECT_TRUE(headers["properties"].HasMember(name.c_str())) << name;
  }
}

TEST_F(AsyncApiTest, WhatIsReferredToIsThere) {
  std::set<std::string> missing;
  const std::string prefix = "\"$ref\":\"#";
  for (size_t at = 0; (at = text_.find(prefix, at)) != std::string::npos;) {
    at += prefix.size();
    const std::string pointer = text_.substr(at, text_.find('"', at) - at);
    if (At(pointer) == nullptr) missing.insert(pointer);
  }
  EXPECT_THAT(missing, IsEmpty());
  EXPECT_EQ(AsyncApi(**Api::Load()), text_) << "the same protos give the same text";
}

}  // namespace
}  // namespace tremplin::gateway
