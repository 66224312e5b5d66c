#ifndef TREMPLIN_COMMON_CONFIG_KEYS_H_
#define TREMPLIN_COMMON_CONFIG_KEYS_H_

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/config/config.h"

namespace tremplin::config {

// Which processes a key is for: a set of shapes.
enum class For : unsigned {
  kStandalone = 1,
  kService = 2,
  kGateway = 4,
  kBoth = kStandalone | kService,
  kWeb = kStandalone | kGateway,
  kDistributed = kService | kGateway,
  kAll = kStandalone | kService | kGateway
};

// One key: what it is called, whom it is for, and how its text becomes a member of Config.
struct Key {
  std::string_view name;
  For shape;
  // Whether the flag may stand without a value, which means "true".
  bool flag;
  std::string_view help;
  // Returns what is wrong with the text, "" when it was taken.
  std::function<std::string(Config&, const std::string&)> set;
};

// Every key there is, in the order of --help.
const std::vector<Key>& Keys();

// What is wrong with values together: contradictory or missing. One text a fault, each naming its
// keys.
std::vector<std::string> CheckTogether(const Config& config, Shape shape);

}  // namespace tremplin::config

#endif  // TREMPLIN_COMMON_CONFIG_KEYS_H_
