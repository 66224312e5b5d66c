#ifndef TREMPLIN_TOOLS_TREMPLINCTL_POPULATION_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_POPULATION_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/tremplinctl/api.h"
#include "tremplin/options/v1/options.pb.h"
#include "tremplin/program/v1/facts.pb.h"
#include "tremplin/program/v1/program.pb.h"

// What stands in a system before anybody is referred: facts, programs, organizations, keys. Every
// request id follows from what is asked for, so that doing it twice changes nothing.
namespace tremplin::ctl {

inline constexpr char kRegistration[] = "tremplin.registration.v1.RegistrationService/";

struct AgencyNames {
  std::string en;
  std::string fr;
};

// agencies.csv: agency → names.
absl::StatusOr<std::map<std::string, AgencyNames>> ReadAgencies(const std::string& path);

// Every registry of facts (*.textproto) of a folder as one, in the order of the files' names.
absl::StatusOr<program::v1::FactRegistry> ReadFacts(const std::string& folder);
// Every definition (*.textproto) of a folder, in the order of the files' names.
absl::StatusOr<std::vector<program::v1::ProgramDefinition>> ReadPrograms(const std::string& folder);

absl::Status PublishFacts(Api& api, const program::v1::FactRegistry& facts);
absl::Status PublishProgram(Api& api, const program::v1::ProgramDefinition& definition);
// The owner of a program and whoever plays a part in it, as organizations; who is there already
// stays as it is.
absl::Status CreateOrganizationsOf(Api& api, const program::v1::ProgramDefinition& definition);

absl::Status CreateAgency(Api& api, const std::string& id, const AgencyNames& names);

// The key of an agency; of a coordinator of `program` (a resource name); of a person in a role.
// Asked again, the same key comes back while the system keeps the answer.
absl::StatusOr<std::string> AgencyKey(Api& api, const std::string& agency);
absl::StatusOr<std::string> CoordinatorKey(Api& api, const std::string& program);
absl::StatusOr<std::string> PersonKey(Api& api, options::v1::Role role, const std::string& person,
                                      const std::string& program);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_POPULATION_H_
