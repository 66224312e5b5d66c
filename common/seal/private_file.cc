#include "common/seal/private_file.h"

#include <unistd.h>

#include <algorithm>
#include <vector>

namespace tremplin::seal {

bool IsPrivateFile(const struct stat& info) {
  if (!S_ISREG(info.st_mode) || (info.st_mode & (S_IWGRP | S_IXGRP | S_IRWXO)) != 0) return false;
  if ((info.st_mode & S_IRGRP) == 0 || info.st_gid == getegid()) return true;
  std::vector<gid_t> groups(static_cast<size_t>(std::max(0, getgroups(0, nullptr))));
  const int count = getgroups(static_cast<int>(groups.size()), groups.data());
  groups.resize(static_cast<size_t>(std::max(0, count)));
  return std::find(groups.begin(), groups.end(), info.st_gid) != groups.end();
}

}  // namespace tremplin::seal
