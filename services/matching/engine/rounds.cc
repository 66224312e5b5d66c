#include "services/matching/engine/rounds.h"

#include <numeric>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tremplin::matching::engine {
namespace {

// Who is left after a round, by position in it.
struct Left {
  std::vector<Index> mentees;
  std::vector<Index> mentors;
  std::vector<int32_t> places;
};

Left LeftAfter(const Assignment& assignment, const Candidates& rows, int candidates) {
  Left left;
  for (Index mentee = 0; mentee < assignment.mentees(); ++mentee) {
    if (assignment.assigned()[mentee] == kNobody &&
        MayHaveOthers(rows.Of(mentee).size(), candidates)) {
      left.mentees.push_back(mentee);
    }
  }
  for (Index mentor = 0; mentor < assignment.mentors(); ++mentor) {
    if (assignment.free_places(mentor) <= 0) continue;
    left.mentors.push_back(mentor);
    left.places.push_back(assignment.free_places(mentor));
  }
  return left;
}

std::vector<Index> Select(const std::vector<Index>& from, const std::vector<Index>& at) {
  std::vector<Index> selected;
  selected.reserve(at.size());
  for (const Index i : at) selected.push_back(from[i]);
  return selected;
}

std::vector<Index> UpTo(Index end) {
  std::vector<Index> all(end);
  std::iota(all.begin(), all.end(), Index{0});
  return all;
}

}  // namespace

absl::Status NotCertified(const std::string& fault) {
  return absl::InternalError("the assignment did not pass its check: " + fault);
}

RoundSum::RoundSum(Index mentees, Index mentors) {
  standing_.mentor_of.assign(mentees, kNobody);
  standing_.surplus.assign(mentees, 0);
  standing_.price.assign(mentors, 0);
}

absl::Status RoundSum::Add(const Assignment& assignment, std::span<const Index> mentees,
                           std::span<const Index> mentors) {
  const Certificate certificate =
      Check(assignment.graph(), assignment.objective(), assignment.claim());
  if (!certificate.ok) return NotCertified(certificate.fault);
  certificate_.value += certificate.value;
  certificate_.points += certificate.points;
  certificate_.served += certificate.served;
  std::vector<int64_t> given(standing_.price.size(), 0);
  for (const Index mentor : standing_.mentor_of) {
    if (mentor != kNobody) ++given[mentor];
  }
  for (Index i = 0; i < mentees.size(); ++i) {
    if (mentees[i] == kNobody) continue;
    standing_.surplus[mentees[i]] += assignment.surplus(i);
    const Index mentor = assignment.assigned()[i];
    if (mentor != kNobody) standing_.mentor_of[mentees[i]] = mentors[mentor];
  }
  for (Index j = 0; j < mentors.size(); ++j) {
    if (mentors[j] == kNobody) continue;
    standing_.price[mentors[j]] += assignment.price(j);
    above_ += given[mentors[j]] * PointsOf(assignment.price(j));
  }
  return absl::OkStatus();
}

absl::StatusOr<RoundSum> SolveRounds(const CandidateIndex& index, const Candidates& rows,
                                     const Policy& policy) {
  RoundSum sum(index.mentees(), index.mentors());
  std::optional<CandidateIndex> part;
  std::optional<Candidates> rows_of_part;
  std::vector<Index> mentees = UpTo(index.mentees());
  std::vector<Index> mentors = UpTo(index.mentors());
  for (int candidates = policy.candidates;; candidates = CandidatesInNextRound(candidates)) {
    const CandidateIndex& now = part.has_value() ? *part : index;
    const Candidates& rows_now = rows_of_part.has_value() ? *rows_of_part : rows;
    Assignment assignment(MakeGraph(now, rows_now, policy), policy.objective);
    assignment.Solve();
    assignment.Canonicalize();
    if (absl::Status added = sum.Add(assignment, mentees, mentors); !added.ok()) return added;
    const Left left = LeftAfter(assignment, rows_now, candidates);
    if (left.mentees.empty() || left.mentors.empty()) return sum;
    CandidateIndex next = now.Part(left.mentees, left.mentors, left.places);
    part.emplace(std::move(next));
    rows_of_part.emplace(part->All({.limit = CandidatesInNextRound(candidates)}));
    mentees = Select(mentees, left.mentees);
    mentors = Select(mentors, left.mentors);
  }
}

}  // namespace tremplin::matching::engine
