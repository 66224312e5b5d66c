#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/program/criteria.h"
#include "common/program/messages.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "google/protobuf/io/tokenizer.h"
#include "google/protobuf/text_format.h"

namespace tremplin::program {
namespace {

constexpr int kMostWaitingBonus = 50;  // points a day
constexpr int kMostCandidates = 500;
constexpr double kMostDeclineLesson = 3;
// What matching can weigh.
constexpr std::string_view kMatchingCriteria[] = {"occupation", "industry", "language",
                                                  "proximity",  "level",    "goals",
                                                  "preference", "waiting",  "availability"};

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using status::FieldViolation;

bool IsBlank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

bool IsId(const std::string& id) {
  if (id.empty() || id.size() > 64 || id[0] < 'a' || id[0] > 'z') return false;
  return id.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
}

bool ParseDay(const std::string& text, absl::CivilDay* day) {
  return text.size() == 10 && absl::ParseCivilTime(text, day) &&
         absl::FormatCivilTime(*day) == text;
}

// Gathers every fault instead of stopping at the first.
class Checker {
 public:
  std::vector<FieldViolation> Run(const v1::ProgramDefinition& definition) {
    Texts(definition, "");
    Heading(definition);
    CheckCriteria(definition.mentee(), "mentee");
    CheckCriteria(definition.mentor(), "mentor");
    Steps(definition.mentee_onboarding(), "mentee_onboarding");
    Steps(definition.mentor_onboarding(), "mentor_onboarding");
    Matching(definition.matching());
    CheckEngagement(definition.engagement());
    FollowUp(definition.follow_up());
    return std::move(violations_);
  }

 private:
  void Add(std::string_view field, const messages::Message& message,
           std::initializer_list<std::string_view> args = {}) {
    violations_.push_back(status::Violation(field, message, args));
  }
  void NotNegative(std::string_view field, double value) {
    if (!(value >= 0) || !std::isfinite(value)) Add(field, kNegative);
  }
  void Code(const std::string& field, const std::string& code, std::set<std::string>* seen) {
    if (code.empty()) {
      Add(field, kRequired);
    } else if (!seen->insert(code).second) {
      Add(field, kDoubled, {code});
    }
  }

  // Every field of type Text, wherever it stands, in both languages.
  void Texts(const Message& message, const std::string& path) {
    const auto* reflection = message.GetReflection();
    for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
      const FieldDescriptor* field = message.GetDescriptor()->field(i);
      if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
      const std::string name = path.empty() ? field->name() : path + "." + field->name();
      if (field->is_repeated()) {
        for (int j = 0; j < reflection->FieldSize(message, field); ++j) {
          Texts(reflection->GetRepeatedMessage(message, field, j), text::Cat(name, "[", j, "]"));
        }
      } else if (field->message_type() == v1::Text::descriptor()) {
        const auto& both = static_cast<const v1::Text&>(reflection->GetMessage(message, field));
        if (IsBlank(both.en()) || IsBlank(both.fr())) Add(name, kTextMissing);
      } else if (reflection->HasField(message, field)) {
        Texts(reflection->GetMessage(message, field), name);
      }
    }
  }

  void Heading(const v1::ProgramDefinition& definition) {
    if (!IsId(definition.id())) Add("id", kIdMalformed);
    if (definition.kind() == v1::KIND_UNSPECIFIED) Add("kind", kRequired);
    if (!IsId(definition.owner())) Add("owner", kIdMalformed);
    absl::TimeZone zone;
    if (definition.time_zone().empty() || !absl::LoadTimeZone(definition.time_zone(), &zone)) {
      Add("time_zone", kTimeZoneUnknown);
    }
    absl::CivilDay effective;
    absl::CivilDay review;
    const bool has_effective = ParseDay(definition.effective_from(), &effective);
    if (!has_effective) Add("effective_from", kDateMalformed);
    if (!ParseDay(definition.review_by(), &review)) {
      Add("review_by", kDateMalformed);
    } else if (has_effective && review <= effective) {
      Add("review_by", kReviewTooEarly);
    }
    Doors(definition.mentee_doors(), "mentee_doors");
    Doors(definition.mentor_doors(), "mentor_doors");
  }

