#ifndef TREMPLIN_SERVICES_MATCHING_STORE_PINNED_H_
#define TREMPLIN_SERVICES_MATCHING_STORE_PINNED_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "services/matching/domain/proposal.h"
#include "services/matching/engine/matcher.h"

// What a proposal keeps as it was when it was made, in bytes. Pure. DATA_LOSS for bytes that are
// none.
namespace tremplin::matching::store {

std::string EncodeContributions(const std::vector<engine::Contribution>& contributions);
absl::StatusOr<std::vector<engine::Contribution>> DecodeContributions(const std::string& bytes);

// Terms as the part of a program's definition that they were pinned from; the agreement stands as a
// step, and who may fill a gap as the one who would initiate it.
std::string EncodeTerms(const domain::Terms& terms);
absl::StatusOr<domain::Terms> DecodeTerms(const std::string& bytes);

}  // namespace tremplin::matching::store

#endif  // TREMPLIN_SERVICES_MATCHING_STORE_PINNED_H_
