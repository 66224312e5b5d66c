#ifndef TREMPLIN_TOOLS_TREMPLINCTL_PHONE_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_PHONE_H_

#include "tools/tremplinctl/command.h"

namespace tremplin::ctl {

void AddPhone(CLI::App& app, const Globals& globals, absl::Status& result);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_PHONE_H_
