#ifndef TREMPLIN_SERVICES_REFERRAL_APP_DEPS_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_DEPS_H_

#include "common/cache/cache.h"
#include "common/classification/classification.h"
#include "common/database/database.h"
#include "common/outbox/outbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/rpc/idempotency.h"
#include "common/seal/seal.h"

namespace tremplin::referral::app {

// What the handlers work with; lives as long as the module.
struct Deps {
  database::Database& db;
  rpc::Commands& commands;
  const outbox::Outbox& outbox;
  program::ProgramStore& programs;
  const seal::Sealer& sealer;
  const classification::Classification& tables;
  peers::Peers& peers;
  cache::Cache& cache;
};

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_DEPS_H_
