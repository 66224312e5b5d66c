#ifndef TREMPLIN_COMMON_SERVICES_SERVICES_H_
#define TREMPLIN_COMMON_SERVICES_SERVICES_H_

#include <string>
#include <vector>

namespace tremplin::services {

// The names of the services that this build is made of ("registration", …), as listed in
// cmake/Services.cmake, in that order. Lives as long as the program.
const std::vector<std::string>& Names();

}  // namespace tremplin::services

#endif  // TREMPLIN_COMMON_SERVICES_SERVICES_H_
