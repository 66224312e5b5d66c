// Damaged definitions: Validate refuses them, or everything a journey does with them at this layer
// still works. Valid definitions are damaged field by field through reflection; what passes
// publication is bound, stored, read again, asked for its shapes and criteria, and judged over
// files that give every fact.
#include <rapidcheck.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <iterator>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/classification/classification.h"
#include "common/program/criteria.h"
#include "common/program/facts.h"
#include "common/program/format.h"
#include "common/program/program_samples.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "gtest/gtest.h"

namespace tremplin::program {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using Definition = v1::ProgramDefinition;
using Complaints = std::vector<std::string>;

constexpr int kDefinitionsARun = 8;

const v1::FactRegistry& Base() {
  static const auto* const base = new v1::FactRegistry(samples::Base());
  return *base;
}
const classification::Classification& Tables() {
  static const auto* const tables = new classification::Classification(
      classification::Classification::Load("deploy/data").value());
  return *tables;
}

// ---- The damage. ----

int Upto(int count) { return *rc::gen::inRange(0, count); }

std::string OddText(const std::string& was) {
  switch (Upto(9)) {
    case 0:
      return "";
    case 1:
      return was + "=" + was;
    case 2:
      return was + " x";
    case 3:
      return "\u00E9\u0645\u0635\u4E2D";
    case 4:
      return was + "\xFF";
    case 5:
      return std::string(1 << (4 + Upto(10)), 'x');
    case 6:
      return std::string("a\0b,;|:\n", 8);
    case 7:
      return was.substr(0, was.size() / 2);
    default:
      return *rc::gen::string<std::string>();
  }
}

int64_t OddNumber() {
  constexpr int64_t kOdd[] = {0,       -1,         1,       2,       7,           31,
                              100'000, 2147483647, -100000, 1 << 16, -2147483647, 366};
  return kOdd[Upto(static_cast<int>(std::size(kOdd)))];
}

double OddFraction() {
  constexpr double kInfinity = std::numeric_limits<double>::infinity();
  const double odd[] = {0, -1, 0.5, 1e300, kInfinity, -kInfinity, std::nan(""), 1e-300};
  return odd[Upto(static_cast<int>(std::size(odd)))];
}

int32_t Small(int64_t number) { return static_cast<int32_t>(number); }

void DamageScalar(Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->SetString(&message, field, OddText(reflection->GetString(message, field)));
    case FieldDescriptor::CPPTYPE_INT32:
      return reflection->SetInt32(&message, field, Small(OddNumber()));
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->SetInt64(&message, field, OddNumber() * OddNumber());
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection->SetDouble(&message, field, OddFraction());
    case FieldDescriptor::CPPTYPE_ENUM:
      return reflection->SetEnumValue(&message, field, Upto(12) - 1);
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->SetBool(&message, field, !reflection->GetBool(message, field));
    case FieldDescriptor::CPPTYPE_UINT32:
    case FieldDescriptor::CPPTYPE_UINT64:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return;
  }
}

void AddDoubled(Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  const int size = reflection->FieldSize(message, field);
  const int from = size == 0 ? -1 : Upto(size);
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
    std::string bytes;
    if (from >= 0) {
      bytes = reflection->GetRepeatedMessage(message, field, from).SerializePartialAsString();
    }
    (void)reflection->AddMessage(&message, field)->ParsePartialFromString(bytes);
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection->AddString(
        &message, field,
        OddText(from < 0 ? "" : reflection->GetRepeatedString(message, field, from)));
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    reflection->AddEnumValue(&message, field, Upto(8) - 1);
  }
}

void DamageRepeated(Message& message, const FieldDescriptor* field) {
  const auto* reflection = message.GetReflection();
  const int size = reflection->FieldSize(message, field);
  switch (size == 0 ? 0 : Upto(5)) {
    case 0:
      return AddDoubled(message, field);
    case 1:
      return reflection->ClearField(&message, field);
    case 2:
      return reflection->RemoveLast(&message, field);
    case 3:
      return reflection->SwapElements(&message, field, 0, Upto(size));
    default:
      break;
  }
  const int i = Upto(size);
  if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
    reflection->SetRepeatedString(&message, field, i,
                                  OddText(reflection->GetRepeatedString(message, field, i)));
  } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_ENUM) {
    reflection->SetRepeatedEnumValue(&message, field, i, Upto(12) - 1);
  }
}

