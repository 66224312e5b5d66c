#ifndef TREMPLIN_SERVICES_NOTIFICATION_MODULE_H_
#define TREMPLIN_SERVICES_NOTIFICATION_MODULE_H_

#include "common/host/module.h"

namespace tremplin::notification {

// Messages due, kept in an outbox that can be read.
host::ModuleSpec Spec();

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_MODULE_H_