  template <class List>
  void Doors(const List& doors, std::string_view field) {
    for (const int door : doors) {
      if (door == v1::DOOR_UNSPECIFIED || !v1::Door_IsValid(door)) Add(field, kRequired);
    }
  }

  void CheckCriteria(const v1::Criteria& criteria, const std::string& side) {
    std::set<std::string> codes;
    for (int i = 0; i < criteria.criteria_size(); ++i) {
      const std::string path = text::Cat(side, ".criteria[", i, "]");
      Code(path + ".code", criteria.criteria(i).code(), &codes);
      CheckPredicate(criteria.criteria(i).predicate(), path + ".predicate");
    }
  }

  template <class List>
  void Names(const List& names, const std::string& field) {
    if (names.empty()) Add(field, kRequired);
    for (const std::string& name : names) {
      if (name.empty()) Add(field, kRequired);
    }
  }
  void Name(const std::string& name, const std::string& field) {
    if (name.empty()) Add(field, kRequired);
  }
  void Nested(const v1::Any& any, const std::string& path) { NestedIn(any.predicates(), path); }
  template <class List>
  void NestedIn(const List& predicates, const std::string& path) {
    if (predicates.empty()) Add(path, kRequired);
    for (int i = 0; i < predicates.size(); ++i) {
      CheckPredicate(predicates[i], text::Cat(path, "[", i, "]"));
    }
  }

  void CheckPredicate(const v1::Predicate& predicate, const std::string& path) {
    switch (predicate.kind_case()) {
      case v1::Predicate::kOneOf:
        Name(predicate.one_of().fact(), path + ".one_of.fact");
        return Names(predicate.one_of().values(), path + ".one_of.values");
      case v1::Predicate::kAtLeast:
        return Name(predicate.at_least().fact(), path + ".at_least.fact");
      case v1::Predicate::kAllAtLeast:
        return Names(predicate.all_at_least().facts(), path + ".all_at_least.facts");
      case v1::Predicate::kPrefixOneOf:
        Name(predicate.prefix_one_of().fact(), path + ".prefix_one_of.fact");
        return Names(predicate.prefix_one_of().prefixes(), path + ".prefix_one_of.prefixes");
      case v1::Predicate::kGiven:
        return Names(predicate.given().facts(), path + ".given.facts");
      case v1::Predicate::kAny:
        return Nested(predicate.any(), path + ".any.predicates");
      case v1::Predicate::kAll:
        return NestedIn(predicate.all().predicates(), path + ".all.predicates");
      case v1::Predicate::kOneOfOrMissing:
        Name(predicate.one_of_or_missing().fact(), path + ".one_of_or_missing.fact");
        return Names(predicate.one_of_or_missing().values(), path + ".one_of_or_missing.values");
      case v1::Predicate::kAnyGiven:
        return Nested(predicate.any_given(), path + ".any_given.predicates");
      case v1::Predicate::KIND_NOT_SET:
        return Add(path, kPredicateMissing);
    }
  }

  template <class List>
  void Steps(const List& steps, const std::string& field) {
    std::set<std::string> codes;
    for (int i = 0; i < steps.size(); ++i) {
      Code(text::Cat(field, "[", i, "].code"), steps[i].code(), &codes);
    }
  }

