// tremplin-bench-candidates [--quick]

#include <cstdio>
#include <cstring>

#include "tests/bench/matching/candidates_bench.h"

int main(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
  for (const tremplin::bench::Row& row : tremplin::bench::MeasureCandidates(quick)) {
    std::printf("%-16s %-40s %12.2f %s\n", row.instance.c_str(), row.what.c_str(), row.value,
                row.unit.c_str());
  }
  return 0;
}
