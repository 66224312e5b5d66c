// tremplin-bench [name…] [--quick] [--json FILE]: run through ./tools/bench, which builds for
// release and starts servers.

#include <cstdio>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/benches.h"
#include "tests/bench/load.h"
#include "tests/bench/report.h"
#include "tests/bench/web_load.h"

int main(int argc, char** argv) {
  using tremplin::bench::Effort;
  using tremplin::bench::Report;
  const std::vector<std::pair<std::string, std::function<void(Report&, const Effort&)>>> benches = {
      {"submit-embedded", tremplin::bench::SubmitEmbedded},
      {"submit-distributed", tremplin::bench::SubmitDistributed},
      {"reads", tremplin::bench::Reads},
      {"reads-distributed", tremplin::bench::ReadsDistributed},
      {"gateway", tremplin::bench::Gateway},
      {"visibility-embedded", tremplin::bench::VisibilityEmbedded},
      {"visibility-distributed", tremplin::bench::VisibilityDistributed},
      {"arrival", tremplin::bench::Arrival},
      {"arrival-large", tremplin::bench::ArrivalLarge},
      {"judging", tremplin::bench::Judging},
      {"import", tremplin::bench::Import},
      {"preview", tremplin::bench::Preview},
      {"rest", tremplin::bench::Rest},
      {"rest-distributed", tremplin::bench::RestDistributed},
      {"growth", tremplin::bench::Growth},
  };
  std::vector<std::string> wanted;
  std::string json;
  Effort effort;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--serve-echo") return tremplin::bench::ServeEcho();
    if (argument == "--serve-bytes" && i + 1 < argc) {
      return tremplin::bench::ServeBytes(argv[i + 1]);
    }
    if (argument == "--quick") {
      effort.quick = true;
    } else if (argument == "--json" && i + 1 < argc) {
      json = argv[++i];
    } else {
      wanted.push_back(argument);
    }
  }
  Report report;
  size_t run = 0;
  for (const auto& [name, bench] : benches) {
    bool chosen = wanted.empty();
    for (const std::string& each : wanted) chosen = chosen || name.starts_with(each);
    if (!chosen) continue;
    std::fprintf(stderr, "%s\n", name.c_str());
    bench(report, effort);
    ++run;
  }
  if (run == 0) {
    std::fprintf(stderr, "no such benchmark; there are:\n");
    for (const auto& [name, bench] : benches) std::fprintf(stderr, "  %s\n", name.c_str());
    return 2;
  }
  std::printf("%s", report.Table().c_str());
  if (!json.empty()) std::ofstream(json) << report.Json();
  return 0;
}
