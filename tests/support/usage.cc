#include "tests/support/usage.h"

#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "tests/support/process.h"

namespace tremplin::testing {
namespace {

// The first number of a line of /proc/<pid>/status.
double StatusOf(pid_t process, std::string_view name) {
  std::istringstream status(ReadFile(absl::StrCat("/proc/", process, "/status")));
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(name)) continue;
    std::istringstream fields(line.substr(name.size()));
    double number = 0;
    fields >> number;
    return number;
  }
  return 0;
}

}  // namespace

double ProcessorMicros(pid_t process) {
  // The command's name, the second field, is in parentheses and may hold blanks.
  const std::string stat = ReadFile(absl::StrCat("/proc/", process, "/stat"));
  const size_t name_end = stat.rfind(')');
  if (name_end == std::string::npos) return 0;
  std::istringstream fields(stat.substr(name_end + 1));
  constexpr int kBeforeTimes = 11;  // state … cmajflt
  std::string skipped;
  for (int i = 0; i < kBeforeTimes; ++i) fields >> skipped;
  double user = 0;
  double kernel = 0;
  fields >> user >> kernel;
  return (user + kernel) * 1e6 / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double ResidentMegabytes(pid_t process) { return StatusOf(process, "VmRSS:") / 1024; }

int OpenFiles(pid_t process) {
  std::error_code gone;
  const std::filesystem::directory_iterator files(absl::StrCat("/proc/", process, "/fd"), gone);
  return gone ? 0 : static_cast<int>(std::distance(begin(files), end(files)));
}

int Threads(pid_t process) { return static_cast<int>(StatusOf(process, "Threads:")); }

}  // namespace tremplin::testing
