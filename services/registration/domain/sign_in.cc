#include "services/registration/domain/sign_in.h"

#include <algorithm>

namespace tremplin::registration::domain {

absl::Time SessionOver(absl::Time used, absl::Time expires) {
  return std::min(used + kSessionIdle, expires);
}

bool IsOwnPath(std::string_view path) {
  constexpr size_t kLongest = 500;
  if (path.empty() || path.size() > kLongest || path.front() != '/') return false;
  if (path.size() > 1 && path[1] == '/') return false;
  return std::all_of(path.begin(), path.end(),
                     [](char c) { return c > ' ' && c < '\x7f' && c != '\\'; });
}

}  // namespace tremplin::registration::domain
