#ifndef TREMPLIN_TOOLS_TREMPLINCTL_MAIL_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_MAIL_H_

#include "tools/tremplinctl/command.h"

namespace tremplin::ctl {

void AddMail(CLI::App& app, const Globals& globals, absl::Status& result);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_MAIL_H_
