#ifndef TREMPLIN_TOOLS_TREMPLINCTL_ACCESS_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_ACCESS_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/tremplinctl/command.h"
#include "tremplin/options/v1/options.pb.h"

// How access is written on the command line.
namespace tremplin::ctl {

// Adds its subcommands, which AddAccess does; as command.h says of the others.
void AddSignIn(CLI::App& app, const Globals& globals, absl::Status& result);

// {"agency", …} as --role takes them.
std::map<std::string, options::v1::Role> Roles();
// "agency" for ROLE_AGENCY.
std::string WordOf(options::v1::Role role);

// "organizations/ociso", however it was given; "" stays "".
std::string Name(std::string_view collection, const std::string& id);

template <class Map>
std::vector<std::string> KeysOf(const Map& map) {
  std::vector<std::string> keys;
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_ACCESS_H_
