#ifndef TREMPLIN_COMMON_PROGRAM_FORMAT_H_
#define TREMPLIN_COMMON_PROGRAM_FORMAT_H_

#include <string_view>
#include <vector>

#include "tremplin/program/v1/program.pb.h"

// A format is bounds, a lifetime and steps (design §6). Pure. What is returned lives as long as the
// definition.
namespace tremplin::program {

// The definition's format of that code; nullptr when it has none.
const v1::Format* FindFormat(const v1::ProgramDefinition& definition, std::string_view code);

// What the bounds and the lifetime make of it.
enum class Shape {
  kPair,      // one and one
  kGroup,     // more than one on a side
  kPeers,     // nobody on the mentors' side
  kMeetings,  // one and one, a single meeting that leads on to others
};
Shape ShapeOf(const v1::Format& format);

bool InitiatedBy(const v1::Format& format, v1::Initiator initiator);

// The step of that kind; nullptr when the format goes without.
const v1::ProposalStep* FindStep(const v1::Format& format, v1::ProposalStep::Kind kind);
// Whether the step asks that side.
bool Asks(const v1::ProposalStep& step, v1::Subject side);

// What a format asks of a side: the program's criteria but those it does not ask, then its own.
std::vector<const v1::Criterion*> CriteriaOf(const v1::ProgramDefinition& definition,
                                             const v1::Format& format, v1::Subject side);
// Every criterion of a side, the program's and then each format's, once.
std::vector<const v1::Criterion*> AllCriteria(const v1::ProgramDefinition& definition,
                                              v1::Subject side);

// What a definition asks of a side, found once for many decisions.
struct SideCriteria {
  struct OfFormat {
    std::string_view format;
    std::vector<std::string_view> codes;
  };
  std::vector<const v1::Criterion*> all;
  // Of each format that has a place for the side; the others take nobody on it.
  std::vector<OfFormat> formats;
};
SideCriteria SideCriteriaOf(const v1::ProgramDefinition& definition, v1::Subject side);

// Days of the last step of AGREEMENT; 0 when the format has none.
int AgreementDays(const v1::Format& format);

}  // namespace tremplin::program

#endif  // TREMPLIN_COMMON_PROGRAM_FORMAT_H_
