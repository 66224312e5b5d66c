#ifndef TREMPLIN_SERVICES_REGISTRATION_TESTING_EXAMPLE_H_
#define TREMPLIN_SERVICES_REGISTRATION_TESTING_EXAMPLE_H_

#include "tremplin/program/v1/facts.pb.h"
#include "tremplin/program/v1/program.pb.h"

// A registry of facts and a program for the tests of registration, apart from those in deploy/.
namespace tremplin::registration {

inline constexpr char kProgram[] = "programs/example-mentoring";
inline constexpr char kProgramId[] = "example-mentoring";
inline constexpr char kOwner[] = "owner";

// Facts of every use and of everybody who may state one.
program::v1::FactRegistry ExampleFacts();

// One and one; mentees pass a gate and an orientation, mentors an orientation, a workshop they may
// leave out and record themselves, and an interview.
program::v1::ProgramDefinition ExampleProgram();

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_TESTING_EXAMPLE_H_
