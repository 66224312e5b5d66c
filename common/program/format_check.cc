#include <algorithm>
#include <map>

#include "common/program/checker.h"
#include "common/program/format.h"

namespace tremplin::program::check {
namespace {

constexpr int kMostFormats = 10;
constexpr int kMostOfASide = 100;
constexpr int kMostStepDays = 90;
constexpr int kMostWaitingDays = 730;
constexpr int kMostDisclosures = 20;
constexpr int kMostFacts = 50;

constexpr v1::Subject kSides[] = {v1::SUBJECT_MENTEE, v1::SUBJECT_MENTOR};

class FormatChecker {
 public:
  FormatChecker(const v1::ProgramDefinition& definition, const v1::Format& format,
                const Registry& registry, const std::string& path, Faults& faults)
      : definition_(definition),
        format_(format),
        registry_(registry),
        path_(path),
        faults_(faults) {}

  void Run() {
    Sides();
    Initiators();
    Steps();
    Criteria();
    Disclosures();
    faults_.Within(path_ + ".after_waiting_days", format_.after_waiting_days(), 0,
                   kMostWaitingDays);
    CheckPolicy(format_, registry_, path_ + ".matching", faults_);
    CheckEngagement(definition_, format_, registry_, path_ + ".engagement", faults_);
  }

 private:
  void Side(const v1::Side& side, const std::string& path) {
    faults_.Within(path + ".least", side.least(), 0, kMostOfASide);
    faults_.Within(path + ".most", side.most(), 0, kMostOfASide);
    if (side.least() > side.most()) {
      faults_.Add(path, kBoundsCross);
    } else if (side.least() == 0 && side.most() > 0) {
      faults_.Add(path + ".least", kNotWithin, {"1", std::to_string(kMostOfASide)});
    }
  }
  void Sides() {
    Side(format_.mentees(), path_ + ".mentees");
    Side(format_.mentors(), path_ + ".mentors");
    const bool two = format_.mentors().most() > 0 || format_.mentees().least() > 1;
    if (format_.mentees().most() == 0 || !two) faults_.Add(path_ + ".mentees", kSideMissing);
  }

  void Initiators() {
    const std::string field = path_ + ".initiators";
    if (format_.initiators().empty()) faults_.Add(field, kRequired);
    std::set<int> seen;
    for (int i = 0; i < format_.initiators_size(); ++i) {
      const std::string at = text::Cat(field, "[", i, "]");
      const int initiator = format_.initiators(i);
      if (initiator == v1::INITIATOR_UNSPECIFIED) faults_.Add(at, kRequired);
      if (!seen.insert(initiator).second) faults_.Add(at, kDoubled, {std::to_string(initiator)});
      const Shape shape = ShapeOf(format_);
      const bool pair = shape == Shape::kPair || shape == Shape::kMeetings;
      if (initiator == v1::INITIATOR_PARTICIPANT && !pair) faults_.Add(at, kPairsOnly);
    }
  }

  // Sides that are there, each once.
  template <class List>
  void Asked(const List& sides, const std::string& field) {
    CheckSides(format_, sides, field, faults_);
  }

