#include "services/outcome/domain/disclosure.h"

#include <algorithm>
#include <cstdlib>
#include <numeric>

namespace tremplin::outcome {
namespace {

// A release with what it keeps from the reader.
struct Release {
  unsigned shown = 0;
  KindCounts counts = {};  // of the hidden kinds too
};

unsigned AllOf(size_t kinds) { return (1U << kinds) - 1; }

// The sets of kinds that may be shown, nested; one kind alone cannot be hidden, the total would
// tell it.
std::vector<unsigned> Choices(size_t kinds) {
  const unsigned last = 1U << (kinds - 1);
  std::vector<unsigned> choices = {AllOf(kinds)};
  if (kinds > 3) choices.push_back(1U | last);
  if (kinds > 2) choices.push_back(last);
  return choices;
}

bool Small(int64_t change, int64_t least_cell) {
  return change != 0 && std::abs(change) < least_cell;
}

// Whether the difference of two releases tells of a small group: of a kind that both show, or of
// the others together.
bool TellsASmallGroup(const Release& before, const Release& next, size_t kinds,
                      int64_t least_cell) {
  const unsigned both = before.shown & next.shown;
  int64_t rest = 0;
  for (size_t kind = 0; kind < kinds; ++kind) {
    const int64_t change = next.counts[kind] - before.counts[kind];
    if ((both >> kind & 1U) != 0) {
      if (Small(change, least_cell)) return true;
    } else {
      rest += change;
    }
  }
  return Small(rest, least_cell);
}

// The latest are looked at first: they differ least.
bool MayFollow(const std::vector<Release>& releases, const Release& next, size_t kinds,
               int64_t least_cell) {
  return std::none_of(releases.rbegin(), releases.rend(), [&](const Release& before) {
    return TellsASmallGroup(before, next, kinds, least_cell);
  });
}

int64_t TotalOf(const KindCounts& counts) {
  return std::accumulate(counts.begin(), counts.end(), int64_t{0});
}

Disclosure Shown(const Release& release, size_t kinds, absl::Time at) {
  Disclosure disclosure;
  disclosure.shown = release.shown;
  disclosure.total = TotalOf(release.counts);
  disclosure.at = at;
  for (size_t kind = 0; kind < kinds; ++kind) {
    if (disclosure.Shows(kind)) disclosure.counts[kind] = release.counts[kind];
  }
  return disclosure;
}

}  // namespace

Disclosure Disclose(const std::vector<KindChange>& changes, size_t kinds, int64_t least_cell) {
  const std::vector<unsigned> choices = Choices(kinds);
  std::vector<Release> releases = {{AllOf(kinds), {}}};
  Disclosure last;
  if (changes.empty()) last.shown = AllOf(kinds);
  Release now;
  for (size_t i = 0; i < changes.size(); ++i) {
    now.counts[changes[i].kind] += changes[i].by;
    // What happened at one time is seen at once.
    if (i + 1 < changes.size() && changes[i + 1].at == changes[i].at) continue;
    for (const unsigned shown : choices) {
      now.shown = shown;
      if (!MayFollow(releases, now, kinds, least_cell)) continue;
      releases.push_back(now);
      last = Shown(now, kinds, changes[i].at);
      break;
    }
  }
  return last;
}

}  // namespace tremplin::outcome
