#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"
#include "common/program/checker.h"
#include "common/program/criteria.h"
#include "common/program/source_lines.h"

namespace tremplin::program {
namespace {

constexpr size_t kMostBytes = 512 * 1024;
constexpr int kMostSteps = 30;
constexpr int kMostInvolved = 100;
constexpr int kMostStepFacts = 50;
constexpr int kFirstYear = 2000;
constexpr int kLastYear = 2100;

// "America/Toronto": no path, no blank.
bool IsZoneName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name[0] >= 'A' && name[0] <= 'Z' &&
         name.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") ==
             std::string_view::npos;
}

// The heading, the criteria of the whole program and the onboarding.
class DefinitionChecker {
 public:
  DefinitionChecker(const v1::ProgramDefinition& definition, Registry registry,
                    check::Faults& faults)
      : definition_(definition), registry_(std::move(registry)), faults_(faults) {}

  void Run() {
    Heading();
    Days();
    Sides();
    Involved();
    Consent();
    check::CheckFormats(definition_, registry_, faults_);
    check::CheckFollowUp(definition_.follow_up(), faults_);
  }

 private:
  void Heading() {
    if (!check::IsId(definition_.id())) faults_.Add("id", kIdMalformed);
    if (definition_.kind() == v1::KIND_UNSPECIFIED) faults_.Add("kind", kRequired);
    if (!check::IsId(definition_.owner())) faults_.Add("owner", kIdMalformed);
    absl::TimeZone zone;
    if (!IsZoneName(definition_.time_zone()) ||
        !absl::LoadTimeZone(definition_.time_zone(), &zone)) {
      faults_.Add("time_zone", kTimeZoneUnknown);
    }
    std::set<std::string> languages;
    for (int i = 0; i < definition_.languages_size(); ++i) {
      const std::string field = text::Cat("languages[", i, "]");
      const std::string& language = definition_.languages(i);
      faults_.Word(field, language, {"en", "fr"});
      if (!languages.insert(language).second) faults_.Add(field, kDoubled, {language});
    }
  }

  std::optional<absl::CivilDay> DayOf(const std::string& text, const std::string& field) {
    const std::optional<absl::CivilDay> day = ParseDay(text);
    if (day.has_value() && day->year() >= kFirstYear && day->year() <= kLastYear) return day;
    faults_.Add(field, kDateMalformed);
    return std::nullopt;
  }
  void Days() {
    const auto effective = DayOf(definition_.effective_from(), "effective_from");
    const auto review = DayOf(definition_.review_by(), "review_by");
    if (effective.has_value() && review.has_value() && *review <= *effective) {
      faults_.Add("review_by", kReviewTooEarly);
    }
  }

  void Sides() {
    const auto has = [&](v1::Subject side) {
      const auto& formats = definition_.formats();
      return std::any_of(formats.begin(), formats.end(),
                         [&](const v1::Format& format) { return check::IsThere(format, side); });
    };
    Doors(definition_.mentee_doors(), has(v1::SUBJECT_MENTEE), "mentee_doors");
    Doors(definition_.mentor_doors(), has(v1::SUBJECT_MENTOR), "mentor_doors");
    std::set<std::string> mentee;
    check::CheckCriteria(definition_.mentee(), registry_, v1::SUBJECT_MENTEE, "mentee", &mentee,
                         faults_);
    std::set<std::string> mentor;
    check::CheckCriteria(definition_.mentor(), registry_, v1::SUBJECT_MENTOR, "mentor", &mentor,
                         faults_);
    Onboarding(definition_.mentee_onboarding(), definition_.mentee_doors(), v1::SUBJECT_MENTEE,
               "mentee_onboarding");
    Onboarding(definition_.mentor_onboarding(), definition_.mentor_doors(), v1::SUBJECT_MENTOR,
               "mentor_onboarding");
  }

  template <class List>
  void Doors(const List& doors, bool needed, const std::string& field) {
    if (needed && doors.empty()) faults_.Add(field, kRequired);
    std::set<int> seen;
    for (int i = 0; i < doors.size(); ++i) {
      const int door = doors[i];
      const std::string at = text::Cat(field, "[", i, "]");
      if (door == v1::DOOR_UNSPECIFIED) faults_.Add(at, kRequired);
      if (!seen.insert(door).second) faults_.Add(at, kDoubled, {std::to_string(door)});
    }
  }

