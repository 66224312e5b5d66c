#ifndef TREMPLIN_SERVICES_MATCHING_MODULE_H_
#define TREMPLIN_SERVICES_MATCHING_MODULE_H_

#include "common/host/module.h"

namespace tremplin::matching {

// Matching as a library: pool, proposals, reservations.
host::ModuleSpec Spec();

}  // namespace tremplin::matching

#endif  // TREMPLIN_SERVICES_MATCHING_MODULE_H_
