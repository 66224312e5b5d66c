#ifndef TREMPLIN_SERVICES_STANDALONE_MODULES_H_
#define TREMPLIN_SERVICES_STANDALONE_MODULES_H_

#include <vector>

#include "common/host/module.h"

namespace tremplin::standalone {

// Every service as a module of one process, in the order of cmake/Services.cmake.
std::vector<host::ModuleSpec> Modules();

}  // namespace tremplin::standalone

#endif  // TREMPLIN_SERVICES_STANDALONE_MODULES_H_