  void Step(const v1::ProposalStep& step, int i, const std::string& at) {
    if (step.kind() == v1::ProposalStep::KIND_UNSPECIFIED) faults_.Add(at + ".kind", kRequired);
    const bool first = step.kind() == v1::ProposalStep::KIND_STAFF_APPROVAL;
    const bool last = step.kind() == v1::ProposalStep::KIND_AGREEMENT;
    if ((first && i > 0) || (last && i + 1 < format_.steps_size())) {
      faults_.Add(at + ".kind", kStepOutOfOrder);
    }
    faults_.Within(at + ".days", step.days(), 1, kMostStepDays);
    const bool of_staff = first || step.kind() == v1::ProposalStep::KIND_CONTACT_MEETING;
    if (of_staff && !step.asked().empty()) return faults_.Add(at + ".asked", kStepAsksNobody);
    Asked(step.asked(), at + ".asked");
  }
  void Steps() {
    std::set<int> kinds;
    for (int i = 0; i < format_.steps_size(); ++i) {
      const v1::ProposalStep& step = format_.steps(i);
      const std::string at = text::Cat(path_, ".steps[", i, "]");
      if (!kinds.insert(step.kind()).second) {
        faults_.Add(at + ".kind", kDoubled, {v1::ProposalStep::Kind_Name(step.kind())});
      }
      Step(step, i, at);
    }
    if (!kinds.contains(v1::ProposalStep::KIND_ACCEPTANCE) &&
        !kinds.contains(v1::ProposalStep::KIND_STAFF_APPROVAL)) {
      faults_.Add(path_ + ".steps", kNobodyDecides);
    }
    // Staff approve what the engine suggests, not what a participant asks for.
    const bool asks_mentors =
        std::any_of(format_.steps().begin(), format_.steps().end(), [](const auto& step) {
          const bool of_sides = step.kind() == v1::ProposalStep::KIND_INTEREST ||
                                step.kind() == v1::ProposalStep::KIND_ACCEPTANCE;
          return of_sides && Asks(step, v1::SUBJECT_MENTOR);
        });
    const bool pair = ShapeOf(format_) == Shape::kPair || ShapeOf(format_) == Shape::kMeetings;
    if (pair && InitiatedBy(format_, v1::INITIATOR_PARTICIPANT) && !asks_mentors) {
      faults_.Add(path_ + ".steps", kNobodyAsked);
    }
  }

  void Criteria() {
    for (const v1::Subject side : kSides) {
      const bool mentor = side == v1::SUBJECT_MENTOR;
      const std::string name = mentor ? "mentor" : "mentee";
      std::set<std::string> codes;
      const v1::Criteria& of_program = mentor ? definition_.mentor() : definition_.mentee();
      for (const v1::Criterion& criterion : of_program.criteria()) codes.insert(criterion.code());
      NotAsked(mentor ? format_.mentor_not_asked() : format_.mentee_not_asked(), codes,
               path_ + "." + name + "_not_asked");
      CheckCriteria(mentor ? format_.mentor() : format_.mentee(), registry_, side,
                    path_ + "." + name, &codes, faults_);
      if (IsThere(format_, side) && CriteriaOf(definition_, format_, side).empty()) {
        faults_.Add(path_ + "." + name + ".criteria", kNoCriteria);
      }
    }
  }
  template <class List>
  void NotAsked(const List& not_asked, const std::set<std::string>& codes,
                const std::string& field) {
    std::set<std::string> seen;
    for (int i = 0; i < not_asked.size(); ++i) {
      const std::string at = text::Cat(field, "[", i, "]");
      if (!codes.contains(not_asked[i])) {
        faults_.Add(at, kCriterionUnknown, {not_asked[i]});
      } else if (!seen.insert(not_asked[i]).second) {
        faults_.Add(at, kDoubled, {not_asked[i]});
      }
    }
  }

