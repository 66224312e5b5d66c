#include "common/host/host.h"
#include "services/gateway/module.h"

// HTTP/JSON before the services.
int main(int argc, char** argv) {
  return tremplin::host::RunStateless(argc, argv, "gateway", tremplin::gateway::MakeFront);
}
