#include "common/host/host.h"
#include "services/standalone/modules.h"

// The whole system in one process on the embedded store.
int main(int argc, char** argv) {
  return tremplin::host::RunStandalone(argc, argv, tremplin::standalone::Modules());
}