// Goes down at random and damages one field.
void Damage(Message& message) {
  const auto* reflection = message.GetReflection();
  const auto* descriptor = message.GetDescriptor();
  if (descriptor->field_count() == 0) return;
  const FieldDescriptor* field = descriptor->field(Upto(descriptor->field_count()));
  const bool is_message = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  if (field->is_repeated()) {
    const int size = reflection->FieldSize(message, field);
    if (is_message && size > 0 && Upto(8) > 0) {
      return Damage(*reflection->MutableRepeatedMessage(&message, field, Upto(size)));
    }
    return DamageRepeated(message, field);
  }
  if (is_message) {
    if (reflection->HasField(message, field) && Upto(8) > 0) {
      return Damage(*reflection->MutableMessage(&message, field));
    }
    if (Upto(2) == 0) return reflection->ClearField(&message, field);
    (void)reflection->MutableMessage(&message, field);
    return;
  }
  DamageScalar(message, field);
}

// ---- The journey. ----

bool IsCode(std::string_view code) {
  return !code.empty() && code.size() <= 64 &&
         code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-") ==
             std::string_view::npos;
}

// A value that the fact may have, the n-th of a few.
std::string SomeValue(const v1::Fact& fact, int n) {
  if (fact.has_yes_no()) return n % 2 == 0 ? "yes" : "no";
  if (fact.has_whole_number()) {
    const v1::WholeNumber& bounds = fact.whole_number();
    return std::to_string(n % 2 == 0 ? bounds.least() : bounds.most());
  }
  if (fact.has_day()) return n % 2 == 0 ? "2024-02-29" : "2019-06-30";
  if (fact.has_text()) return "x";
  const v1::OneCode& type = fact.has_codes() ? fact.codes() : fact.code();
  if (type.codes_size() > 0) return type.codes(n % type.codes_size()).code();
  if (type.table() == "noc") return "21231";
  if (type.table() == "naics") return "541";
  if (type.table() == "country") return "SY";
  if (type.table() == "postal_code") return "K1Z9E5";
  if (type.table() == "area") return "K1Z";
  if (type.table() == "slot") return "mon-noon";
  if (type.table() == "goal") return "network";
  if (type.table() == "trait") return "parent";
  return "fr";
}

// A file that gives every fact.
GivenFacts WholeFile(const Registry& registry, int n, Complaints* complaints) {
  GivenFacts file;
  for (const v1::Fact& fact : registry.facts()) {
    if (fact.has_derived()) continue;
    v1::GivenFact given;
    given.set_name(fact.name());
    given.add_values(SomeValue(fact, n));
    given = Normal(given, fact);
    if (FaultOf(given, fact, Tables()).has_value()) {
      complaints->push_back("a fact refuses its own values: " + fact.name());
    }
    *file.Add() = std::move(given);
  }
  return file;
}

// Whether a predicate may say MISSING although every fact is given.
bool MaySayMissing(const v1::Predicate& predicate) {
  const auto any_of = [](const auto& predicates) {
    return std::any_of(predicates.begin(), predicates.end(), MaySayMissing);
  };
  if (predicate.has_any()) return any_of(predicate.any().predicates());
  if (predicate.has_all()) return any_of(predicate.all().predicates());
  if (predicate.has_any_given()) return any_of(predicate.any_given().predicates());
  return predicate.has_one_of_or_missing();
}

void Judge(const Definition& bound, v1::Subject side, Complaints* complaints) {
  const Registry registry(bound.registry());
  const absl::CivilDay day(2026, 3, 1);
  for (int n = 0; n < 2; ++n) {
    const Facts facts = Known(registry, WholeFile(registry, n, complaints), "1990-05-05", day);
    for (const CriterionFinding& each : Evaluate(AllCriteria(bound, side), facts, day)) {
      if (each.finding == Finding::kMissing && !MaySayMissing(each.criterion->predicate())) {
        complaints->push_back("missing for ever: " + each.criterion->code());
      }
      if (!IsCode(each.criterion->code())) complaints->push_back("criterion's code");
    }
  }
  std::vector<std::string_view> codes;
  for (const v1::Criterion* criterion : AllCriteria(bound, side)) {
    if (std::count(codes.begin(), codes.end(), criterion->code()) > 0) {
      complaints->push_back("criterion's code doubled");
    }
    codes.push_back(criterion->code());
  }
}

void Expect(bool right, std::string_view what, Complaints* complaints) {
  if (!right) complaints->emplace_back(what);
}

