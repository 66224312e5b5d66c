#ifndef TREMPLIN_COMMON_HOST_PROGRAM_SYNC_H_
#define TREMPLIN_COMMON_HOST_PROGRAM_SYNC_H_

#include "common/cache/cache.h"
#include "common/inbox/inbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"

namespace tremplin::host {

// Keeps the service's copy of published programs: on ProgramPublished the definition of that
// version is fetched, by one of the services that share a cache, from registration and stored.
void FollowPrograms(peers::Peers& peers, cache::Cache& cache, program::ProgramStore& programs,
                    inbox::Handlers& handlers);

}  // namespace tremplin::host

#endif  // TREMPLIN_COMMON_HOST_PROGRAM_SYNC_H_
