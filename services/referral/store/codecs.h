#ifndef TREMPLIN_SERVICES_REFERRAL_STORE_CODECS_H_
#define TREMPLIN_SERVICES_REFERRAL_STORE_CODECS_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/database/columns.h"
#include "services/referral/store/rows.h"

// How referral's values are held by columns (common/database/columns.h).
namespace tremplin::referral::store {

using SideName = database::Coded<Side, NameOf, SideOf>;
using DoorName = database::Coded<Door, NameOf, DoorOf>;
using StateName = database::Coded<State, NameOf, StateOf>;
using SpeakerName = database::Coded<ConsentSpeaker, NameOf, SpeakerOf>;

inline database::Bytes PackFindings(const std::vector<Finding>& findings) {
  return BytesOf(findings);
}
inline database::Bytes PackCodes(const std::vector<std::string>& codes) { return BytesOf(codes); }
using FindingBytes = database::Packed<PackFindings, FindingsOf>;
using CodeBytes = database::Packed<PackCodes, CodesOf>;

}  // namespace tremplin::referral::store

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_CODECS_H_
