// Everything a newcomer needs before the first referral: programs, agencies, keys, mentors.
#include <memory>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/population.h"

namespace tremplin::ctl {
namespace {

constexpr int kWorkers = 32;
constexpr absl::Duration kPatience = absl::Seconds(120);

struct LoadOptions {
  std::string dir = "deploy";
  std::string program = "programs/ottawa-career-mentoring";
  bool no_mentors = false;
};

absl::StatusOr<int> WriteKeys(Api& api, const Globals& globals, const LoadOptions& options,
                              const std::map<std::string, AgencyNames>& agencies) {
  int keys = 0;
  for (const auto& [id, names] : agencies) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string key, AgencyKey(api, id));
    TREMPLIN_RETURN_IF_ERROR(
        WritePrivate(text::Cat(globals.KeysDir(), "/", id, ".key"), text::Cat(key, "\n")));
    ++keys;
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::string key, CoordinatorKey(api, options.program));
  TREMPLIN_RETURN_IF_ERROR(
      WritePrivate(text::Cat(globals.KeysDir(), "/coordinator.key"), text::Cat(key, "\n")));
  return keys + 1;
}

absl::Status Load(const Globals& globals, const LoadOptions& options) {
  const Language language = globals.language();
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto agencies,
                            ReadAgencies(text::Cat(options.dir, "/data/sample/agencies.csv")));
  // The owner comes before its program.
  for (const auto& [id, names] : agencies) {
    TREMPLIN_RETURN_IF_ERROR(CreateAgency(*api, id, names));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const int programs,
                            PublishPrograms(*api, text::Cat(options.dir, "/programs")));
  TREMPLIN_RETURN_IF_ERROR(api->Settle(std::nullopt, kPatience).status());
  TREMPLIN_ASSIGN_OR_RETURN(const int keys, WriteKeys(*api, globals, options, agencies));
  MentorsResult mentors;
  if (!options.no_mentors) {
    Workers workers(kWorkers);
    Progress progress(language, kMentorsProgress, globals.json);
    TREMPLIN_ASSIGN_OR_RETURN(
        mentors, ImportMentors(*api, workers, text::Cat(options.dir, "/data/sample/mentors.csv"),
                               options.program, progress));
  }
  TREMPLIN_RETURN_IF_ERROR(api->Settle(std::nullopt, kPatience).status());
  const int64_t all_mentors = mentors.enrolled + mentors.there;
  if (globals.json) {
    std::printf("{\"programs\": %d, \"organizations\": %zu, \"keys\": %d, \"mentors\": %lld}\n",
                programs, agencies.size(), keys, static_cast<long long>(all_mentors));
    return absl::OkStatus();
  }
  Say(language, kLoaded,
      {text::Cat(programs), text::Cat(agencies.size()), text::Cat(keys), text::Cat(all_mentors),
       globals.KeysDir()});
  return absl::OkStatus();
}

}  // namespace

void AddLoad(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* command = app.add_subcommand(
      "load", "publish the programs, create the agencies, their keys, and the mentors / publier");
  command->add_option("--dir", options->dir, "folder with programs/ and data/sample/")
      ->capture_default_str();
  command->add_flag("--no-mentors", options->no_mentors, "leave the mentors out");
  command->callback([&globals, &result, options] { result = Load(globals, *options); });
}

}  // namespace tremplin::ctl