  void Disclosures() {
    faults_.Count(path_ + ".disclosures", format_.disclosures_size(), kMostDisclosures);
    for (int i = 0; i < format_.disclosures_size(); ++i) {
      Disclosure(format_.disclosures(i), text::Cat(path_, ".disclosures[", i, "]"));
    }
  }
  void Disclosure(const v1::Disclosure& disclosure, const std::string& at) {
    if (disclosure.from() != v1::ProposalStep::KIND_UNSPECIFIED &&
        FindStep(format_, disclosure.from()) == nullptr) {
      faults_.Add(at + ".from", kStepUnknown);
    }
    if (disclosure.to() != v1::SUBJECT_MENTEE && disclosure.to() != v1::SUBJECT_MENTOR) {
      return faults_.Add(at + ".to", kRequired);
    }
    if (!IsThere(format_, disclosure.to())) return faults_.Add(at + ".to", kSideAbsent);
    if (disclosure.facts().empty() && !disclosure.contact()) faults_.Add(at, kNothingDisclosed);
    const bool peers = format_.mentors().most() == 0;
    const v1::Subject of =
        disclosure.to() == v1::SUBJECT_MENTEE && !peers ? v1::SUBJECT_MENTOR : v1::SUBJECT_MENTEE;
    faults_.Count(at + ".facts", disclosure.facts_size(), kMostFacts);
    std::set<std::string> seen;
    for (int i = 0; i < disclosure.facts_size(); ++i) {
      const std::string field = text::Cat(at, ".facts[", i, "]");
      const std::string& name = disclosure.facts(i);
      const v1::Fact* fact = FindAbout(registry_, name, of, field, faults_);
      if (fact != nullptr && fact->personal()) {
        faults_.Add(field, kFactPersonal, {name});
      } else if (fact != nullptr && fact->matching() == v1::MATCHING_USE_UNSPECIFIED) {
        faults_.Add(field, kFactNotSeen, {name});
      }
      if (!seen.insert(name).second) faults_.Add(field, kDoubled, {name});
    }
  }

  const v1::ProgramDefinition& definition_;
  const v1::Format& format_;
  const Registry& registry_;
  const std::string path_;
  Faults& faults_;
};

// A code stands for one criterion of a side, whatever the format.
void CheckCodesAcross(const v1::ProgramDefinition& definition, v1::Subject side, Faults& faults) {
  std::map<std::string_view, std::string> contents;
  for (int i = 0; i < definition.formats_size(); ++i) {
    const bool mentor = side == v1::SUBJECT_MENTOR;
    const v1::Format& format = definition.formats(i);
    const v1::Criteria& own = mentor ? format.mentor() : format.mentee();
    for (int j = 0; j < own.criteria_size(); ++j) {
      const v1::Criterion& criterion = own.criteria(j);
      const auto [it, added] = contents.emplace(criterion.code(), criterion.SerializeAsString());
      if (added || it->second == criterion.SerializeAsString()) continue;
      faults.Add(text::Cat("formats[", i, mentor ? "].mentor" : "].mentee", ".criteria[", j, "]"),
                 kCriterionDiffers, {criterion.code()});
    }
  }
}

}  // namespace

bool IsThere(const v1::Format& format, v1::Subject side) {
  if (side == v1::SUBJECT_MENTEE) return format.mentees().most() > 0;
  return side == v1::SUBJECT_MENTOR && format.mentors().most() > 0;
}

void CheckSides(const v1::Format& format, const google::protobuf::RepeatedField<int>& sides,
                const std::string& field, Faults& faults) {
  std::set<int> seen;
  for (int i = 0; i < sides.size(); ++i) {
    const std::string at = text::Cat(field, "[", i, "]");
    if (!IsThere(format, static_cast<v1::Subject>(sides[i]))) {
      faults.Add(at, kSideAbsent);
    } else if (!seen.insert(sides[i]).second) {
      faults.Add(at, kDoubled, {std::to_string(sides[i])});
    }
  }
}

void CheckFormats(const v1::ProgramDefinition& definition, const Registry& registry,
                  Faults& faults) {
  if (definition.formats().empty()) faults.Add("formats", kRequired);
  faults.Count("formats", definition.formats_size(), kMostFormats);
  std::set<std::string> codes;
  for (int i = 0; i < definition.formats_size(); ++i) {
    const std::string path = text::Cat("formats[", i, "]");
    faults.Code(path + ".code", definition.formats(i).code(), &codes);
    FormatChecker(definition, definition.formats(i), registry, path, faults).Run();
  }
  for (const v1::Subject side : kSides) CheckCodesAcross(definition, side, faults);
}

}  // namespace tremplin::program::check
