#ifndef TREMPLIN_SERVICES_REGISTRATION_MODULE_H_
#define TREMPLIN_SERVICES_REGISTRATION_MODULE_H_

#include "common/host/module.h"

namespace tremplin::registration {

// Programs, organizations, people, enrolments, keys, business time.
host::ModuleSpec Spec();

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_MODULE_H_
