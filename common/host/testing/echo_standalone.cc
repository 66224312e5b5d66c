#include "common/host/host.h"
#include "common/host/testing/echo_module.h"

// The host's lifecycle around one small module, for the test that starts and ends it.
int main(int argc, char** argv) {
  const tremplin::host::ModuleSpec modules[] = {tremplin::host::testing::EchoSpec()};
  return tremplin::host::RunStandalone(argc, argv, modules);
}
