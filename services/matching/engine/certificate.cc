#include "services/matching/engine/certificate.h"

#include <vector>

#include "absl/strings/str_cat.h"

namespace tremplin::matching::engine {
namespace {

std::string Pair(Index mentee, Index mentor) {
  return absl::StrCat("mentee ", mentee, ", mentor ", mentor, ": ");
}

// Every fault below is empty when there is none.

std::string ShapeFault(const GraphView& graph, const Claim& claim) {
  if (claim.mentor.size() != graph.mentees() || claim.surplus.size() != graph.mentees() ||
      graph.end.size() != graph.mentees() || graph.priority.size() != graph.mentees()) {
    return "not one entry for each mentee";
  }
  if (claim.price.size() != graph.mentors()) return "not one price for each mentor";
  return "";
}

// Whether the duals cover all candidates of one mentee, and are tight where assigned.
std::string RowFault(const GraphView& graph, Objective objective, const Claim& claim,
                     Index mentee) {
  const Index assigned = claim.mentor[mentee];
  const Worth surplus = claim.surplus[mentee];
  if (surplus < 0) return absl::StrCat("mentee ", mentee, ": surplus below 0");
  bool found = assigned == kNobody;
  for (const Candidate& candidate : graph.Row(mentee)) {
    if (candidate.mentor >= graph.mentors()) {
      return absl::StrCat("mentee ", mentee, ": a candidate of no such mentor");
    }
    const Worth worth = WorthOf(objective, candidate.points, graph.priority[mentee]);
    const Value covered = Value{surplus} + claim.price[candidate.mentor];
    if (covered < worth) return absl::StrCat(Pair(mentee, candidate.mentor), "not covered");
    if (candidate.mentor != assigned) continue;
    if (covered != worth) return absl::StrCat(Pair(mentee, assigned), "assigned but not tight");
    found = true;
  }
  if (!found) return absl::StrCat(Pair(mentee, assigned), "assigned but no candidate");
  if (assigned == kNobody && surplus != 0) {
    return absl::StrCat("mentee ", mentee, ": surplus without a mentor");
  }
  return "";
}

std::string MentorFault(const GraphView& graph, const Claim& claim, Index mentor, int32_t taken) {
  if (graph.capacity[mentor] < 0) return absl::StrCat("mentor ", mentor, ": capacity below 0");
  if (taken > graph.capacity[mentor]) return absl::StrCat("mentor ", mentor, ": beyond capacity");
  if (claim.price[mentor] < 0) return absl::StrCat("mentor ", mentor, ": price below 0");
  if (taken < graph.capacity[mentor] && claim.price[mentor] != 0) {
    return absl::StrCat("mentor ", mentor, ": a place is left at a price");
  }
  return "";
}

// Adds up both sides once nothing else is wrong.
void Total(const GraphView& graph, Objective objective, const Claim& claim, Certificate* result) {
  Value dual = 0;
  for (Index i = 0; i < graph.mentees(); ++i) {
    dual += claim.surplus[i];
    for (const Candidate& candidate : graph.Row(i)) {
      if (candidate.mentor != claim.mentor[i]) continue;
      result->value += WorthOf(objective, candidate.points, graph.priority[i]);
      result->points += candidate.points;
      ++result->served;
    }
  }
  for (Index j = 0; j < graph.mentors(); ++j) dual += Value{graph.capacity[j]} * claim.price[j];
  if (dual != result->value) result->fault = "the values of assignment and prices differ";
}

}  // namespace

Certificate Check(const GraphView& graph, Objective objective, const Claim& claim) {
  Certificate result;
  result.fault = ShapeFault(graph, claim);
  if (!result.fault.empty()) return result;
  std::vector<int32_t> taken(graph.mentors(), 0);
  for (Index i = 0; i < graph.mentees() && result.fault.empty(); ++i) {
    if (claim.mentor[i] != kNobody && claim.mentor[i] >= graph.mentors()) {
      result.fault = absl::StrCat(Pair(i, claim.mentor[i]), "no such mentor");
      return result;
    }
    if (claim.mentor[i] != kNobody) ++taken[claim.mentor[i]];
    result.fault = RowFault(graph, objective, claim, i);
  }
  for (Index j = 0; j < graph.mentors() && result.fault.empty(); ++j) {
    result.fault = MentorFault(graph, claim, j, taken[j]);
  }
  if (result.fault.empty()) Total(graph, objective, claim, &result);
  result.ok = result.fault.empty();
  return result;
}

std::string FaultSince(const GraphView& graph, Objective objective, const Claim& claim,
                       std::span<const int32_t> taken, std::span<const Index> mentees,
                       std::span<const Index> mentors) {
  std::string fault = ShapeFault(graph, claim);
  for (size_t i = 0; i < mentees.size() && fault.empty(); ++i) {
    fault = RowFault(graph, objective, claim, mentees[i]);
  }
  for (size_t j = 0; j < mentors.size() && fault.empty(); ++j) {
    fault = MentorFault(graph, claim, mentors[j], taken[mentors[j]]);
  }
  return fault;
}

}  // namespace tremplin::matching::engine
