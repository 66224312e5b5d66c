#include <filesystem>
#include <string>
#include <vector>

#include "common/host/host.h"
#include "services/gateway/module.h"
#include "services/standalone/modules.h"

// The whole system in one process on the embedded store, with the gateway before it. Called by the
// name of one service or of the gateway (tremplin-referral, a link to this program) it is that one,
// as the program of that name would be: an installation holds the code of all once.
int main(int argc, char** argv) {
  const std::vector<tremplin::host::ModuleSpec> modules = tremplin::standalone::Modules();
  const std::string called = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "";
  for (const tremplin::host::ModuleSpec& module : modules) {
    if (called == std::string("tremplin-").append(module.name)) {
      return tremplin::host::RunService(argc, argv, module);
    }
  }
  if (called == "tremplin-gateway") {
    return tremplin::host::RunStateless(argc, argv, "gateway", tremplin::gateway::MakeFront);
  }
  return tremplin::host::RunStandalone(argc, argv, modules, tremplin::gateway::MakeFront);
}
