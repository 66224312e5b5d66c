#ifndef TREMPLIN_TOOLS_TREMPLINCTL_ROWS_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_ROWS_H_

#include <string>
#include <vector>

#include "tools/tremplinctl/files.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

// Rows of the CSV files as requests of the API. Cells go as they stand: what is wrong with them is
// the services' to say, so that a file and a partner's system get the same answers.
namespace tremplin::ctl {

// Columns of a referrals file; "agency" may be missing where --agency gives it.
std::vector<std::string> ReferralColumns();
referral::v1::ReferralFile ToFile(const Sheet& row);

std::vector<std::string> MentorColumns();
// "goals": codes between blanks, as classification::Goals; most files have none.
std::vector<std::string> OptionalMentorColumns();
// Everything but program, door's organization and request id.
registration::v1::CreateEnrolmentRequest ToMentor(const Sheet& row);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_ROWS_H_
