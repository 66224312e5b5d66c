#include "services/outcome/domain/funnel.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <iterator>
#include <set>
#include <string_view>

namespace tremplin::outcome {
namespace {

// A step, and those that count some of it, none of them the same ones.
struct Whole {
  std::string_view step;
  std::array<std::string_view, 2> parts;
};
constexpr Whole kWholes[] = {
    {"referred", {"eligible", ""}},
    {"mentees_enrolled", {"mentees_ready", ""}},
    {"mentors_enrolled", {"mentors_ready", ""}},
    {"matched", {"started", "lapsed"}},
    {"started", {"completed", "ended_early"}},
};

using Counts = std::map<std::string, int64_t, std::less<>>;

bool IsSmall(int64_t number, int64_t least_cell) {
  return number != 0 && std::abs(number) < least_cell;
}

std::optional<int64_t> Of(const Counts& shown, std::string_view step) {
  const auto found = shown.find(step);
  if (found == shown.end()) return std::nullopt;
  return found->second;
}

// Whether what is shown of the whole and its parts tells of a small group beside them.
bool TellsARest(const Whole& whole, const Counts& shown, int64_t least_cell) {
  const std::optional<int64_t> all = Of(shown, whole.step);
  if (!all.has_value()) return false;
  int64_t rest = *all;
  for (const std::string_view part : whole.parts) {
    const std::optional<int64_t> count = Of(shown, part);
    if (!count.has_value()) continue;
    if (IsSmall(*all - *count, least_cell)) return true;
    rest -= *count;
  }
  return IsSmall(rest, least_cell);
}

}  // namespace

std::map<std::string, int64_t> NextReleases(const std::map<std::string, int64_t>& counters,
                                            const ShownCounts& shown, int64_t least_cell) {
  Counts now;
  for (const auto& [step, releases] : shown) {
    if (!releases.empty()) now[step] = releases.back().count;
  }
  std::map<std::string, int64_t> next;
  for (const auto& [step, count] : counters) {
    if (Of(now, step).value_or(0) == count || IsSmall(count, least_cell)) continue;
    const auto before = shown.find(step);
    const bool near_one =
        before != shown.end() &&
        std::any_of(before->second.begin(), before->second.end(), [&](const ShownCount& each) {
          return IsSmall(count - each.count, least_cell);
        });
    if (near_one) continue;
    Counts with = now;
    with[step] = count;
    const bool tells = std::any_of(std::begin(kWholes), std::end(kWholes), [&](const Whole& whole) {
      return TellsARest(whole, with, least_cell);
    });
    if (tells) continue;
    now = std::move(with);
    next[step] = count;
  }
  return next;
}

std::optional<ShownCount> LastRelease(const std::vector<KindChange>& changes, int64_t least_cell) {
  std::set<int64_t> shown = {0};
  std::optional<ShownCount> last;
  if (changes.empty()) last = {0, absl::InfinitePast()};
  int64_t count = 0;
  for (size_t i = 0; i < changes.size(); ++i) {
    count += changes[i].by;
    // What happened at one time is seen at once.
    if (i + 1 < changes.size() && changes[i + 1].at == changes[i].at) continue;
    const auto above = shown.lower_bound(count);
    if (above != shown.end() && IsSmall(*above - count, least_cell)) continue;
    if (above != shown.begin() && IsSmall(count - *std::prev(above), least_cell)) continue;
    shown.insert(count);
    last = {count, changes[i].at};
  }
  return last;
}

}  // namespace tremplin::outcome
