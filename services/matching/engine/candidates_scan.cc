#include "services/matching/engine/candidates_scan.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include <bit>

namespace tremplin::matching::engine {
namespace {

size_t ScanScalar(const Seeker& seeker, const Columns& columns, const Lanes& lanes, uint16_t least,
                  Hit* hits) {
  size_t found = 0;
  for (size_t lane = lanes.begin; lane < lanes.begin + lanes.count; ++lane) {
    const Offer offer = columns.At(lane);
    if (!MayMeet(seeker, offer)) continue;
    const uint16_t units = PairUnits(seeker, offer, lanes.occupation, lanes.proximity[lane]);
    if (units >= least) hits[found++] = {static_cast<uint32_t>(lane), units};
  }
  return found;
}

#if defined(__x86_64__)

constexpr size_t kWidth = 16;

// Everything of a seeker in all lanes of a register. Members are named as the seeker's.
struct WideSeeker {
  __m256i start, languages, language, naics, sector, same_industry, same_sector, no_industry,
      slots_low, slots_high, years, goals, wishes_low, wishes_high, required_low, required_high,
      need_language, need_slot, least;
};

struct WideSteps {
  __m256i whole, fraction, none;
};

// The criteria that are shares.
struct WideShares {
  WideSteps slots, lead, goals, wishes;
};

__attribute__((target("avx2"))) inline __m256i All(uint16_t value) {
  return _mm256_set1_epi16(static_cast<int16_t>(value));
}

__attribute__((target("avx2"))) inline __m256i Load(const uint16_t* from) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}

__attribute__((target("avx2"), always_inline)) inline WideSteps AllSteps(const Steps& steps) {
  return {All(steps.whole), All(steps.fraction), All(steps.none)};
}

// Steps::Of in each lane; `none` in those of `absent`.
__attribute__((target("avx2"))) inline __m256i StepsIn(const WideSteps& steps, __m256i count,
                                                       __m256i absent) {
  const __m256i fraction = _mm256_srli_epi16(
      _mm256_add_epi16(_mm256_mullo_epi16(count, steps.fraction), _mm256_set1_epi16(128)), 8);
  const __m256i units = _mm256_add_epi16(_mm256_mullo_epi16(count, steps.whole), fraction);
  return _mm256_blendv_epi8(units, steps.none, absent);
}

// Bits set in each byte, by a table of the bits of four.
__attribute__((target("avx2"))) inline __m256i BitsInBytes(__m256i of) {
  const __m256i table = _mm256_setr_epi8(0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4, 0, 1, 1, 2,
                                         1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
  const __m256i four = _mm256_set1_epi8(0x0F);
  return _mm256_add_epi8(
      _mm256_shuffle_epi8(table, _mm256_and_si256(of, four)),
      _mm256_shuffle_epi8(table, _mm256_and_si256(_mm256_srli_epi16(of, 4), four)));
}

__attribute__((target("avx2"))) inline __m256i SumOfBytes(__m256i counts) {
  return _mm256_maddubs_epi16(counts, _mm256_set1_epi8(1));
}

// Inline, so that what a scan does not compare is not spread either: most blocks are a register or
// two of mentors.
__attribute__((target("avx2"), always_inline)) inline WideSeeker Widen(const Seeker& seeker,
                                                                       uint16_t occupation,
                                                                       uint16_t least) {
  return {All(static_cast<uint16_t>(seeker.base + occupation)),
          All(seeker.languages),
          All(seeker.language),
          All(seeker.naics),
          All(seeker.sector),
          All(seeker.same_industry),
          All(seeker.same_sector),
          All(seeker.no_industry),
          All(seeker.slots_low),
          All(seeker.slots_high),
          All(seeker.years),
          All(seeker.goals),
          All(seeker.wishes_low),
          All(seeker.wishes_high),
          All(seeker.required_low),
          All(seeker.required_high),
          All(seeker.need_language),
          All(seeker.need_slot),
          All(least)};
}

// Units of the wishes that sixteen mentors meet; `never` gets all bits of those who lack what is
// required.
__attribute__((target("avx2"))) inline __m256i WishesIn(const WideSeeker& wide,
                                                        const WideSteps& steps,
                                                        const Columns& columns, size_t lane,
                                                        __m256i* never) {
  const __m256i zero = _mm256_setzero_si256();
  const __m256i low = Load(columns.attributes_low.data() + lane);
  const __m256i high = Load(columns.attributes_high.data() + lane);
  const __m256i lacking = _mm256_or_si256(_mm256_andnot_si256(low, wide.required_low),
                                          _mm256_andnot_si256(high, wide.required_high));
  *never = _mm256_xor_si256(_mm256_cmpeq_epi16(lacking, zero), _mm256_cmpeq_epi16(zero, zero));
  const __m256i met =
      SumOfBytes(_mm256_add_epi8(BitsInBytes(_mm256_and_si256(low, wide.wishes_low)),
                                 BitsInBytes(_mm256_and_si256(high, wide.wishes_high))));
  return StepsIn(steps, met, _mm256_cmpeq_epi16(_mm256_or_si256(low, high), zero));
}

// One bit of two a lane: those that may meet and reach `least`. `units` gets all lanes' units.
template <bool kLevel, bool kGoals, bool kWishes>
__attribute__((target("avx2"))) inline uint32_t ScanSixteen(const WideSeeker& wide,
                                                            const WideShares& shares,
                                                            const Columns& columns,
                                                            const uint16_t* proximity, size_t lane,
                                                            __m256i* units) {
  const __m256i zero = _mm256_setzero_si256();
  __m256i sum = _mm256_add_epi16(wide.start, Load(proximity + lane));
  const __m256i strangers = _mm256_cmpeq_epi16(
      _mm256_and_si256(Load(columns.languages.data() + lane), wide.languages), zero);
  sum = _mm256_add_epi16(sum, _mm256_andnot_si256(strangers, wide.language));

  const __m256i naics = Load(columns.naics.data() + lane);
  const __m256i not_given = _mm256_cmpeq_epi16(naics, zero);
  const __m256i same = _mm256_andnot_si256(not_given, _mm256_cmpeq_epi16(naics, wide.naics));
  const __m256i same_sector = _mm256_andnot_si256(
      not_given, _mm256_cmpeq_epi16(Load(columns.sector.data() + lane), wide.sector));
  sum = _mm256_add_epi16(sum, _mm256_and_si256(not_given, wide.no_industry));
  sum = _mm256_add_epi16(sum, _mm256_and_si256(same, wide.same_industry));
  sum = _mm256_add_epi16(sum, _mm256_and_si256(same_sector, wide.same_sector));

  const __m256i low = Load(columns.slots_low.data() + lane);
  const __m256i high = Load(columns.slots_high.data() + lane);
  const __m256i no_slots = _mm256_cmpeq_epi16(_mm256_or_si256(low, high), zero);
  const __m256i shared =
      SumOfBytes(_mm256_add_epi8(BitsInBytes(_mm256_and_si256(low, wide.slots_low)),
                                 BitsInBytes(_mm256_and_si256(high, wide.slots_high))));
  sum = _mm256_add_epi16(sum, StepsIn(shares.slots, shared, no_slots));

  if constexpr (kLevel) {
    const __m256i years = Load(columns.years.data() + lane);
    const __m256i behind = _mm256_subs_epu16(_mm256_add_epi16(years, All(5)), wide.years);
    sum = _mm256_add_epi16(sum, StepsIn(shares.lead, _mm256_min_epu16(behind, All(7)),
                                        _mm256_cmpeq_epi16(years, All(0xFFFF))));
  }
  if constexpr (kGoals) {
    const __m256i offered = Load(columns.goals.data() + lane);
    const __m256i served = SumOfBytes(BitsInBytes(_mm256_and_si256(offered, wide.goals)));
    sum = _mm256_add_epi16(sum, StepsIn(shares.goals, served, _mm256_cmpeq_epi16(offered, zero)));
  }
  __m256i never = _mm256_or_si256(
      _mm256_and_si256(strangers, wide.need_language),
      _mm256_and_si256(_mm256_andnot_si256(no_slots, _mm256_cmpeq_epi16(shared, zero)),
                       wide.need_slot));
  if constexpr (kWishes) {
    __m256i lacking;
    sum = _mm256_add_epi16(sum, WishesIn(wide, shares.wishes, columns, lane, &lacking));
    never = _mm256_or_si256(never, lacking);
  }
  *units = sum;
  const __m256i enough = _mm256_cmpeq_epi16(_mm256_max_epu16(sum, wide.least), sum);
  return static_cast<uint32_t>(_mm256_movemask_epi8(_mm256_andnot_si256(never, enough)));
}

template <bool kLevel, bool kGoals, bool kWishes>
__attribute__((target("avx2"))) size_t ScanWide(const Seeker& seeker, const Columns& columns,
                                                const Lanes& lanes, uint16_t least, Hit* hits) {
  const WideSeeker wide = Widen(seeker, lanes.occupation, least);
  const WideShares shares = {AllSteps(seeker.slots), AllSteps(seeker.lead),
                             AllSteps(seeker.goals_served), AllSteps(seeker.wishes_met)};
  size_t found = 0;
  const size_t end = lanes.begin + lanes.count;
  for (size_t lane = lanes.begin; lane < end; lane += kWidth) {
    __m256i units;
    uint32_t bits =
        ScanSixteen<kLevel, kGoals, kWishes>(wide, shares, columns, lanes.proximity, lane, &units);
    if (end - lane < kWidth) bits &= (uint32_t{1} << (2 * (end - lane))) - 1;
    if (bits == 0) continue;
    alignas(32) uint16_t each[kWidth];
    _mm256_store_si256(reinterpret_cast<__m256i*>(each), units);
    for (bits &= 0x55555555u; bits != 0; bits &= bits - 1) {
      const auto at = static_cast<size_t>(std::countr_zero(bits)) / 2;
      hits[found++] = {static_cast<uint32_t>(lane + at), each[at]};
    }
  }
  return found;
}

template <bool kLevel, bool kGoals>
size_t ScanWide(const Seeker& seeker, const Columns& columns, const Lanes& lanes, uint16_t least,
                Hit* hits) {
  return seeker.has_wishes() ? ScanWide<kLevel, kGoals, true>(seeker, columns, lanes, least, hits)
                             : ScanWide<kLevel, kGoals, false>(seeker, columns, lanes, least, hits);
}

#endif

}  // namespace

void Columns::Resize(size_t mentors) {
  for (std::vector<uint16_t>* column : {&naics, &sector, &languages, &slots_low, &slots_high,
                                        &years, &goals, &attributes_low, &attributes_high}) {
    column->assign(mentors + kPadding, 0);
  }
}

void Columns::Put(size_t lane, const Offer& offer) {
  naics[lane] = offer.naics;
  sector[lane] = offer.sector;
  languages[lane] = offer.languages;
  slots_low[lane] = offer.slots_low;
  slots_high[lane] = offer.slots_high;
  years[lane] = offer.years;
  goals[lane] = offer.goals;
  attributes_low[lane] = offer.attributes_low;
  attributes_high[lane] = offer.attributes_high;
}

Offer Columns::At(size_t lane) const {
  return {naics[lane], sector[lane], languages[lane],      slots_low[lane],      slots_high[lane],
          years[lane], goals[lane],  attributes_low[lane], attributes_high[lane]};
}

ScanPath BestScanPath() {
#if defined(__x86_64__)
  static const bool kWide = __builtin_cpu_supports("avx2") != 0;
  if (kWide) return ScanPath::kWide;
#endif
  return ScanPath::kScalar;
}

size_t Scan(ScanPath path, const Seeker& seeker, const Columns& columns, const Lanes& lanes,
            uint16_t least, bool level, bool goals, Hit* hits) {
#if defined(__x86_64__)
  if (path == ScanPath::kWide) {
    if (level && goals) return ScanWide<true, true>(seeker, columns, lanes, least, hits);
    if (level) return ScanWide<true, false>(seeker, columns, lanes, least, hits);
    if (goals) return ScanWide<false, true>(seeker, columns, lanes, least, hits);
    return ScanWide<false, false>(seeker, columns, lanes, least, hits);
  }
#endif
  return ScanScalar(seeker, columns, lanes, least, hits);
}

}  // namespace tremplin::matching::engine
