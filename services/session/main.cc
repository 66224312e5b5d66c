#include "common/host/host.h"
#include "services/session/module.h"

int main(int argc, char** argv) {
  return tremplin::host::RunService(argc, argv, tremplin::session::Spec());
}
