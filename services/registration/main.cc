#include "common/host/host.h"
#include "services/registration/module.h"

int main(int argc, char** argv) {
  return tremplin::host::RunService(argc, argv, tremplin::registration::Spec());
}
