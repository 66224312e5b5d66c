#ifndef TREMPLIN_TOOLS_TREMPLINCTL_TABLES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_TABLES_H_

#include "tools/tremplinctl/output.h"
#include "tremplin/outcome/v1/outcome.pb.h"

namespace tremplin::ctl {

// Both with their titles in English and French side by side.
void PrintFunnel(const outcome::v1::Funnel& funnel);
void PrintReport(Language language, const outcome::v1::OutcomeReport& report);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_TABLES_H_