  void Matching(const v1::MatchingPolicy& policy) {
    std::set<std::string> criteria;
    for (int i = 0; i < policy.weights_size(); ++i) {
      const std::string path = text::Cat("matching.weights[", i, "]");
      const std::string& criterion = policy.weights(i).criterion();
      Code(path + ".criterion", criterion, &criteria);
      if (std::find(std::begin(kMatchingCriteria), std::end(kMatchingCriteria), criterion) ==
          std::end(kMatchingCriteria)) {
        Add(path + ".criterion", kWeightUnknown);
      }
      NotNegative(path + ".weight", policy.weights(i).weight());
    }
    NotNegative("matching.answer_days", policy.answer_days());
    NotNegative("matching.contact_meeting_days", policy.contact_meeting_days());
    NotNegative("matching.agreement_days", policy.agreement_days());
    NotNegative("matching.approval_days", policy.approval_days());
    if (!(policy.minimum_score() >= 0 && policy.minimum_score() <= 1)) {
      Add("matching.minimum_score", kOutOfRange);
    }
    const std::string& objective = policy.objective();
    if (!objective.empty() && objective != "quality" && objective != "coverage" &&
        objective != "stable") {
      Add("matching.objective", kOutOfRange);
    }
    const std::string& proposing = policy.proposing();
    if (!proposing.empty() && proposing != "daily" && proposing != "continuous") {
      Add("matching.proposing", kOutOfRange);
    }
    const std::string& approval = policy.approval();
    if (!approval.empty() && approval != "automatic" && approval != "coordinator") {
      Add("matching.approval", kChoiceUnknown, {"automatic, coordinator"});
    }
    if (policy.waiting_bonus() < 0 || policy.waiting_bonus() > kMostWaitingBonus) {
      Add("matching.waiting_bonus", kOutOfRange);
    }
    const double lesson = policy.decline_lesson();
    if (lesson != 0 && !(lesson >= 1 && lesson <= kMostDeclineLesson)) {
      Add("matching.decline_lesson", kLessonOutOfRange);
    }
    if (policy.candidates() < 0 || policy.candidates() > kMostCandidates) {
      Add("matching.candidates", kOutOfRange);
    }
  }

  void CheckEngagement(const v1::Engagement& engagement) {
    NotNegative("engagement.length_days", engagement.length_days());
    NotNegative("engagement.hours_per_week", engagement.hours_per_week());
    NotNegative("engagement.review_every_days", engagement.review_every_days());
    NotNegative("engagement.max_extension_days", engagement.max_extension_days());
    NotNegative("engagement.close_grace_days", engagement.close_grace_days());
    std::set<std::string> contacts;
    for (int i = 0; i < engagement.counting_contacts_size(); ++i) {
      Code(text::Cat("engagement.counting_contacts[", i, "]"), engagement.counting_contacts(i),
           &contacts);
    }
  }

  void FollowUp(const v1::FollowUpPlan& plan) {
    std::set<std::string> codes;
    for (int i = 0; i < plan.stages_size(); ++i) {
      const v1::FollowUpStage& stage = plan.stages(i);
      const std::string path = text::Cat("follow_up.stages[", i, "]");
      Code(path + ".code", stage.code(), &codes);
      NotNegative(path + ".months_after_end", stage.months_after_end());
      NotNegative(path + ".window_days", stage.window_days());
      NotNegative(path + ".attempts", stage.attempts());
    }
    NotNegative("follow_up.minimum_cell", plan.minimum_cell());
  }

  std::vector<FieldViolation> violations_;
};

class FirstFault final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& message) override {
    if (!message_.empty()) return;
    line_ = line + 1;
    column_ = column + 1;
    message_ = message;
  }
  absl::Status status() const {
    return status::Error(absl::StatusCode::kInvalidArgument, kDefinitionUnreadable,
                         {std::to_string(line_), std::to_string(column_), message_});
  }

 private:
  int line_ = 0;
  int column_ = 0;
  std::string message_;
};

}  // namespace

absl::Status Validate(const v1::ProgramDefinition& definition) {
  std::vector<FieldViolation> violations = Checker().Run(definition);
  if (violations.empty()) return absl::OkStatus();
  return status::InvalidFields(std::move(violations));
}

absl::StatusOr<v1::ProgramDefinition> ParseDefinition(const std::string& textproto) {
  FirstFault fault;
  google::protobuf::TextFormat::Parser parser;
  parser.RecordErrorsTo(&fault);
  v1::ProgramDefinition definition;
  if (!parser.ParseFromString(textproto, &definition)) return fault.status();
  return definition;
}

}  // namespace tremplin::program
