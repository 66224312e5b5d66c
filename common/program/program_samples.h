#ifndef TREMPLIN_COMMON_PROGRAM_PROGRAM_SAMPLES_H_
#define TREMPLIN_COMMON_PROGRAM_PROGRAM_SAMPLES_H_

#include <vector>

#include "tremplin/program/v1/program.pb.h"

// Definitions for tests of this folder.
namespace tremplin::program::samples {

// What deploy/facts holds.
v1::FactRegistry Base();

// A valid definition that uses every field, with one format of each shape.
v1::ProgramDefinition Rich();

// What deploy/programs holds.
std::vector<v1::ProgramDefinition> Deployed();

}  // namespace tremplin::program::samples

#endif  // TREMPLIN_COMMON_PROGRAM_PROGRAM_SAMPLES_H_
