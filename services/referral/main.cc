#include "common/host/host.h"
#include "services/referral/module.h"

int main(int argc, char** argv) {
  return tremplin::host::RunService(argc, argv, tremplin::referral::Spec());
}
