// matching simulate: the same season under several policies, without a server.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "common/classification/classification.h"
#include "common/program/criteria.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/matching_messages.h"
#include "tools/tremplinctl/matching_population.h"
#include "tools/tremplinctl/matching_report.h"
#include "tools/tremplinctl/population.h"

namespace tremplin::ctl {
namespace {

namespace engine = matching::engine;

// How long after the last arrival the season is played on; most have been matched or left by then.
constexpr int kDaysAfter = 365;

struct SimulateOptions {
  std::string program = "deploy/programs/ottawa-career-mentoring.textproto";
  SeasonFiles files = {"deploy/data/sample/referrals.csv", "deploy/data/sample/mentors.csv"};
  std::string facts = "deploy/facts";
  std::string reference = "deploy/data";
  std::vector<std::string> regimes = {"daily", "weekly", "continuous"};
  std::vector<std::string> objectives = {"quality", "coverage", "stable"};
  std::vector<int> bonus = {0, 30};
  uint64_t seed = 1;
  double patience = 90;
  int mentors_percent = 100;
  std::string out;
};

template <typename Value>
std::map<std::string, Value> ByName(std::initializer_list<Value> values) {
  std::map<std::string, Value> by_name;
  for (const Value value : values) by_name[NameOf(value)] = value;
  return by_name;
}

std::map<std::string, engine::Regime> Regimes() {
  return ByName({engine::Regime::kContinuous, engine::Regime::kDaily, engine::Regime::kWeekly,
                 engine::Regime::kMonthly});
}

std::map<std::string, engine::Objective> Objectives() {
  return ByName(
      {engine::Objective::kQuality, engine::Objective::kCoverage, engine::Objective::kStable});
}

// Kilometres between areas, each pair looked up once: a season asks for few pairs very often.
engine::Distance DistanceOf(const classification::Classification& tables) {
  auto known = std::make_shared<std::map<std::pair<std::string, std::string>, double>>();
  return [&tables, known](std::string_view from, std::string_view to) {
    const auto [at, fresh] = known->try_emplace({std::string(from), std::string(to)}, 0);
    if (fresh) at->second = tables.Distance(from, to);
    return at->second;
  };
}

// The policies to play: in each regime first come, then each objective with each bonus. Where pairs
// are proposed at once objectives do not differ, so only the bonus does.
std::vector<engine::SeasonRules> PoliciesOf(const SimulateOptions& options,
                                            const engine::SeasonRules& base) {
  std::vector<engine::SeasonRules> policies;
  for (const std::string& name : options.regimes) {
    engine::SeasonRules rules = base;
    rules.regime = Regimes().at(name);
    rules.engine = engine::SeasonEngine::kGreedy;
    policies.push_back(rules);
    rules.engine = engine::SeasonEngine::kOptimal;
    for (const int bonus : options.bonus) {
      rules.policy.waiting_bonus = bonus;
      for (const std::string& objective : options.objectives) {
        rules.policy.objective = Objectives().at(objective);
        policies.push_back(rules);
        if (rules.regime == engine::Regime::kContinuous) break;
      }
    }
  }
  return policies;
}

absl::StatusOr<std::vector<PlayedPolicy>> PlayAll(const engine::Population& population,
                                                  std::vector<engine::SeasonRules> policies,
                                                  const engine::Distance& distance,
                                                  Progress& progress) {
  std::vector<PlayedPolicy> played;
  const auto all = static_cast<int64_t>(policies.size());
  for (engine::SeasonRules& rules : policies) {
    progress.Show(static_cast<int64_t>(played.size()), all, NameOf(rules.regime));
    PlayedPolicy one{std::move(rules), {}};
    TREMPLIN_ASSIGN_OR_RETURN(one.result, engine::Simulate(population, one.rules, distance));
    played.push_back(std::move(one));
  }
  progress.Show(all, all, "");
  return played;
}

absl::Status Show(const Globals& globals, const SimulateOptions& options,
                  const std::string& program, const SeasonPeople& people,
                  const std::vector<PlayedPolicy>& played) {
  const std::string json = text::Cat("{\"program\": \"", program, "\", \"rows\": ", people.rows,
                                     ", \"mentees\": ", people.population.mentees.size(),
                                     ", \"mentors\": ", people.population.mentors.size(),
                                     ", \"places\": ", people.places, ", \"seed\": ", options.seed,
                                     ", \"patience_days\": ", options.patience,
                                     ",\n\"policies\": ", ToJson(played), "}\n");
  if (!options.out.empty()) TREMPLIN_RETURN_IF_ERROR(WriteFile(options.out, json));
  if (globals.json) {
    std::fputs(json.c_str(), stdout);
    return absl::OkStatus();
  }
  const Language language = globals.language();
  Say(language, kSimulated,
      {program, text::Cat(people.population.mentees.size()), text::Cat(people.rows),
       text::Cat(people.population.mentors.size()), text::Cat(people.places),
       text::Cat(options.seed), text::Cat(options.patience)});
  std::printf("\n");
  PrintPolicies(language, played);
  std::printf("\n");
  Say(language, kGapsExplained);
  PrintBothEngines(language, played);
  return absl::OkStatus();
}

absl::Status Run(const Globals& globals, const SimulateOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string content, ReadFile(options.program));
  TREMPLIN_ASSIGN_OR_RETURN(program::v1::ProgramDefinition definition,
                            program::ParseDefinition(content));
  TREMPLIN_ASSIGN_OR_RETURN(const program::v1::FactRegistry facts, ReadFacts(options.facts));
  TREMPLIN_RETURN_IF_ERROR(program::Validate(definition, facts));
  const program::v1::ProgramDefinition program = program::Bound(std::move(definition), facts);
  TREMPLIN_ASSIGN_OR_RETURN(const classification::Classification tables,
                            classification::Classification::Load(options.reference));
  TREMPLIN_ASSIGN_OR_RETURN(
      const SeasonPeople people,
      ReadSeasonPeople(options.files, program, tables, options.mentors_percent, options.seed));
  const program::v1::Format& format = *PairFormatOf(program);
  engine::SeasonRules base;
  base.policy = PolicyOf(format);
  base.conduct.patience_days = options.patience;
  for (const program::v1::ProposalStep& step : format.steps()) {
    if (step.kind() != program::v1::ProposalStep::KIND_INTEREST) continue;
    base.conduct.answer_days_most = std::max(1, step.days());
  }
  base.conduct.engagement_days = std::max(1, format.engagement().length_days());
  base.seed = options.seed;
  for (const engine::ArrivingMentee& one : people.population.mentees) {
    base.last = std::max(base.last, one.arrives + kDaysAfter);
  }
  std::vector<PlayedPolicy> played;
  {
    Progress progress(globals.language(), kSimulationProgress, globals.json);
    TREMPLIN_ASSIGN_OR_RETURN(played, PlayAll(people.population, PoliciesOf(options, base),
                                              DistanceOf(tables), progress));
  }
  return Show(globals, options, program.id(), people, played);
}

void AddSimulateOptions(CLI::App& command, SimulateOptions& options) {
  command.add_option("--program", options.program, "definition of the program")
      ->capture_default_str();
  command.add_option("--facts", options.facts, "folder with the registry of facts")
      ->capture_default_str();
  command.add_option("--referrals", options.files.referrals, "CSV file")->capture_default_str();
  command.add_option("--mentors", options.files.mentors, "CSV file")->capture_default_str();
  command.add_option("--reference", options.reference, "folder with NOC, NAICS and areas")
      ->capture_default_str();
  command.add_option("--regimes", options.regimes, "when pairs are proposed")
      ->delimiter(',')
      ->check(CLI::IsMember({"continuous", "daily", "weekly", "monthly"}))
      ->capture_default_str();
  command.add_option("--objectives", options.objectives, "what a batch maximizes")
      ->delimiter(',')
      ->check(CLI::IsMember({"quality", "coverage", "stable"}))
      ->capture_default_str();
  command.add_option("--bonus", options.bonus, "points of 10,000 for each day waited")
      ->delimiter(',')
      ->check(CLI::Range(0, 50))
      ->capture_default_str();
  command.add_option("--seed", options.seed, "of the draws; the same seed, the same season")
      ->capture_default_str();
  command.add_option("--patience", options.patience, "days on average; 0: nobody leaves")
      ->check(CLI::Range(0.0, 36500.0))
      ->capture_default_str();
  command
      .add_option("--mentors-percent", options.mentors_percent,
                  "share of the mentors, drawn by the seed: what a shortage does")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  command.add_option("--out", options.out, "file for the figures as JSON");
}

}  // namespace

void AddMatching(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<SimulateOptions>();
  CLI::App* matching = app.add_subcommand("matching", "matching policies / politiques de jumelage");
  matching->require_subcommand(1);
  CLI::App* simulate = matching->add_subcommand(
      "simulate", "play a season under several policies, in memory / simuler une saison");
  AddSimulateOptions(*simulate, *options);
  simulate->callback([&globals, &result, options] { result = Run(globals, *options); });
  AddBoard(*matching, globals, result);
}

}  // namespace tremplin::ctl