// That what matching does with a format can be done.
void Propose(const Definition& bound, const v1::Format& format, Complaints* complaints) {
  Expect(IsCode(format.code()) && FindFormat(bound, format.code()) == &format, "format's code",
         complaints);
  const int people = format.mentees().least() + format.mentors().least();
  Expect(people >= 2 && format.mentees().most() <= 100 && format.mentors().most() <= 100,
         "a format's bounds", complaints);
  Expect(format.mentees().least() <= format.mentees().most() &&
             format.mentors().least() <= format.mentors().most(),
         "bounds cross", complaints);
  Expect(format.initiators_size() > 0, "nobody initiates", complaints);
  bool decided = false;
  for (const v1::ProposalStep& step : format.steps()) {
    Expect(step.days() >= 1 && step.days() <= 90, "a step's days", complaints);
    decided = decided || step.kind() == v1::ProposalStep::KIND_STAFF_APPROVAL ||
              (step.kind() == v1::ProposalStep::KIND_ACCEPTANCE &&
               (Asks(step, v1::SUBJECT_MENTEE) || format.mentors().most() > 0));
    Expect(FindStep(format, step.kind()) == &step, "a step doubled", complaints);
  }
  Expect(decided, "nobody decides", complaints);
  double sum = 0;
  for (const v1::Weight& weight : format.matching().weights()) sum += weight.weight();
  const bool engine = InitiatedBy(format, v1::INITIATOR_ALGORITHM);
  Expect(std::isfinite(sum) && sum >= 0 && (sum > 0 || !engine), "weights", complaints);
  if (ShapeOf(format) != Shape::kPeers) {
    Expect(!CriteriaOf(bound, format, v1::SUBJECT_MENTOR).empty(), "no criteria", complaints);
  }
  Expect(!CriteriaOf(bound, format, v1::SUBJECT_MENTEE).empty(), "no criteria", complaints);
}

// That what session does with a format can be done.
void Meet(const Definition& bound, const v1::Format& format, Complaints* complaints) {
  const v1::Engagement& engagement = format.engagement();
  Expect(engagement.lifetime_case() != v1::Engagement::LIFETIME_NOT_SET, "no lifetime", complaints);
  Expect(engagement.length_days() >= 0 && engagement.length_days() <= 3660, "length", complaints);
  Expect(std::isfinite(engagement.hours_per_week()) && engagement.hours_per_week() <= 168, "hours",
         complaints);
  for (const std::string& contact : engagement.counting_contacts()) {
    Expect(contact == "in_person" || contact == "video" || contact == "call" || contact == "mail",
           "a contact", complaints);
  }
  if (engagement.has_season()) {
    for (const std::string& end : {engagement.season().from(), engagement.season().to()}) {
      for (const char* year : {"2025-", "2028-"}) {
        Expect(ParseDay(year + end).has_value(), "a season's day", complaints);
      }
    }
  }
  bool waits = false;
  for (const v1::Document& document : engagement.documents()) {
    Expect(IsCode(document.code()), "a document's code", complaints);
    waits = waits || document.before_start();
  }
  Expect(waits == (FindStep(format, v1::ProposalStep::KIND_AGREEMENT) != nullptr), "an agreement",
         complaints);
  for (const std::string& code : engagement.becomes()) {
    Expect(FindFormat(bound, code) != nullptr && code != format.code(), "becomes", complaints);
  }
  const Registry registry(bound.registry());
  for (const v1::CreditRule& rule : engagement.credits()) {
    const v1::Fact* fact = registry.Find(rule.fact());
    Expect(fact != nullptr && fact->has_yes_no() && !fact->personal(), "a credit's fact",
           complaints);
    Expect(rule.per_hour() > 0 && rule.per_hour() <= 10, "credits an hour", complaints);
  }
  for (const v1::Disclosure& disclosure : format.disclosures()) {
    for (const std::string& name : disclosure.facts()) {
      const v1::Fact* fact = registry.Find(name);
      Expect(fact != nullptr && !fact->personal(), "a personal fact disclosed", complaints);
    }
  }
}

void Onboard(const Definition& bound, Complaints* complaints) {
  for (const auto* steps : {&bound.mentee_onboarding(), &bound.mentor_onboarding()}) {
    for (const v1::OnboardingStep& step : *steps) {
      Expect(IsCode(step.code()), "a step's code", complaints);
      Expect(!step.title().en().empty() && !step.title().fr().empty(), "a title", complaints);
    }
  }
}

void Follow(const Definition& bound, Complaints* complaints) {
  for (const v1::FollowUpStage& stage : bound.follow_up().stages()) {
    Expect(IsCode(stage.code()), "a stage's code", complaints);
    Expect(stage.window_days() >= 1 && stage.window_days() <= 366, "a window", complaints);
    Expect(stage.attempts() >= 0 && stage.attempts() <= 10, "reminders", complaints);
    Expect(stage.months_after_start() >= 0 && stage.months_after_start() <= 60, "months",
           complaints);
  }
  Expect(bound.follow_up().minimum_cell() >= 0, "a least cell", complaints);
}

