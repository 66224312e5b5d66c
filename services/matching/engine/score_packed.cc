#include "services/matching/engine/score_packed.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <string_view>

namespace tremplin::matching::engine {
namespace {

constexpr double kSameSectorShare = 0.6;
constexpr uint16_t kLeadBehind = 5;  // as LevelLead
constexpr uint16_t kLeadRange = 7;
constexpr uint16_t kAll = 0xFFFF;

constexpr std::array<std::string_view, 9> kKnown = {"occupation",   "industry",   "language",
                                                    "availability", "proximity",  "level",
                                                    "goals",        "preference", "waiting"};

bool IsKnown(std::string_view criterion) {
  return std::find(kKnown.begin(), kKnown.end(), criterion) != kKnown.end();
}

// The weights of one criterion as a share of all that the engine knows, 0 when there are none.
double ShareOf(const Policy& policy, std::string_view criterion) {
  double own = 0;
  double all = 0;
  for (const Weight& weight : policy.weights) {
    if (!IsKnown(weight.criterion) && !policy.further.contains(weight.criterion)) continue;
    all += weight.weight;
    if (weight.criterion == criterion) own += weight.weight;
  }
  return all > 0 ? own / all : 0;
}

uint16_t Units(double share) { return static_cast<uint16_t>(std::lround(share * kFullUnits)); }

// A share that is reached in `count` equal steps.
Steps StepsOf(double share, size_t count) {
  const auto fixed = std::lround(share * kFullUnits * 256 / static_cast<double>(count));
  return {static_cast<uint16_t>(fixed / 256), static_cast<uint16_t>(fixed % 256),
          Units(share * kUnknown)};
}

// The same by count. Position 0, nothing given, holds what that is worth; no steps lead anywhere
// from it.
template <size_t kSize>
void FillSteps(double share, std::array<Steps, kSize>* steps) {
  (*steps)[0].none = Units(share * kUnknown);
  for (size_t i = 1; i < kSize; ++i) (*steps)[i] = StepsOf(share, i);
}

uint16_t LowOf(uint32_t bits) { return static_cast<uint16_t>(bits); }
uint16_t HighOf(uint32_t bits) { return static_cast<uint16_t>(bits >> 16); }

uint16_t SharedBits(uint16_t a, uint16_t b) {
  return static_cast<uint16_t>(std::popcount(static_cast<uint16_t>(a & b)));
}

}  // namespace

std::vector<std::string> FurtherCriteria(const Policy& policy) {
  std::vector<std::string> criteria;
  for (const Weight& weight : policy.weights) {
    if (weight.weight > 0 && !IsKnown(weight.criterion) && policy.further.contains(weight.criterion)) {
      criteria.push_back(weight.criterion);
    }
  }
  std::sort(criteria.begin(), criteria.end());
  criteria.erase(std::unique(criteria.begin(), criteria.end()), criteria.end());
  return criteria;
}

Offer OfferOf(const PackedProfile& mentor) {
  Offer offer;
  offer.naics = mentor.naics;
  offer.sector = mentor.sector;
  offer.languages = mentor.languages;
  offer.slots_low = LowOf(mentor.slots);
  offer.slots_high = HighOf(mentor.slots);
  offer.years = mentor.years == kYearsNotGiven ? kNoYears : mentor.years;
  offer.goals = mentor.goals;
  offer.attributes_low = LowOf(mentor.wishes);
  offer.attributes_high = HighOf(mentor.wishes);
  return offer;
}

PackedScore::PackedScore(const Policy& policy, absl::CivilDay today)
    : proximity_(ShareOf(policy, "proximity")),
      today_(static_cast<int32_t>(today - absl::CivilDay(1970, 1, 1))),
      language_required_(policy.shared_language_required),
      slot_required_(policy.shared_slot_required) {
  const double occupation = ShareOf(policy, "occupation");
  for (size_t likeness = 0; likeness < occupation_.size(); ++likeness) {
    occupation_[likeness] = Units(occupation * static_cast<double>(likeness) / 100);
  }
  const double industry = ShareOf(policy, "industry");
  same_sector_ = Units(industry * kSameSectorShare);
  same_industry_ = static_cast<uint16_t>(Units(industry) - same_sector_);
  no_industry_ = Units(industry * kUnknown);
  language_ = Units(ShareOf(policy, "language"));
  FillSteps(ShareOf(policy, "availability"), &slots_);
  FillSteps(ShareOf(policy, "goals"), &goals_);
  FillSteps(ShareOf(policy, "preference"), &wishes_);
  level_ = StepsOf(ShareOf(policy, "level"), kLeadRange);
  for (const std::string& criterion : FurtherCriteria(policy)) {
    further_.push_back(ShareOf(policy, criterion));
  }
  const double waiting = ShareOf(policy, "waiting");
  for (size_t days = 0; days < waiting_.size(); ++days) {
    const absl::CivilDay since = today - static_cast<int>(days);
    waiting_[days] = Units(waiting * Waiting(since, today));
  }
}

uint16_t PackedScore::ProximityUnits(double kilometres) const {
  return Units(proximity_ * Proximity(kilometres));
}

uint16_t PackedScore::FurtherUnits(const Further& mentee, const Further& mentor) const {
  double sum = 0;
  for (size_t i = 0; i < further_.size(); ++i) {
    double value = kUnknown;
    if (!mentee.empty() && !mentor.empty() && !mentee[i].empty() && !mentor[i].empty()) {
      const auto shared = std::count_if(mentee[i].begin(), mentee[i].end(), [&](uint32_t code) {
        return std::binary_search(mentor[i].begin(), mentor[i].end(), code);
      });
      value = static_cast<double>(shared) / static_cast<double>(mentee[i].size());
    }
    sum += further_[i] * value;
  }
  return Units(sum);
}

Seeker PackedScore::Prepare(const PackedProfile& mentee) const {
  Seeker seeker;
  const auto days =
      std::clamp(today_ - mentee.since_day, 0, static_cast<int32_t>(waiting_.size()) - 1);
  int base = waiting_[static_cast<size_t>(days)];
  int besides = language_ + Units(proximity_) +
                Units(std::accumulate(further_.begin(), further_.end(), 0.0));
  seeker.languages = mentee.languages;
  seeker.language = language_;
  if (mentee.naics == kNoIndustry) {
    base += no_industry_;
  } else {
    seeker.naics = mentee.naics;
    seeker.sector = mentee.sector;
    seeker.same_sector = same_sector_;
    seeker.same_industry = same_industry_;
    seeker.no_industry = no_industry_;
    besides += same_sector_ + same_industry_;
  }
  const auto slots = static_cast<uint16_t>(std::popcount(mentee.slots));
  if (slots == 0) {
    base += slots_[0].none;
  } else {
    seeker.slots_low = LowOf(mentee.slots);
    seeker.slots_high = HighOf(mentee.slots);
    seeker.slots = slots_[slots];
    besides += std::max(seeker.slots.Of(slots), seeker.slots.none);
    seeker.need_slot = slot_required_ ? kAll : 0;
  }
  if (mentee.years == kYearsNotGiven) {
    base += level_.none;
  } else {
    seeker.years = mentee.years;
    seeker.lead = level_;
    besides += std::max(seeker.lead.Of(kLeadRange), seeker.lead.none);
  }
  const auto goals = static_cast<uint16_t>(std::popcount(mentee.goals));
  if (goals == 0) {
    base += goals_[0].none;
  } else {
    seeker.goals = mentee.goals;
    seeker.goals_served = goals_[goals];
    besides += std::max(seeker.goals_served.Of(goals), seeker.goals_served.none);
  }
  const auto wishes = static_cast<uint16_t>(std::popcount(mentee.wishes));
  if (wishes == 0) {
    base += wishes_[0].none;
  } else {
    seeker.wishes_low = LowOf(mentee.wishes);
    seeker.wishes_high = HighOf(mentee.wishes);
    seeker.wishes_met = wishes_[wishes];
    besides += std::max(seeker.wishes_met.Of(wishes), seeker.wishes_met.none);
  }
  seeker.required_low = LowOf(mentee.required);
  seeker.required_high = HighOf(mentee.required);
  seeker.base = static_cast<uint16_t>(base);
  seeker.most_besides = static_cast<uint16_t>(besides);
  seeker.area = mentee.area;
  seeker.unit_group = mentee.unit_group;
  seeker.person = mentee.person;
  seeker.need_language = language_required_ ? kAll : 0;
  return seeker;
}

bool MayMeet(const Seeker& seeker, const Offer& offer) {
  if (seeker.need_language != 0 && (seeker.languages & offer.languages) == 0) return false;
  if ((seeker.required_low & ~offer.attributes_low) != 0) return false;
  if ((seeker.required_high & ~offer.attributes_high) != 0) return false;
  if (seeker.need_slot == 0 || (offer.slots_low | offer.slots_high) == 0) return true;
  return (seeker.slots_low & offer.slots_low) != 0 || (seeker.slots_high & offer.slots_high) != 0;
}

uint16_t PairUnits(const Seeker& seeker, const Offer& offer, uint16_t occupation,
                   uint16_t besides) {
  int units = seeker.base + occupation + besides;
  if ((seeker.languages & offer.languages) != 0) units += seeker.language;
  if (offer.naics == kNoIndustry) units += seeker.no_industry;
  if (offer.naics != kNoIndustry && offer.naics == seeker.naics) units += seeker.same_industry;
  if (offer.sector != kNoIndustry && offer.sector == seeker.sector) units += seeker.same_sector;
  if ((offer.slots_low | offer.slots_high) == 0) {
    units += seeker.slots.none;
  } else {
    const int shared = SharedBits(seeker.slots_low, offer.slots_low) +
                       SharedBits(seeker.slots_high, offer.slots_high);
    units += seeker.slots.Of(static_cast<uint16_t>(shared));
  }
  if (offer.years == kNoYears) {
    units += seeker.lead.none;
  } else {
    const int lead = std::clamp(offer.years + kLeadBehind - seeker.years, 0, int{kLeadRange});
    units += seeker.lead.Of(static_cast<uint16_t>(lead));
  }
  if (offer.goals == 0) {
    units += seeker.goals_served.none;
  } else {
    units += seeker.goals_served.Of(SharedBits(seeker.goals, offer.goals));
  }
  if ((offer.attributes_low | offer.attributes_high) == 0) {
    units += seeker.wishes_met.none;
  } else {
    const int met = SharedBits(seeker.wishes_low, offer.attributes_low) +
                    SharedBits(seeker.wishes_high, offer.attributes_high);
    units += seeker.wishes_met.Of(static_cast<uint16_t>(met));
  }
  return static_cast<uint16_t>(units);
}

}  // namespace tremplin::matching::engine
