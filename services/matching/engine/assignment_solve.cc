// Assignment::Solve: a coarse auction, an exact one, shortest paths for the rest.

#include "services/matching/engine/assignment.h"

#include <algorithm>
#include <cstddef>

namespace tremplin::matching::engine {
namespace {

// The coarse auction's step as a part of the greatest score, found by trial: smaller ones take
// longer to settle prices, larger ones leave more to repair.
constexpr Points kCoarseParts = 100;

// How many bids an auction takes for each mentee, on average, before it is broken off: bids of
// equal worths need never end. Shortest paths do the rest in any case.
constexpr size_t kCoarseBidsPerMentee = 60;
constexpr size_t kExactBidsPerMentee = 12;

}  // namespace

void Assignment::Solve() {
  Forget();
  all_unsettled_ = true;
  const Worth base = base_;
  base_ = 0;
  priority_mask_ = 0;
  Points greatest = 0;
  for (Index i = 0; i < mentees(); ++i) {
    if (!rows_[i].empty()) greatest = std::max(greatest, rows_[i].front().points);
  }
  Auction(Worth{std::max(greatest / kCoarseParts, 1)} << kPriorityBits);
  Auction(0);
  AssignRemaining();
  // Whatever makes all candidates of a mentee worth as much more leaves tight pairs tight, if the
  // mentee's surplus grows by it. So only who has no mentor is placed anew.
  base_ = base;
  RaiseSurplus();
  AssignRemaining();
  priority_mask_ = kPriorityEnd - 1;
  RaiseSurplus();
  AssignRemaining();
  changes_.clear();
}

// To what the pair of each assigned mentee is worth by now.
void Assignment::RaiseSurplus() {
  for (Index i = 0; i < mentees(); ++i) {
    if (mentor_[i] != kNobody) surplus_[i] = PairWorth(i, points_[i]) - price_[mentor_[i]];
  }
}

void Assignment::Forget() {
  std::fill(mentor_.begin(), mentor_.end(), kNobody);
  std::fill(surplus_.begin(), surplus_.end(), Worth{0});
  std::fill(price_.begin(), price_.end(), Worth{0});
  std::fill(taken_.begin(), taken_.end(), 0);
  std::fill(first_.begin(), first_.end(), kNobody);
  total_ = {};
  changes_.clear();
}

// Each place has the price that was paid for it; a mentor's price is the least of theirs. Whoever
// bids in steps of 0 pays so much that the next best choice would be as good: their pair is tight
// then, and stays so, because prices only rise.
void Assignment::Auction(Worth step) {
  std::vector<Worth> paid(mentees(), 0);
  std::vector<Index> waiting;
  for (Index i = mentees(); i-- > 0;) {
    if (mentor_[i] == kNobody) {
      waiting.push_back(i);
    } else {
      paid[i] = price_[mentor_[i]];
    }
  }
  const size_t most = step == 0 ? kExactBidsPerMentee : kCoarseBidsPerMentee;
  for (size_t bids = most * mentees(); bids > 0 && !waiting.empty(); --bids) {
    const Index mentee = waiting.back();
    waiting.pop_back();
    AuctionBid(mentee, step, &paid, &waiting);
  }
  for (Index i = 0; i < mentees(); ++i) {
    if (mentor_[i] == kNobody) continue;
    surplus_[i] = PairWorth(i, points_[i]) - price_[mentor_[i]];
    // After coarse bids another mentor may be better at these prices.
    if (step > 0 && BestSurplus(i) > surplus_[i]) Unlink(i);
  }
}

void Assignment::AuctionBid(Index mentee, Worth step, std::vector<Worth>* paid,
                            std::vector<Index>* waiting) {
  Candidate choice{kNobody, 0};
  Worth best = 0;
  Worth second = 0;
  for (const Candidate& candidate : rows_[mentee]) {
    const Worth worth = PairWorth(mentee, candidate.points);
    if (worth <= second) break;
    const Worth left = worth - price_[candidate.mentor];
    if (left > best) {
      second = best;
      best = left;
      choice = candidate;
    } else if (left > second) {
      second = left;
      // Of equal choices one that is free, so that nobody is displaced for nothing.
      if (left == best && Full(choice.mentor) && !Full(candidate.mentor)) choice = candidate;
    }
  }
  if (choice.mentor == kNobody) return;
  const Worth price = price_[choice.mentor];
  second -= step;
  if (Full(choice.mentor)) {
    if (best == second) return;  // left to shortest paths
    Index holder = kNobody;
    LeastPaid(choice.mentor, *paid, &holder);
    if (holder == kNobody) {  // no place at all: the price only has to keep everyone away
      price_[choice.mentor] += best - second;
      waiting->push_back(mentee);
      return;
    }
    Unlink(holder);
    waiting->push_back(holder);
  }
  Link(mentee, choice.mentor, choice.points);
  (*paid)[mentee] = price + best - second;
  if (Full(choice.mentor)) price_[choice.mentor] = LeastPaid(choice.mentor, *paid, nullptr);
}

Worth Assignment::LeastPaid(Index mentor, const std::vector<Worth>& paid, Index* holder) const {
  Worth least = 0;
  bool found = false;
  for (Index i = first_[mentor]; i != kNobody; i = next_[i]) {
    if (found && paid[i] >= least) continue;
    found = true;
    least = paid[i];
    if (holder != nullptr) *holder = i;
  }
  return least;
}

void Assignment::AssignRemaining() {
  for (Index i = 0; i < mentees(); ++i) {
    if (mentor_[i] == kNobody) PlaceMentee(i);
  }
  // Places that the auction made too dear.
  for (Index j = 0; j < mentors(); ++j) {
    while (!Full(j) && price_[j] > 0) {
      PrepareForChanges();
      FillPlace(j);
    }
  }
}

}  // namespace tremplin::matching::engine
