// season --seed N: a whole season through the public API alone, then the funnel and the report.
#include <memory>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/population.h"
#include "tools/tremplinctl/season/season.h"
#include "tools/tremplinctl/tables.h"

namespace tremplin::ctl {
namespace {

struct SeasonOptions {
  uint64_t seed = 1;
  std::string out;
  std::string dir = "deploy";
  std::string program = "ottawa-career-mentoring";
};

absl::Status Prepare(Api& api, const SeasonOptions& options, season::Stage& stage) {
  TREMPLIN_ASSIGN_OR_RETURN(const auto statuses, api.Statuses());
  for (const auto& status : statuses) {
    if (!status.demo()) return status::Error(absl::StatusCode::kFailedPrecondition, kNotDemo);
  }
  registration::v1::GetProgramRequest request;
  request.set_name(stage.program);
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto program,
      api.Call<registration::v1::Program>(text::Cat(kRegistration, "GetProgram"), request));
  if (!absl::LoadTimeZone(program.definition().time_zone(), &stage.zone)) {
    return absl::InternalError("the program's time zone is unknown here");
  }
  TREMPLIN_ASSIGN_OR_RETURN(const auto agencies,
                            ReadAgencies(text::Cat(options.dir, "/data/sample/agencies.csv")));
  for (const auto& [id, names] : agencies) {
    TREMPLIN_ASSIGN_OR_RETURN(stage.agencies[id], AgencyKey(api, id));
  }
  TREMPLIN_ASSIGN_OR_RETURN(stage.coordinator, CoordinatorKey(api, stage.program));
  return absl::OkStatus();
}

std::string Canonical(const SeasonOptions& options, const season::Result& result) {
  return text::Cat("{\"seed\": ", options.seed, ",\n\"funnel\": ", ToJson(result.funnel),
                   ",\n\"report\": ", ToJson(result.report), "}\n");
}

absl::Status Show(const Globals& globals, const SeasonOptions& options, const season::Stage& stage,
                  const season::Result& result) {
  const std::string json = Canonical(options, result);
  if (!options.out.empty()) TREMPLIN_RETURN_IF_ERROR(WriteFile(options.out, json));
  if (globals.json) {
    std::fputs(json.c_str(), stdout);
  } else {
    PrintFunnel(result.funnel);
    std::printf("\n");
    PrintReport(globals.language(), result.report);
  }
  int64_t count = 0;
  std::string rules;
  for (const auto& [rule, times] : stage.refused()) {
    count += times;
    rules = text::Cat(rules, rules.empty() ? "" : ", ", rule, " × ", times);
  }
  if (count > 0) Warn(globals.language(), kRefusedActions, {text::Cat(count), rules});
  if (result.dead_letters == 0) return absl::OkStatus();
  return status::Error(absl::StatusCode::kInternal, kDeadLetters, {text::Cat(result.dead_letters)});
}

absl::Status Play(const Globals& globals, const SeasonOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  season::Stage stage(*api, options.seed, resources::NameOf("programs", options.program));
  TREMPLIN_RETURN_IF_ERROR(Prepare(*api, options, stage));
  season::Referring referring(stage);
  const std::string referrals = text::Cat(options.dir, "/data/sample/referrals.csv");
  TREMPLIN_RETURN_IF_ERROR(referring.Read(referrals));
  if (!referring.NextDay().has_value()) {
    return status::Error(absl::StatusCode::kInvalidArgument, kFileEmpty, {referrals});
  }
  season::Result result;
  {
    Progress progress(globals.language(), kSeasonProgress, globals.json);
    TREMPLIN_ASSIGN_OR_RETURN(result, season::Season(stage, referring, progress).Play());
  }
  return Show(globals, options, stage, result);
}

}  // namespace

void AddSeason(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<SeasonOptions>();
  CLI::App* command = app.add_subcommand(
      "season", "play the sample season through the API / jouer la saison d'exemple");
  command->add_option("--seed", options->seed, "of the draws; the same seed, the same season")
      ->capture_default_str();
  command->add_option("--out", options->out, "file for funnel and report as JSON");
  command->add_option("--dir", options->dir, "folder with data/sample/")->capture_default_str();
  command->callback([&globals, &result, options] { result = Play(globals, *options); });
}

}  // namespace tremplin::ctl
