// Walks the descriptors of every service and holds them against the rules that the API promises
// (AIP, and our own): what a reviewer would otherwise have to see by eye in each change of a proto.

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "google/api/annotations.pb.h"
#include "google/protobuf/descriptor.h"
#include "gtest/gtest.h"
#include "tremplin/matching/v1/answering.pb.h"
#include "tremplin/matching/v1/matching.pb.h"
#include "tremplin/notification/v1/notification.pb.h"
#include "tremplin/options/v1/options.pb.h"
#include "tremplin/outcome/v1/answering.pb.h"
#include "tremplin/outcome/v1/outcome.pb.h"
#include "tremplin/referral/v1/contact.pb.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"
#include "tremplin/registration/v1/sign_in.pb.h"
#include "tremplin/runtime/v1/operations.pb.h"
#include "tremplin/session/v1/session.pb.h"

namespace tremplin {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;

std::vector<const FileDescriptor*> ApiFiles() {
  return {registration::v1::Program::descriptor()->file(),
          registration::v1::ActingRole::descriptor()->file(),
          referral::v1::Referral::descriptor()->file(),
          matching::v1::Proposal::descriptor()->file(),
          session::v1::Engagement::descriptor()->file(),
          outcome::v1::FollowUp::descriptor()->file(),
          notification::v1::Message::descriptor()->file(),
          runtime::v1::GetStatusRequest::descriptor()->file(),
          referral::v1::ReferralContact::descriptor()->file(),
          matching::v1::AnswerAsPersonRequest::descriptor()->file(),
          outcome::v1::AnswerAsPersonRequest::descriptor()->file()};
}

std::vector<const MethodDescriptor*> Methods() {
  std::vector<const MethodDescriptor*> methods;
  for (const FileDescriptor* file : ApiFiles()) {
    for (int s = 0; s < file->service_count(); ++s) {
      for (int m = 0; m < file->service(s)->method_count(); ++m) {
        methods.push_back(file->service(s)->method(m));
      }
    }
  }
  return methods;
}

std::vector<const EnumDescriptor*> Enums() {
  std::vector<const EnumDescriptor*> enums;
  for (const FileDescriptor* file : ApiFiles()) {
    for (int e = 0; e < file->enum_type_count(); ++e) enums.push_back(file->enum_type(e));
    for (int m = 0; m < file->message_type_count(); ++m) {
      const Descriptor* message = file->message_type(m);
      for (int e = 0; e < message->enum_type_count(); ++e) enums.push_back(message->enum_type(e));
    }
  }
  return enums;
}

bool StartsWith(const MethodDescriptor* method, std::string_view prefix) {
  return method->name().starts_with(prefix);
}

bool ReadsOnly(const MethodDescriptor* method) {
  return method->options().idempotency_level() == google::protobuf::MethodOptions::NO_SIDE_EFFECTS;
}

// What the operations team may simply say again: what was done stays done.
const std::set<std::string> kIdempotentByThemselves = {"ReplayDeadLetters", "DiscardDeadLetter",
                                                       "RewrapKeys"};

// What lets somebody in works once, or may be asked for again; its answer holds a secret, or ends
// one, and is stored nowhere to be told a second time.
const std::set<std::string> kNeverStored = {
    "RequestSignInLink", "ConfirmSignInLink", "IssueSignInLink", "BeginSignIn", "FinishSignIn",
    "ExchangeToken",     "SwitchRole",        "SignOut",         "EndSession"};

TEST(ApiRules, ThereAreMethodsToWalk) { EXPECT_GT(Methods().size(), 50u); }

TEST(ApiRules, EveryMethodDeclaresWhoMayCallIt) {
  for (const MethodDescriptor* method : Methods()) {
    const auto& access = method->options().GetExtension(options::v1::access);
    EXPECT_TRUE(access.anyone() || access.roles_size() > 0) << method->full_name();
    for (int role : access.roles()) {
      EXPECT_NE(role, options::v1::ROLE_UNSPECIFIED) << method->full_name();
    }
  }
}

TEST(ApiRules, EveryMethodHasAnHttpRule) {
  for (const MethodDescriptor* method : Methods()) {
    EXPECT_TRUE(method->options().HasExtension(google::api::http)) << method->full_name();
  }
}

TEST(ApiRules, RequestTypesAreNamedAfterTheirMethod) {
  for (const MethodDescriptor* method : Methods()) {
    EXPECT_EQ(method->input_type()->name(), method->name() + "Request");
  }
}

TEST(ApiRules, GetsAndListsHaveNoSideEffects) {
  for (const MethodDescriptor* method : Methods()) {
    if (StartsWith(method, "Get") || StartsWith(method, "List")) {
      EXPECT_TRUE(ReadsOnly(method)) << method->full_name();
    }
  }
}

// What changes something can be sent again safely. Operators' replay is safe by itself: a replayed
// letter is gone.
TEST(ApiRules, WhatChangesSomethingTakesARequestId) {
  for (const MethodDescriptor* method : Methods()) {
    if (ReadsOnly(method) || kIdempotentByThemselves.contains(method->name()) ||
        kNeverStored.contains(method->name())) {
      continue;
    }
    const FieldDescriptor* id = method->input_type()->FindFieldByName("request_id");
    ASSERT_NE(id, nullptr) << method->full_name();
    EXPECT_EQ(id->type(), FieldDescriptor::TYPE_STRING) << method->full_name();
  }
}

// A list that grows with use is paged. These are bounded by what they belong to.
TEST(ApiRules, ListsArePaged) {
  const std::vector<std::string> bounded = {
      "ListDeadLetters", "ListPossibleDuplicates", "ListEmployment",
      "ListStatusFeed",  "ListIntroductions",      "ListCorrections",
      "ListConsents",    "ListPersonConsents",     "ListMySessions"};
  for (const MethodDescriptor* method : Methods()) {
    if (!StartsWith(method, "List")) continue;
    if (std::find(bounded.begin(), bounded.end(), method->name()) != bounded.end()) continue;
    EXPECT_NE(method->input_type()->FindFieldByName("page_size"), nullptr) << method->full_name();
    EXPECT_NE(method->input_type()->FindFieldByName("page_token"), nullptr) << method->full_name();
    EXPECT_NE(method->output_type()->FindFieldByName("next_page_token"), nullptr)
        << method->full_name();
  }
}

TEST(ApiRules, EnumsBeginWithUnspecified) {
  for (const EnumDescriptor* type : Enums()) {
    ASSERT_EQ(type->value(0)->number(), 0) << type->full_name();
    EXPECT_TRUE(type->value(0)->name().ends_with("_UNSPECIFIED")) << type->full_name();
  }
}

// The runtime's cross-tenant test fills fields by the resource they name, so each must say so.
TEST(ApiRules, FieldsThatNameAResourceSayWhich) {
  for (const MethodDescriptor* method : Methods()) {
    for (int f = 0; f < method->input_type()->field_count(); ++f) {
      const FieldDescriptor* field = method->input_type()->field(f);
      if (field->name() != "name" && field->name() != "engagement" && field->name() != "program") {
        continue;
      }
      EXPECT_FALSE(field->options().GetExtension(options::v1::resource).empty())
          << field->full_name();
    }
  }
}

}  // namespace
}  // namespace tremplin
