#include "tests/bench/processor.h"

#include <unistd.h>

#include <sstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/process.h"

namespace tremplin::bench {

double ProcessorMicros(pid_t process) {
  // The command's name, the second field, is in parentheses and may hold blanks.
  const std::string stat = testing::ReadFile(absl::StrCat("/proc/", process, "/stat"));
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

}  // namespace tremplin::bench
