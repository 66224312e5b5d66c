#include "common/host/host.h"
#include "services/matching/module.h"
#include "services/notification/module.h"
#include "services/outcome/module.h"
#include "services/referral/module.h"
#include "services/registration/module.h"
#include "services/session/module.h"

// The whole system in one process on the embedded store.
int main(int argc, char** argv) {
  const tremplin::host::ModuleSpec modules[] = {
      tremplin::registration::Spec(), tremplin::referral::Spec(), tremplin::matching::Spec(),
      tremplin::session::Spec(),      tremplin::outcome::Spec(),  tremplin::notification::Spec()};
  return tremplin::host::RunStandalone(argc, argv, modules);
}
