#ifndef TREMPLIN_SERVICES_REFERRAL_APP_SEARCH_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_SEARCH_H_

#include <string>
#include <vector>

#include "common/seal/seal.h"
#include "services/referral/domain/file.h"

namespace tremplin::referral::app {

// Keyed hashes of how the words of the person's names begin, each once: by them staff find people
// while names themselves lie sealed.
std::vector<std::string> TokensOf(const seal::Sealer& sealer, const File& file);

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_SEARCH_H_
