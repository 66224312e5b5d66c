#include "tools/tremplinctl/season/engaged.h"

#include <algorithm>
#include <tuple>

#include "tools/tremplinctl/season/pairing.h"

namespace tremplin::ctl::season {

using session::v1::Engagement;
using session::v1::Participant;

const char* NameOf(program::v1::Subject side) {
  return side == program::v1::SUBJECT_MENTEE ? "mentee" : "mentor";
}

std::vector<Participant> Present(const Engagement& engagement) {
  std::vector<Participant> present;
  for (const Participant& one : engagement.participants()) {
    if (!one.has_leave_time()) present.push_back(one);
  }
  std::sort(present.begin(), present.end(), [](const Participant& a, const Participant& b) {
    return std::pair(static_cast<int>(a.side()), a.business_key()) <
           std::pair(static_cast<int>(b.side()), b.business_key());
  });
  return present;
}

bool IsPair(const Engagement& engagement) { return !PairKey(Present(engagement), "").empty(); }

std::string KeyOf(const Engagement& engagement) {
  const std::vector<Participant> present = Present(engagement);
  return PairKey(present, present.empty() ? engagement.name() : present.front().business_key());
}

std::string KeyOf(const Engagement& engagement, const Participant& who) {
  return PairKey(Present(engagement), who.business_key());
}

const Participant& FirstOf(const std::vector<Participant>& present, program::v1::Subject side) {
  const auto found = std::find_if(present.begin(), present.end(),
                                  [side](const Participant& one) { return one.side() == side; });
  return found == present.end() ? present.front() : *found;
}

}  // namespace tremplin::ctl::season
