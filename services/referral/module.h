#ifndef TREMPLIN_SERVICES_REFERRAL_MODULE_H_
#define TREMPLIN_SERVICES_REFERRAL_MODULE_H_

#include "common/host/module.h"

namespace tremplin::referral {

// Referrals, their assessment, and the agencies' status feed.
host::ModuleSpec Spec();

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_MODULE_H_