  template <class Steps, class DoorList>
  void Onboarding(const Steps& steps, const DoorList& doors, v1::Subject side,
                  const std::string& field) {
    faults_.Count(field, steps.size(), kMostSteps);
    const bool brought = check::Contains(doors, static_cast<int>(v1::DOOR_AGENCY)) ||
                         check::Contains(doors, static_cast<int>(v1::DOOR_PROPOSER));
    std::set<std::string> codes;
    for (int i = 0; i < steps.size(); ++i) {
      const std::string at = text::Cat(field, "[", i, "]");
      faults_.Code(at + ".code", steps[i].code(), &codes);
      DoneBy(steps[i], brought, at + ".done_by");
      StepFacts(steps[i], side, at + ".facts");
    }
  }
  void DoneBy(const v1::OnboardingStep& step, bool brought, const std::string& field) {
    bool somebody = step.done_by().empty();
    std::set<int> seen;
    for (int i = 0; i < step.done_by_size(); ++i) {
      const int by = step.done_by(i);
      const std::string at = text::Cat(field, "[", i, "]");
      if (by == v1::STATED_BY_UNSPECIFIED) faults_.Add(at, kRequired);
      if (!seen.insert(by).second) faults_.Add(at, kDoubled, {std::to_string(by)});
      somebody = somebody || by != v1::STATED_BY_AGENCY || brought;
    }
    if (!somebody) faults_.Add(field, kStepForNobody);
  }
  void StepFacts(const v1::OnboardingStep& step, v1::Subject side, const std::string& field) {
    faults_.Count(field, step.facts_size(), kMostStepFacts);
    std::set<std::string> seen;
    for (int i = 0; i < step.facts_size(); ++i) {
      const std::string at = text::Cat(field, "[", i, "]");
      const std::string& name = step.facts(i);
      const v1::Fact* fact = check::FindAbout(registry_, name, side, at, faults_);
      if (fact != nullptr &&
          !check::Contains(fact->stated_by(), static_cast<int>(v1::STATED_BY_STAFF))) {
        faults_.Add(at, kStaffDoNotState, {name});
      }
      if (!seen.insert(name).second) faults_.Add(at, kDoubled, {name});
    }
  }

  void Involved() {
    faults_.Count("involved", definition_.involved_size(), kMostInvolved);
    std::set<std::string> organizations;
    for (int i = 0; i < definition_.involved_size(); ++i) {
      const v1::Involved& involved = definition_.involved(i);
      const std::string at = text::Cat("involved[", i, "]");
      if (!check::IsId(involved.organization())) {
        faults_.Add(at + ".organization", kIdMalformed);
      } else if (!organizations.insert(involved.organization()).second) {
        faults_.Add(at + ".organization", kDoubled, {involved.organization()});
      }
      if (involved.parts().empty()) faults_.Add(at + ".parts", kRequired);
      std::set<std::string> parts;
      for (int j = 0; j < involved.parts_size(); ++j) {
        const std::string field = text::Cat(at, ".parts[", j, "]");
        faults_.Word(field, involved.parts(j),
                     {"refers", "recruits", "delivers", "sponsors", "funds", "coordinates"});
        if (!parts.insert(involved.parts(j)).second) {
          faults_.Add(field, kDoubled, {involved.parts(j)});
        }
      }
    }
  }

  void Consent() {
    if (definition_.consent_fact().empty()) return;
    const v1::Fact* fact = check::FindAbout(registry_, definition_.consent_fact(),
                                            v1::SUBJECT_MENTEE, "consent_fact", faults_);
    if (fact != nullptr && !fact->has_yes_no()) faults_.Add("consent_fact", kNotYesNo);
  }

  const v1::ProgramDefinition& definition_;
  const Registry registry_;
  check::Faults& faults_;
};

template <class Message>
absl::StatusOr<Message> Parse(const std::string& textproto) {
  Message message;
  const absl::StatusOr<SourceLines> read = SourceLines::Read(textproto, &message);
  if (!read.ok()) return read.status();
  return message;
}

}  // namespace

absl::Status Validate(const v1::ProgramDefinition& definition, const v1::FactRegistry& base) {
  check::Faults faults;
  if (definition.ByteSizeLong() > kMostBytes) {
    faults.Add("definition", kDefinitionTooLong, {std::to_string(kMostBytes)});
    return status::InvalidFields(faults.Take());
  }
  if (definition.has_registry()) {
    faults.Add("registry", kRegistryGiven);
    return status::InvalidFields(faults.Take());
  }
  check::CheckForm(definition, "", faults);
  const v1::ProgramDefinition bound = Bound(definition, base);
  check::CheckFacts(bound.registry(), base.facts_size(), definition.id(), faults);
  DefinitionChecker(definition, Registry(bound.registry()), faults).Run();
  if (faults.empty()) return absl::OkStatus();
  return status::InvalidFields(faults.Take());
}

v1::ProgramDefinition Bound(v1::ProgramDefinition definition, const v1::FactRegistry& base) {
  v1::FactRegistry registry = base;
  registry.mutable_facts()->MergeFrom(definition.facts());
  *definition.mutable_registry() = std::move(registry);
  return definition;
}

absl::StatusOr<v1::ProgramDefinition> ParseDefinition(const std::string& textproto) {
  return Parse<v1::ProgramDefinition>(textproto);
}

absl::StatusOr<v1::FactRegistry> ParseRegistry(const std::string& textproto) {
  return Parse<v1::FactRegistry>(textproto);
}

}  // namespace tremplin::program
