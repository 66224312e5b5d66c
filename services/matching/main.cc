#include "common/host/host.h"
#include "services/matching/module.h"

int main(int argc, char** argv) {
  return tremplin::host::RunService(argc, argv, tremplin::matching::Spec());
}
