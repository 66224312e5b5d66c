#include "services/matching/engine/report.h"

#include <algorithm>
#include <cstddef>
#include <utility>

namespace tremplin::matching::engine {
namespace {

double Share(double part, double whole) { return whole > 0 ? part / whole : 0; }

Waits WaitsOf(const std::vector<int>& days) {
  return {Percentile(days, 50), Percentile(days, 90), Percentile(days, 99)};
}

GroupReport ReportOf(std::string group, const std::vector<const Outcome*>& outcomes) {
  GroupReport report;
  report.group = std::move(group);
  report.mentees = static_cast<int>(outcomes.size());
  double points = 0;
  std::vector<int> until_match;
  std::vector<int> until_now;
  for (const Outcome* one : outcomes) {
    (one->matched ? until_match : until_now).push_back(one->days_waited);
    if (one->matched) points += one->points;
  }
  report.matched = static_cast<int>(until_match.size());
  report.match_rate = Share(report.matched, report.mentees);
  report.mean_points = Share(points, report.matched);
  report.matched_waits = WaitsOf(until_match);
  report.unmatched_waits = WaitsOf(until_now);
  return report;
}

double LeastOverGreatest(const std::vector<double>& values) {
  if (values.size() < 2) return 1;
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  return *greatest > 0 ? *least / *greatest : 1;
}

AttributeReport ReportBy(const std::string& attribute, const std::vector<Outcome>& outcomes,
                         int smallest) {
  std::map<std::string, std::vector<const Outcome*>> by_group;
  for (const Outcome& one : outcomes) {
    const auto group = one.groups.find(attribute);
    if (group != one.groups.end()) by_group[group->second].push_back(&one);
  }
  AttributeReport report;
  report.attribute = attribute;
  std::vector<double> rates;
  std::vector<double> points;
  for (const auto& [group, members] : by_group) {
    report.groups.push_back(ReportOf(group, members));
    const GroupReport& one = report.groups.back();
    if (one.mentees < smallest) continue;
    rates.push_back(one.match_rate);
    if (one.matched > 0) points.push_back(one.mean_points);
  }
  report.rate_ratio = LeastOverGreatest(rates);
  report.points_ratio = LeastOverGreatest(points);
  return report;
}

}  // namespace

int Percentile(std::vector<int> values, int percent) {
  if (values.empty()) return 0;
  const size_t rank = (values.size() * static_cast<size_t>(std::clamp(percent, 1, 100)) + 99) / 100;
  const auto at = values.begin() + static_cast<std::ptrdiff_t>(rank) - 1;
  std::nth_element(values.begin(), at, values.end());
  return *at;
}

double Gini(std::vector<int> values) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<int64_t>(values.size());
  int64_t sum = 0;
  int64_t weighted = 0;
  for (int64_t i = 0; i < n; ++i) {
    const int64_t value = values[static_cast<size_t>(i)];
    sum += value;
    weighted += (2 * (i + 1) - n - 1) * value;
  }
  return sum > 0 ? static_cast<double>(weighted) / static_cast<double>(n * sum) : 0;
}

RunReport Report(const std::vector<Outcome>& outcomes, const RunFacts& facts, int smallest) {
  RunReport report;
  std::vector<const Outcome*> everyone;
  std::map<std::string, int> attributes;
  for (const Outcome& one : outcomes) {
    everyone.push_back(&one);
    for (const auto& [attribute, group] : one.groups) ++attributes[attribute];
  }
  report.all = ReportOf("", everyone);
  for (const auto& [attribute, people] : attributes) {
    report.attributes.push_back(ReportBy(attribute, outcomes, smallest));
  }
  report.exposure_gini = Gini(facts.mentees_of);
  report.blocking_pairs = facts.blocking_pairs;
  report.optimality_gap =
      Share(static_cast<double>(facts.bound - facts.value), static_cast<double>(facts.bound));
  report.decline_rate = Share(facts.declined, facts.answered);
  report.override_share = Share(facts.overridden, facts.proposed);
  return report;
}

}  // namespace tremplin::matching::engine
