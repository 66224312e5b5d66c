// season --seed N: whole seasons through the public API alone, then what came of them.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "common/intake/columns.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/import.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/population.h"
#include "tools/tremplinctl/season/newcomers.h"
#include "tools/tremplinctl/season/season.h"
#include "tools/tremplinctl/tables.h"

namespace tremplin::ctl {
namespace {

constexpr char kOttawa[] = "ottawa-career-mentoring";
constexpr int kWorkers = 24;
// When the season of all programs begins, unless business time is past it.
constexpr absl::CivilDay kFirstDay(2025, 9, 2);

struct SeasonOptions {
  uint64_t seed = 1;
  std::string out;
  std::string dir = "deploy";
  std::string programs = "both";
};

using Stages = std::vector<std::unique_ptr<season::Stage>>;
using Definitions = std::vector<program::v1::ProgramDefinition>;

// The last moment of business time that any module is at.
absl::StatusOr<absl::Time> RequireDemo(Api& api) {
  TREMPLIN_ASSIGN_OR_RETURN(const auto statuses, api.Statuses());
  absl::Time latest = absl::InfinitePast();
  for (const auto& status : statuses) {
    if (!status.demo()) return status::Error(absl::StatusCode::kFailedPrecondition, kNotDemo);
    for (const auto& module : status.modules()) {
      latest = std::max(latest, resources::FromTimestamp(module.business_time()));
    }
  }
  return latest;
}

absl::StatusOr<program::v1::ProgramDefinition> InForce(Api& api, const std::string& id) {
  registration::v1::GetProgramRequest request;
  request.set_name(resources::NameOf("programs", id));
  TREMPLIN_ASSIGN_OR_RETURN(auto program, api.Call<registration::v1::Program>(
                                              text::Cat(kRegistration, "GetProgram"), request));
  return std::move(*program.mutable_definition());
}

// Every program in force, by id.
absl::StatusOr<Definitions> AllInForce(Api& api) {
  registration::v1::ListProgramsRequest request;
  std::set<std::string> ids;
  TREMPLIN_ASSIGN_OR_RETURN(const auto programs,
                            api.CallAll<registration::v1::ListProgramsResponse>(
                                text::Cat(kRegistration, "ListPrograms"), request));
  for (const auto& program : programs.programs()) ids.insert(program.definition().id());
  Definitions all;
  for (const std::string& id : ids) {
    TREMPLIN_ASSIGN_OR_RETURN(auto definition, InForce(api, id));
    all.push_back(std::move(definition));
  }
  return all;
}

absl::StatusOr<std::unique_ptr<season::Stage>> MakeStage(
    Api& api, Workers& workers, const SeasonOptions& options,
    const program::v1::ProgramDefinition& definition) {
  auto stage = std::make_unique<season::Stage>(api, workers, options.seed, definition);
  if (!absl::LoadTimeZone(definition.time_zone(), &stage->zone)) {
    return absl::InternalError("the program's time zone is unknown here");
  }
  TREMPLIN_ASSIGN_OR_RETURN(const auto agencies,
                            ReadAgencies(text::Cat(options.dir, "/data/sample/agencies.csv")));
  for (const auto& [id, names] : agencies) {
    TREMPLIN_ASSIGN_OR_RETURN(stage->agencies[id], AgencyKey(api, id));
  }
  TREMPLIN_ASSIGN_OR_RETURN(stage->coordinator, CoordinatorKey(api, stage->program));
  return stage;
}

absl::StatusOr<season::Result> Play(const Globals& globals, const Stages& stages,
                                    season::Arrivals& arrivals) {
  std::vector<season::Stage*> all;
  for (const auto& stage : stages) all.push_back(stage.get());
  Progress progress(globals.language(), kSeasonProgress, globals.json);
  return season::Season(all, arrivals, progress).Play();
}

absl::StatusOr<season::Result> PlayOttawa(const Globals& globals, const SeasonOptions& options,
                                          Api& api, Workers& workers, Stages& stages) {
  TREMPLIN_ASSIGN_OR_RETURN(const auto definition, InForce(api, kOttawa));
  TREMPLIN_ASSIGN_OR_RETURN(auto stage, MakeStage(api, workers, options, definition));
  stages.push_back(std::move(stage));
  const intake::Columns columns(program::Registry(definition.registry()),
                                program::v1::SUBJECT_MENTEE,
                                /*agency_given=*/false);
  const std::string file = text::Cat(options.dir, "/data/sample/referrals.csv");
  TREMPLIN_ASSIGN_OR_RETURN(auto rows,
                            season::ReadArrivals(columns, file, stages.front()->program));
  if (rows.empty()) return status::Error(absl::StatusCode::kInvalidArgument, kFileEmpty, {file});
  season::Arrivals arrivals(std::move(rows));
  return Play(globals, stages, arrivals);
}

absl::StatusOr<season::Result> PlayAll(const Globals& globals, const SeasonOptions& options,
                                       Api& api, Workers& workers, Stages& stages) {
  TREMPLIN_ASSIGN_OR_RETURN(const Definitions programs, AllInForce(api));
  std::vector<std::string> agencies;
  for (const program::v1::ProgramDefinition& one : programs) {
    TREMPLIN_ASSIGN_OR_RETURN(auto stage, MakeStage(api, workers, options, one));
    stage->by_themselves = true;
    agencies.clear();
    for (const auto& [id, key] : stage->agencies) agencies.push_back(id);
    stages.push_back(std::move(stage));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const absl::Time latest, RequireDemo(api));
  absl::CivilDay first = kFirstDay;
  const absl::CivilDay past = absl::ToCivilDay(latest, stages.front()->zone) + 1;
  if (options.programs == "both") first = std::max(first, past);
  season::Arrivals arrivals(season::Newcomers(programs, agencies, stages.front()->draws, first));
  return Play(globals, stages, arrivals);
}

// What one season came to, as text or JSON, with what a rule refused.
void Show(const Globals& globals, const season::Result& result, const Stages& stages) {
  if (!globals.json) {
    for (const season::Result::Program& one : result.programs) {
      std::printf("\n=== %s\n", one.id.c_str());
      PrintFunnel(one.funnel);
      std::printf("\n");
      PrintReport(globals.language(), one.report);
    }
  }
  std::map<std::string, int64_t> refused;
  for (const auto& stage : stages) {
    for (const auto& [rule, times] : stage->refused()) refused[rule] += times;
  }
  int64_t count = 0;
  std::string rules;
  for (const auto& [rule, times] : refused) {
    count += times;
    rules = text::Cat(rules, rules.empty() ? "" : ", ", rule, " × ", times);
  }
  if (count > 0) Warn(globals.language(), kRefusedActions, {text::Cat(count), rules});
}

std::string ToJsonText(const season::Result& result) {
  std::string json;
  for (const season::Result::Program& one : result.programs) {
    json = text::Cat(json, json.empty() ? "" : ",\n", "{\"program\": \"", one.id,
                     "\",\n\"funnel\": ", ToJson(one.funnel), ",\n\"report\": ", ToJson(one.report),
                     "}");
  }
  return text::Cat("[", json, "]");
}

absl::Status PlaySeasons(const Globals& globals, const SeasonOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_RETURN_IF_ERROR(RequireDemo(*api).status());
  Workers workers(kWorkers);
  std::string json = text::Cat("{\"seed\": ", options.seed);
  int64_t dead_letters = 0;
  for (const char* which : {"ottawa", "all"}) {
    if (options.programs != "both" && options.programs != which) continue;
    Stages stages;
    const bool ottawa = which == std::string_view("ottawa");
    TREMPLIN_ASSIGN_OR_RETURN(const season::Result result,
                              ottawa ? PlayOttawa(globals, options, *api, workers, stages)
                                     : PlayAll(globals, options, *api, workers, stages));
    Show(globals, result, stages);
    json = text::Cat(json, ",\n\"", which, "\": ", ToJsonText(result));
    dead_letters = result.dead_letters;
  }
  json += "}\n";
  if (!options.out.empty()) TREMPLIN_RETURN_IF_ERROR(WriteFile(options.out, json));
  if (globals.json) std::fputs(json.c_str(), stdout);
  if (dead_letters == 0) return absl::OkStatus();
  return status::Error(absl::StatusCode::kInternal, kDeadLetters, {text::Cat(dead_letters)});
}

}  // namespace

void AddSeason(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<SeasonOptions>();
  CLI::App* command = app.add_subcommand(
      "season", "play seasons through the API: the sample's, and all programs at once / saisons");
  command->add_option("--seed", options->seed, "of the draws; the same seed, the same season")
      ->capture_default_str();
  command
      ->add_option("--program", options->programs,
                   "ottawa: the sample's files; all: people made up for every program; or both")
      ->check(CLI::IsMember({"ottawa", "all", "both"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "file for funnels and reports as JSON");
  command->add_option("--dir", options->dir, "folder with data/sample/")->capture_default_str();
  command->callback([&globals, &result, options] { result = PlaySeasons(globals, *options); });
}

}  // namespace tremplin::ctl
