#include "common/host/host.h"
#include "services/outcome/module.h"

int main(int argc, char** argv) {
  return tremplin::host::RunService(argc, argv, tremplin::outcome::Spec());
}
