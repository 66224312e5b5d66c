#include "tools/tremplinctl/matching_report.h"

#include <cstdio>

#include "absl/strings/str_format.h"
#include "common/text/text.h"
#include "tools/tremplinctl/matching_messages.h"

namespace tremplin::ctl {
namespace {

namespace engine = matching::engine;

constexpr double kFullPoints = 10'000;

const messages::Message& TitleOf(engine::Regime regime) {
  switch (regime) {
    case engine::Regime::kContinuous:
      return kContinuousName;
    case engine::Regime::kDaily:
      return kDailyName;
    case engine::Regime::kWeekly:
      return kWeeklyName;
    case engine::Regime::kMonthly:
      return kMonthlyName;
  }
  return kDailyName;
}

const messages::Message& TitleOf(engine::Objective objective) {
  switch (objective) {
    case engine::Objective::kQuality:
      return kQualityName;
    case engine::Objective::kCoverage:
      return kCoverageName;
    case engine::Objective::kStable:
      return kStableName;
  }
  return kQualityName;
}

std::string TitleOf(Language language, const engine::SeasonRules& rules) {
  const std::string regime = Text(language, TitleOf(rules.regime));
  const std::string bonus = text::Cat(rules.policy.waiting_bonus);
  if (rules.engine == engine::SeasonEngine::kGreedy) return Text(language, kFirstCome, {regime});
  if (rules.regime == engine::Regime::kContinuous) {
    return Text(language, kOptimumAtOnce, {regime, bonus});
  }
  return Text(language, kOptimum, {regime, Text(language, TitleOf(rules.policy.objective)), bonus});
}

std::string Percent(double share) { return absl::StrFormat("%.1f %%", share * 100); }

std::string Score(const engine::GroupReport& report) {
  return absl::StrFormat("%.3f", report.mean_points / kFullPoints);
}

std::string WaitsOf(const engine::GroupReport& report) {
  const engine::Waits& waits = report.matched_waits;
  return absl::StrFormat("%d/%d/%d", waits.p50, waits.p90, waits.p99);
}

// "–" for an attribute of nobody.
std::string Gap(const engine::RunReport& report, std::string_view attribute) {
  for (const engine::AttributeReport& one : report.attributes) {
    if (one.attribute == attribute) return absl::StrFormat("%.2f", one.rate_ratio);
  }
  return "–";
}

std::string WaitsJson(const engine::Waits& waits) {
  return absl::StrFormat("{\"p50\": %d, \"p90\": %d, \"p99\": %d}", waits.p50, waits.p90,
                         waits.p99);
}

// The fields of a group, without braces.
std::string GroupJson(const engine::GroupReport& group) {
  return absl::StrFormat(
      "\"mentees\": %d, \"matched\": %d, \"match_rate\": %.6f, \"mean_score\": %.6f, "
      "\"wait_days\": %s",
      group.mentees, group.matched, group.match_rate, group.mean_points / kFullPoints,
      WaitsJson(group.matched_waits));
}

// Names of groups are codes and regions: nothing in them needs escaping.
std::string AttributeJson(const engine::AttributeReport& attribute) {
  std::string groups;
  for (const engine::GroupReport& group : attribute.groups) {
    groups = text::Cat(groups, groups.empty() ? "" : ", ", "{\"group\": \"", group.group, "\", ",
                       GroupJson(group), "}");
  }
  return absl::StrFormat(
      "{\"attribute\": \"%s\", \"rate_ratio\": %.6f, \"score_ratio\": %.6f, \"groups\": [%s]}",
      attribute.attribute, attribute.rate_ratio, attribute.points_ratio, groups);
}

std::string PolicyJson(const PlayedPolicy& played) {
  const engine::SeasonRules& rules = played.rules;
  const engine::SeasonResult& result = played.result;
  std::string attributes;
  for (const engine::AttributeReport& one : result.report.attributes) {
    attributes = text::Cat(attributes, attributes.empty() ? "" : ", ", AttributeJson(one));
  }
  const bool greedy = rules.engine == engine::SeasonEngine::kGreedy;
  const bool chosen = !greedy && rules.regime != engine::Regime::kContinuous;
  return absl::StrFormat(
      "{\"regime\": \"%s\", \"engine\": \"%s\", \"objective\": %s, \"waiting_bonus\": %d, %s, "
      "\"left_share\": %.6f, \"proposed\": %d, \"declined\": %d, \"exposure_gini\": %.6f, "
      "\"attributes\": [%s]}",
      NameOf(rules.regime), greedy ? "greedy" : "optimal",
      chosen ? text::Cat("\"", NameOf(rules.policy.objective), "\"") : "null",
      greedy ? 0 : rules.policy.waiting_bonus, GroupJson(result.report.all), result.left_share,
      result.proposed, result.declined, result.report.exposure_gini, attributes);
}

}  // namespace

std::string NameOf(engine::Regime regime) { return std::string(TitleOf(regime).en()); }
std::string NameOf(engine::Objective objective) { return std::string(TitleOf(objective).en()); }

void PrintPolicies(Language language, const std::vector<PlayedPolicy>& played) {
  Table table({Text(language, kPolicyHeading), Text(language, kMatchedHeading),
               Text(language, kLeftHeading), Text(language, kScoreHeading),
               Text(language, kWaitHeading), Text(language, kLanguageGapHeading),
               Text(language, kOccupationGapHeading), Text(language, kOriginGapHeading)});
  for (const PlayedPolicy& one : played) {
    const engine::RunReport& report = one.result.report;
    table.Row({TitleOf(language, one.rules), Percent(report.all.match_rate),
               Percent(one.result.left_share), Score(report.all), WaitsOf(report.all),
               Gap(report, "language"), Gap(report, "occupation"), Gap(report, "origin")});
  }
  table.Print();
}

void PrintBothEngines(Language language, const std::vector<PlayedPolicy>& played) {
  for (const PlayedPolicy& greedy : played) {
    if (greedy.rules.engine != engine::SeasonEngine::kGreedy) continue;
    for (const PlayedPolicy& best : played) {  // quality without a bonus is played first
      if (best.rules.engine == engine::SeasonEngine::kGreedy) continue;
      if (best.rules.regime != greedy.rules.regime) continue;
      std::printf("\n");
      Say(language, kBothEngines, {Text(language, TitleOf(greedy.rules.regime))});
      Table table({Text(language, kPolicyHeading), Text(language, kMatchedHeading),
                   Text(language, kScoreHeading), Text(language, kWaitHeading)});
      for (const PlayedPolicy* one : {&greedy, &best}) {
        const engine::GroupReport& all = one->result.report.all;
        table.Row(
            {TitleOf(language, one->rules), Percent(all.match_rate), Score(all), WaitsOf(all)});
      }
      return table.Print();
    }
  }
}

std::string ToJson(const std::vector<PlayedPolicy>& played) {
  std::string json = "[";
  for (const PlayedPolicy& one : played) {
    json = text::Cat(json, json.size() > 1 ? ",\n" : "\n", PolicyJson(one));
  }
  return text::Cat(json, "\n]");
}

}  // namespace tremplin::ctl
