#include "services/matching/engine/groups_peer.h"

#include <algorithm>
#include <cstdint>
#include <tuple>
#include <utility>

#include "services/matching/engine/candidates.h"

namespace tremplin::matching::engine {
namespace {

constexpr Index kAlone = UINT32_MAX;
// Rounds end when an exchange no longer gains; every one of them gains a point.
constexpr int kMostRounds = 50;

struct Edge {
  Index one = 0;
  Index other = 0;
  int points = 0;
};

// Possible pairs by person, in both directions, sorted by the other.
using Edges = std::vector<std::vector<Scored>>;

int PointsOfPair(const Edges& edges, Index a, Index b) {
  const auto found =
      std::lower_bound(edges[a].begin(), edges[a].end(), b,
                       [](const Scored& edge, Index wanted) { return edge.other < wanted; });
  return found != edges[a].end() && found->other == b ? found->points : -1;
}

// Everybody as a mentor of everybody: the same people on both sides.
Pool WithPeersAsMentors(const Pool& pool) {
  Pool peers = pool;
  peers.mentors.clear();
  for (const Mentee& one : pool.mentees) {
    peers.mentors.push_back({one.enrolment, one.person, one.business_key, one.profile, 1});
  }
  for (const auto& [one, other] : pool.barred) peers.barred.insert({other, one});
  return peers;
}

Edges EdgesOf(const CandidateIndex& index, const Policy& policy) {
  Search search;
  search.limit = index.mentees() <= kExactPeers ? static_cast<int>(kExactPeers) : policy.candidates;
  const Candidates all = index.All(search);
  std::vector<Edge> possible;
  for (Index one = 0; one < index.mentees(); ++one) {
    for (const Scored& candidate : all.Of(one)) {
      const Index other = candidate.other;
      const int back = index.Points(other, one);
      // The other direction's hard rules on language and slot are the same as this one's.
      if (back < index.least_points()) continue;
      possible.push_back(
          {std::min(one, other), std::max(one, other), (int{candidate.points} + back) / 2});
    }
  }
  Edges edges(index.mentees());
  for (const Edge& edge : possible) {
    const auto points = static_cast<uint16_t>(edge.points);
    edges[edge.one].push_back({edge.other, points});
    edges[edge.other].push_back({edge.one, points});
  }
  for (std::vector<Scored>& of : edges) {
    std::sort(of.begin(), of.end(),
              [](const Scored& a, const Scored& b) { return a.other < b.other; });
    of.erase(std::unique(of.begin(), of.end()), of.end());
  }
  return edges;
}

// best[s]: the most that the people of the set s can have; the highest of them is alone or with
// another of s. Pairs are told apart from no pair by a point more.
std::vector<Index> PairExactly(const Edges& edges) {
  const size_t n = edges.size();
  std::vector<int> best(size_t{1} << n, 0);
  std::vector<Index> with(best.size(), kAlone);
  for (size_t set = 1; set < best.size(); ++set) {
    Index last = 0;
    for (Index i = 0; i < n; ++i) {
      if ((set >> i & 1) != 0) last = i;
    }
    const size_t rest = set & ~(size_t{1} << last);
    best[set] = best[rest];
    for (const Scored& edge : edges[last]) {
      if ((rest >> edge.other & 1) == 0) continue;
      const int value = best[rest & ~(size_t{1} << edge.other)] + edge.points + 1;
      if (value > best[set]) {
        best[set] = value;
        with[set] = edge.other;
      }
    }
  }
  std::vector<Index> mate(n, kAlone);
  size_t set = best.size() - 1;
  for (Index i = static_cast<Index>(n); i-- > 0;) {
    if ((set >> i & 1) == 0) continue;
    const Index other = with[set];
    set &= ~(size_t{1} << i);
    if (other == kAlone) continue;
    mate[i] = other;
    mate[other] = i;
    set &= ~(size_t{1} << other);
  }
  return mate;
}

std::vector<Index> PairGreedily(const Edges& edges) {
  std::vector<Edge> order;
  for (Index one = 0; one < edges.size(); ++one) {
    for (const Scored& edge : edges[one]) {
      if (one < edge.other) order.push_back({one, edge.other, edge.points});
    }
  }
  std::sort(order.begin(), order.end(), [](const Edge& a, const Edge& b) {
    return std::tuple(-a.points, a.one, a.other) < std::tuple(-b.points, b.one, b.other);
  });
  std::vector<Index> mate(edges.size(), kAlone);
  for (const Edge& edge : order) {
    if (mate[edge.one] != kAlone || mate[edge.other] != kAlone) continue;
    mate[edge.one] = edge.other;
    mate[edge.other] = edge.one;
  }
  return mate;
}

int ValueOf(int points) { return points < 0 ? 0 : points + 1; }

void Join(Index a, Index b, std::vector<Index>* mate) {
  (*mate)[a] = b;
  (*mate)[b] = a;
}

// Gives somebody alone the best of those alone; what that is worth.
int TakeBestAlone(const Edges& edges, Index one, std::vector<Index>* mate) {
  int best = -1;
  Index with = kAlone;
  for (const Scored& edge : edges[one]) {
    if ((*mate)[edge.other] != kAlone || edge.points <= best) continue;
    best = edge.points;
    with = edge.other;
  }
  if (with != kAlone) Join(one, with, mate);
  return ValueOf(best);
}

// a and b become a pair; those they leave become one too, or each takes somebody alone. Undone
// unless it gains; whether it did.
bool TryPair(const Edges& edges, Index a, Index b, int points, std::vector<Index>* mate) {
  if ((*mate)[a] == b) return false;
  const Index mate_a = (*mate)[a];
  const Index mate_b = (*mate)[b];
  std::vector<Index> left;
  int before = 0;
  for (const Index one : {a, b}) {
    const Index other = (*mate)[one];
    if (other == kAlone) continue;
    before += ValueOf(PointsOfPair(edges, one, other));
    (*mate)[other] = kAlone;
    left.push_back(other);
  }
  Join(a, b, mate);
  int after = ValueOf(points);
  const int rest = left.size() == 2 ? PointsOfPair(edges, left[0], left[1]) : -1;
  if (rest >= 0) {
    after += ValueOf(rest);
    Join(left[0], left[1], mate);
  } else {
    for (const Index one : left) after += TakeBestAlone(edges, one, mate);
  }
  if (after > before) return true;
  for (const Index one : left) {
    if ((*mate)[one] != kAlone) (*mate)[(*mate)[one]] = kAlone;
    (*mate)[one] = kAlone;
  }
  (*mate)[a] = kAlone;
  (*mate)[b] = kAlone;
  if (mate_a != kAlone) Join(a, mate_a, mate);
  if (mate_b != kAlone) Join(b, mate_b, mate);
  return false;
}

void Exchange(const Edges& edges, std::vector<Index>* mate) {
  bool gained = true;
  for (int round = 0; gained && round < kMostRounds; ++round) {
    gained = false;
    for (Index one = 0; one < edges.size(); ++one) {
      for (const Scored& edge : edges[one]) {
        gained = TryPair(edges, one, edge.other, edge.points, mate) || gained;
      }
    }
  }
}

}  // namespace

absl::StatusOr<Peers> MatchPeers(const Pool& pool, const Policy& policy, const Distance& distance) {
  const absl::StatusOr<CandidateIndex> index =
      CandidateIndex::Build(WithPeersAsMentors(pool), policy, distance);
  if (!index.ok()) return index.status();
  const Edges edges = EdgesOf(*index, policy);
  Peers peers;
  peers.exact = edges.size() <= kExactPeers;
  std::vector<Index> mate = peers.exact ? PairExactly(edges) : PairGreedily(edges);
  if (!peers.exact) Exchange(edges, &mate);
  for (Index one = 0; one < mate.size(); ++one) {
    if (mate[one] == kAlone) {
      peers.alone.push_back(index->MenteeInPool(one));
    } else if (one < mate[one]) {
      peers.pairs.push_back({index->MenteeInPool(one), index->MenteeInPool(mate[one]),
                             PointsOfPair(edges, one, mate[one])});
    }
  }
  return peers;
}

}  // namespace tremplin::matching::engine
