#ifndef TREMPLIN_COMMON_HOST_TESTING_ECHO_MODULE_H_
#define TREMPLIN_COMMON_HOST_TESTING_ECHO_MODULE_H_

#include "common/host/module.h"

namespace tremplin::host::testing {

// The smallest module that uses everything: Count stores a row, publishes an event and sets a timer
// for one day later; the event's handler and the timer store rows of their own.
//   echo_row (seq, kind: "call", "event" or "timer", text)
ModuleSpec EchoSpec();

}  // namespace tremplin::host::testing

#endif  // TREMPLIN_COMMON_HOST_TESTING_ECHO_MODULE_H_