// What would go wrong with the definition after its publication; empty when nothing does.
Complaints Journey(const Definition& definition) {
  Complaints complaints;
  Definition stored;
  const Definition bound = Bound(definition, Base());
  Expect(stored.ParseFromString(bound.SerializeAsString()) &&
             stored.SerializeAsString() == bound.SerializeAsString(),
         "it cannot be stored", &complaints);
  Expect(ValidateRegistry(bound.registry()).ok(), "its registry", &complaints);
  Expect(!bound.formats().empty(), "no format", &complaints);
  Expect(!bound.owner().empty() && bound.owner().find(' ') == std::string::npos, "its owner",
         &complaints);
  for (const v1::Format& format : bound.formats()) {
    Propose(bound, format, &complaints);
    Meet(bound, format, &complaints);
  }
  Judge(bound, v1::SUBJECT_MENTEE, &complaints);
  Judge(bound, v1::SUBJECT_MENTOR, &complaints);
  Onboard(bound, &complaints);
  Follow(bound, &complaints);
  return complaints;
}

std::string Joined(const Complaints& complaints) {
  std::string all;
  for (const std::string& each : complaints) all += each + "; ";
  return all;
}

TEST(DefinitionPropertyTest, DamagedDefinitionsAreRefusedOrWork) {
  std::vector<Definition> sound = samples::Deployed();
  sound.push_back(samples::Rich());
  int refused = 0;
  int published = 0;
  const auto publish = [&] {
    Definition definition = sound[static_cast<size_t>(Upto(static_cast<int>(sound.size())))];
    const int times = 1 + Upto(3);
    for (int i = 0; i < times; ++i) Damage(definition);
    if (!Validate(definition, Base()).ok()) {
      ++refused;
      return;
    }
    ++published;
    const Complaints complaints = Journey(definition);
    if (!complaints.empty()) RC_FAIL(Joined(complaints) + definition.DebugString());
  };
  const bool held = rc::check("a damaged definition is refused or works", [&] {
    for (int i = 0; i < kDefinitionsARun; ++i) publish();
  });
  EXPECT_TRUE(held);
  // Both happen, or the test would say nothing.
  EXPECT_GT(refused, 0);
  EXPECT_GT(published, 0);
}

TEST(DefinitionPropertyTest, WhatIsSoundWorks) {
  for (const Definition& definition : samples::Deployed()) {
    EXPECT_EQ(Joined(Journey(definition)), "") << definition.id();
  }
  EXPECT_EQ(Joined(Journey(samples::Rich())), "");
}

// The journey notices what once passed publication: without Validate the property would not hold.
TEST(DefinitionPropertyTest, TheJourneyBreaksWithWhatIsRefused) {
  const struct {
    const char* complaint;
    std::function<void(Definition&)> make;
  } damages[] = {
      {"criterion's code",
       [](auto& d) { d.mutable_mentee()->mutable_criteria(0)->set_code("a=b"); }},
      {"a step's code",
       [](auto& d) { d.mutable_mentee_onboarding(0)->set_code("needs analysis"); }},
      {"missing for ever",
       [](auto& d) {
         d.mutable_mentee()->mutable_criteria(0)->mutable_predicate()->mutable_one_of()->set_fact(
             "imigration_status");
       }},
      {"a contact",
       [](auto& d) {
         d.mutable_formats(0)->mutable_engagement()->set_counting_contacts(0, "pigeon");
       }},
      {"its owner", [](auto& d) { d.set_owner("who knows"); }},
      {"no criteria", [](auto& d) { d.clear_mentee(); }},
      {"length",
       [](auto& d) { d.mutable_formats(0)->mutable_engagement()->set_length_days(2147483647); }},
      {"reminders",
       [](auto& d) { d.mutable_follow_up()->mutable_stages(0)->set_attempts(100'000); }},
      {"weights", [](auto& d) { d.mutable_formats(0)->mutable_matching()->clear_weights(); }},
      {"it cannot be stored", [](auto& d) { d.mutable_name()->set_en("\xFF"); }},
  };
  for (const auto& damage : damages) {
    Definition definition = samples::Rich();
    damage.make(definition);
    EXPECT_NE(Joined(Journey(definition)).find(damage.complaint), std::string::npos)
        << damage.complaint << ": " << Joined(Journey(definition));
    EXPECT_FALSE(Validate(definition, Base()).ok()) << damage.complaint;
  }
}

}  // namespace
}  // namespace tremplin::program
