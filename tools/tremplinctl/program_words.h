#ifndef TREMPLIN_TOOLS_TREMPLINCTL_PROGRAM_WORDS_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_PROGRAM_WORDS_H_

#include <string>
#include <vector>

#include "common/messages/message.h"
#include "tremplin/program/v1/program.pb.h"

// A definition in plain words. Pure.
namespace tremplin::ctl {

// Who a program is for, what it asks, its steps, formats, lifetimes and follow-up, as lines.
// `definition` is bound to its registry.
std::string Explain(const program::v1::ProgramDefinition& definition, messages::Language language);

// What differs, a line for each field or each part that came or went: "~ kind: KIND_OPEN →
// KIND_NETWORK",
// "+ formats[group]", "- mentee.criteria[resume]". Parts that have a code are told by it, whatever
// their place. The registries are not compared.
std::vector<std::string> Differences(const program::v1::ProgramDefinition& before,
                                     const program::v1::ProgramDefinition& after);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_PROGRAM_WORDS_H_
