#include "services/matching/engine/assignment.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/str_cat.h"

namespace tremplin::matching::engine {
namespace {

std::string RowFault(const Graph& graph, Index mentee, std::vector<Index>* seen_by) {
  if (graph.priority[mentee] >= kPriorityEnd) {
    return absl::StrCat("mentee ", mentee, ": priority out of range");
  }
  for (uint32_t at = graph.begin[mentee]; at < graph.begin[mentee + 1]; ++at) {
    const Candidate& candidate = graph.candidates[at];
    if (candidate.mentor >= graph.mentors()) {
      return absl::StrCat("mentee ", mentee, ": no mentor ", candidate.mentor);
    }
    if (candidate.points < 1 || candidate.points > kMaxPoints) {
      return absl::StrCat("mentee ", mentee, ": points out of range");
    }
    Index& seen = (*seen_by)[candidate.mentor];
    if (seen == mentee) return absl::StrCat("mentee ", mentee, ": a mentor twice");
    seen = mentee;
  }
  return "";
}

}  // namespace

std::string GraphFault(const Graph& graph) {
  if (graph.begin.empty() || graph.begin.front() != 0 ||
      graph.begin.back() != graph.candidates.size()) {
    return "rows do not cover the candidates";
  }
  if (!std::is_sorted(graph.begin.begin(), graph.begin.end())) return "rows out of order";
  if (graph.mentees() > kMaxMentees) return "too many mentees";
  if (graph.priority.size() != graph.mentees()) return "not one priority for each mentee";
  for (Index j = 0; j < graph.mentors(); ++j) {
    if (graph.capacity[j] < 0) return absl::StrCat("mentor ", j, ": capacity below 0");
  }
  std::vector<Index> seen_by(graph.mentors(), kNobody);
  for (Index i = 0; i < graph.mentees(); ++i) {
    std::string fault = RowFault(graph, i, &seen_by);
    if (!fault.empty()) return fault;
  }
  return "";
}

Assignment::Assignment(Graph graph, Objective objective)
    : objective_(objective),
      base_(objective == Objective::kCoverage ? kCoverageBonus << kPriorityBits : 0),
      rows_(graph.begin, std::move(graph.candidates)),
      priority_(std::move(graph.priority)),
      capacity_(std::move(graph.capacity)),
      mentor_(priority_.size(), kNobody),
      points_(priority_.size(), 0),
      surplus_(priority_.size(), 0),
      price_(capacity_.size(), 0),
      taken_(capacity_.size(), 0),
      first_(capacity_.size(), kNobody),
      next_(priority_.size(), kNobody),
      previous_(priority_.size(), kNobody),
      labels_(capacity_.size()),
      touched_(priority_.size(), 0) {
  unsettled_.Resize(capacity_.size());
  touched_mentees_.Resize(priority_.size());
  touched_mentors_.Resize(capacity_.size());
  for (Index i = 0; i < mentees(); ++i) {
    const std::span<Candidate> row = rows_.Mutable(i);
    if (!std::is_sorted(row.begin(), row.end(), Better)) std::sort(row.begin(), row.end(), Better);
  }
}

GraphView Assignment::graph() const {
  return {rows_.begin(), rows_.end(), rows_.items(), priority_, capacity_};
}

size_t Assignment::Bytes() const {
  constexpr size_t kMentee = sizeof(Priority) + sizeof(Points) + sizeof(Worth) + 4 * sizeof(Index);
  constexpr size_t kMentor = 2 * sizeof(int32_t) + sizeof(Worth) + sizeof(Index) + sizeof(Label);
  return sizeof(*this) + rows_.Bytes() + wishes_.Bytes() + mentees() * kMentee +
         mentors() * kMentor;
}

Value Assignment::value() const {
  return Value{base_} * total_.served + (Value{total_.points} << kPriorityBits) + total_.priority;
}

std::optional<Worth> Assignment::Shortfall(Index mentee, Index mentor) const {
  const Candidate* candidate = Find(mentee, mentor);
  if (candidate == nullptr) return std::nullopt;
  return surplus_[mentee] + price_[mentor] - PairWorth(mentee, candidate->points);
}

const Candidate* Assignment::Find(Index mentee, Index mentor) const {
  for (const Candidate& candidate : rows_[mentee]) {
    if (candidate.mentor == mentor) return &candidate;
  }
  return nullptr;
}

// What the mentee would be left with at today's prices; 0 is to stay alone.
Worth Assignment::BestSurplus(Index mentee) const {
  Worth best = 0;
  const Worth base = Base(mentee);
  for (const Candidate& candidate : rows_[mentee]) {
    const Worth worth = base + (Worth{candidate.points} << kPriorityBits);
    if (worth <= best) break;
    best = std::max(best, worth - price_[candidate.mentor]);
  }
  return best;
}

// A what-if touches nothing: all is put back.
void Assignment::TouchMentee(Index mentee) {
  if (recording_) return;
  touched_mentees_.Add(mentee);
  if (mentor_[mentee] != kNobody) unsettled_.Add(mentor_[mentee]);
}

void Assignment::TouchMentor(Index mentor) {
  if (recording_) return;
  touched_mentors_.Add(mentor);
  unsettled_.Add(mentor);
}

void Assignment::ClearTouched() {
  touched_mentees_.Clear();
  touched_mentors_.Clear();
}

void Assignment::SetSurplus(Index mentee, Worth surplus) {
  if (recording_) {
    undo_.push_back({.kind = Undo::Kind::kSurplus, .index = mentee, .worth = surplus_[mentee]});
  }
  surplus_[mentee] = surplus;
  TouchMentee(mentee);
}

void Assignment::SetPrice(Index mentor, Worth price) {
  if (recording_) {
    undo_.push_back({.kind = Undo::Kind::kPrice, .index = mentor, .worth = price_[mentor]});
  }
  price_[mentor] = price;
  TouchMentor(mentor);
}

void Assignment::Link(Index mentee, Index mentor, Points points) {
  if (recording_) undo_.push_back({.kind = Undo::Kind::kLink, .index = mentee});
  InsertBetween(mentee, mentor, kNobody, first_[mentor], points);
}

void Assignment::InsertBetween(Index mentee, Index mentor, Index previous, Index next,
                               Points points) {
  if (operation_ != 0 && touched_[mentee] != operation_) {
    touched_[mentee] = operation_;
    changes_.push_back({mentee, kNobody});
  }
  mentor_[mentee] = mentor;
  points_[mentee] = points;
  previous_[mentee] = previous;
  next_[mentee] = next;
  (previous == kNobody ? first_[mentor] : next_[previous]) = mentee;
  if (next != kNobody) previous_[next] = mentee;
  ++taken_[mentor];
  TouchMentee(mentee);
  TouchMentor(mentor);
  total_.points += points;
  total_.priority += priority_[mentee];
  ++total_.served;
}

void Assignment::Unlink(Index mentee) {
  const Index mentor = mentor_[mentee];
  if (recording_) {
    undo_.push_back({.kind = Undo::Kind::kUnlink,
                     .index = mentee,
                     .mentor = mentor,
                     .previous = previous_[mentee],
                     .next = next_[mentee],
                     .points = points_[mentee]});
  }
  if (operation_ != 0 && touched_[mentee] != operation_) {
    touched_[mentee] = operation_;
    changes_.push_back({mentee, mentor});
  }
  const Index previous = previous_[mentee];
  const Index next = next_[mentee];
  (previous == kNobody ? first_[mentor] : next_[previous]) = next;
  if (next != kNobody) previous_[next] = previous;
  --taken_[mentor];
  TouchMentee(mentee);
  TouchMentor(mentor);
  total_.points -= points_[mentee];
  total_.priority -= priority_[mentee];
  --total_.served;
  mentor_[mentee] = kNobody;
}

}  // namespace tremplin::matching::engine
