#include "common/host/host.h"
#include "services/notification/module.h"

int main(int argc, char** argv) {
  return tremplin::host::RunService(argc, argv, tremplin::notification::Spec());
}
