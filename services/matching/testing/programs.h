#ifndef TREMPLIN_SERVICES_MATCHING_TESTING_PROGRAMS_H_
#define TREMPLIN_SERVICES_MATCHING_TESTING_PROGRAMS_H_

#include <string>

#include "tremplin/program/v1/program.pb.h"

// Programs for matching's tests, bound to a registry of their own: what matching makes of a definition, without what the
// real ones change over time.
namespace tremplin::matching {

inline constexpr char kOneToOne[] = "one_to_one";

// One to one: interest, contact meeting, acceptance, agreement; weighs all criteria of the engine.
program::v1::ProgramDefinition Ottawa();
// The same, where staff approve what the engine suggests, within so many days.
program::v1::ProgramDefinition WithApproval(program::v1::ProgramDefinition definition, int days);

// "group": 3 to 4 mentees with 2 mentors, who accept.
program::v1::Format GroupFormat();
// "peer": two mentees with each other.
program::v1::Format PeerFormat();
// "meeting": single meetings with a connector, two open at once, two for a connector.
program::v1::Format MeetingFormat();
// "asked": mentees ask mentors, at most two at once; the mentor accepts, then the mentee.
program::v1::Format AskedFormat();
// A program with these formats alone, proposed by staff's runs.
program::v1::ProgramDefinition WithFormat(const program::v1::Format& format);

}  // namespace tremplin::matching

#endif  // TREMPLIN_SERVICES_MATCHING_TESTING_PROGRAMS_H_
