#ifndef TREMPLIN_SERVICES_OUTCOME_MODULE_H_
#define TREMPLIN_SERVICES_OUTCOME_MODULE_H_

#include "common/host/module.h"

namespace tremplin::outcome {

// Follow-ups, answers, employment, the funnel and the report.
host::ModuleSpec Spec();

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_MODULE_H_
