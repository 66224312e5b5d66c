#include "tools/tremplinctl/command.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_split.h"
#include "common/services/services.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/messages.h"

namespace tremplin::ctl {

std::string DefaultKeyFile() {
  const char* const installed = "/var/lib/tremplin/operator.key";
  const char* const checkout = "var/operator.key";
  return access(checkout, F_OK) != 0 && access(installed, R_OK) == 0 ? installed : checkout;
}

std::string Globals::KeysDir() const {
  if (!keys_dir.empty()) return keys_dir;
  return (std::filesystem::path(key_file).parent_path() / "keys").string();
}

absl::StatusOr<std::unique_ptr<Api>> Globals::Open() const {
  ApiOptions options;
  options.language = language();
  options.tls = {tls_certificate, tls_key, tls_ca};
  TREMPLIN_ASSIGN_OR_RETURN(options.credential, ReadKey(key_file));
  for (const std::string& service : services::Names()) {
    if (addresses.empty()) options.addresses[service] = {address};
  }
  for (const auto part : absl::StrSplit(addresses, ',', absl::SkipEmpty())) {
    const std::pair<std::string, std::string> pair = absl::StrSplit(part, absl::MaxSplits('=', 1));
    const auto& known = services::Names();
    if (pair.second.empty() || std::find(known.begin(), known.end(), pair.first) == known.end()) {
      return status::Error(absl::StatusCode::kInvalidArgument, kAddressWrong, {std::string(part)});
    }
    options.addresses[pair.first].push_back(pair.second);
  }
  return Api::Open(std::move(options));
}

}  // namespace tremplin::ctl
