#ifndef TREMPLIN_SERVICES_SESSION_MODULE_H_
#define TREMPLIN_SERVICES_SESSION_MODULE_H_

#include "common/host/module.h"

namespace tremplin::session {

// Engagements as a library: documents, sessions, plan, introductions, check-ins, reviews, end.
host::ModuleSpec Spec();

}  // namespace tremplin::session

#endif  // TREMPLIN_SERVICES_SESSION_MODULE_H_
