#ifndef TREMPLIN_TOOLS_TREMPLINCTL_POPULATION_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_POPULATION_H_

#include <map>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/tremplinctl/api.h"
#include "tools/tremplinctl/output.h"
#include "tools/tremplinctl/workers.h"
#include "tremplin/options/v1/options.pb.h"

// What stands in a system before anybody is referred: program, organizations, keys, mentors. Every
// request id follows from what is asked for, so that doing it twice changes nothing.
namespace tremplin::ctl {

inline constexpr char kRegistration[] = "tremplin.registration.v1.RegistrationService/";

struct AgencyNames {
  std::string en;
  std::string fr;
};

// agencies.csv: agency → names.
absl::StatusOr<std::map<std::string, AgencyNames>> ReadAgencies(const std::string& path);

// Publishes every *.textproto of a folder; returns how many.
absl::StatusOr<int> PublishPrograms(Api& api, const std::string& folder);

absl::Status CreateAgency(Api& api, const std::string& id, const AgencyNames& names);

// The key of an agency; of a coordinator of `program` (a resource name); of a person in a role.
// Asked again, the same key comes back while the system keeps the answer.
absl::StatusOr<std::string> AgencyKey(Api& api, const std::string& agency);
absl::StatusOr<std::string> CoordinatorKey(Api& api, const std::string& program);
absl::StatusOr<std::string> PersonKey(Api& api, options::v1::Role role, const std::string& person,
                                      const std::string& program);

struct MentorsResult {
  int64_t enrolled = 0;
  int64_t there = 0;
};
absl::StatusOr<MentorsResult> ImportMentors(Api& api, Workers& workers, const std::string& path,
                                            const std::string& program, Progress& progress);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_POPULATION_H_
