#include "common/program/format.h"

#include <algorithm>
#include <set>
#include <string>

namespace tremplin::program {
namespace {

template <class List, class Value>
bool Holds(const List& list, const Value& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

const v1::Criteria& OwnOf(const v1::Format& format, v1::Subject side) {
  return side == v1::SUBJECT_MENTOR ? format.mentor() : format.mentee();
}
const v1::Criteria& OwnOf(const v1::ProgramDefinition& definition, v1::Subject side) {
  return side == v1::SUBJECT_MENTOR ? definition.mentor() : definition.mentee();
}

}  // namespace

const v1::Format* FindFormat(const v1::ProgramDefinition& definition, std::string_view code) {
  for (const v1::Format& format : definition.formats()) {
    if (format.code() == code) return &format;
  }
  return nullptr;
}

Shape ShapeOf(const v1::Format& format) {
  if (format.mentors().most() == 0) return Shape::kPeers;
  if (format.mentees().most() > 1 || format.mentors().most() > 1) return Shape::kGroup;
  const v1::Engagement& engagement = format.engagement();
  const bool single = engagement.lifetime_case() == v1::Engagement::kSingleMeetingMinutes;
  return single && engagement.introductions().count() > 0 ? Shape::kMeetings : Shape::kPair;
}

bool InitiatedBy(const v1::Format& format, v1::Initiator initiator) {
  return Holds(format.initiators(), static_cast<int>(initiator));
}

const v1::ProposalStep* FindStep(const v1::Format& format, v1::ProposalStep::Kind kind) {
  for (const v1::ProposalStep& step : format.steps()) {
    if (step.kind() == kind) return &step;
  }
  return nullptr;
}

bool Asks(const v1::ProposalStep& step, v1::Subject side) {
  return step.asked().empty() || Holds(step.asked(), static_cast<int>(side));
}

std::vector<const v1::Criterion*> CriteriaOf(const v1::ProgramDefinition& definition,
                                             const v1::Format& format, v1::Subject side) {
  const auto& not_asked =
      side == v1::SUBJECT_MENTOR ? format.mentor_not_asked() : format.mentee_not_asked();
  std::vector<const v1::Criterion*> criteria;
  for (const v1::Criterion& criterion : OwnOf(definition, side).criteria()) {
    if (!Holds(not_asked, criterion.code())) criteria.push_back(&criterion);
  }
  for (const v1::Criterion& criterion : OwnOf(format, side).criteria()) {
    criteria.push_back(&criterion);
  }
  return criteria;
}

std::vector<const v1::Criterion*> AllCriteria(const v1::ProgramDefinition& definition,
                                              v1::Subject side) {
  std::vector<const v1::Criterion*> criteria;
  std::set<std::string_view> seen;
  const auto add = [&](const v1::Criteria& own) {
    for (const v1::Criterion& criterion : own.criteria()) {
      if (seen.insert(criterion.code()).second) criteria.push_back(&criterion);
    }
  };
  add(OwnOf(definition, side));
  for (const v1::Format& format : definition.formats()) add(OwnOf(format, side));
  return criteria;
}

SideCriteria SideCriteriaOf(const v1::ProgramDefinition& definition, v1::Subject side) {
  SideCriteria asked{AllCriteria(definition, side), {}};
  for (const v1::Format& format : definition.formats()) {
    if ((side == v1::SUBJECT_MENTOR ? format.mentors() : format.mentees()).most() == 0) continue;
    SideCriteria::OfFormat& own = asked.formats.emplace_back();
    own.format = format.code();
    for (const v1::Criterion* criterion : CriteriaOf(definition, format, side)) {
      own.codes.push_back(criterion->code());
    }
  }
  return asked;
}

int AgreementDays(const v1::Format& format) {
  const v1::ProposalStep* step = FindStep(format, v1::ProposalStep::KIND_AGREEMENT);
  return step == nullptr ? 0 : step->days();
}

}  // namespace tremplin::program
