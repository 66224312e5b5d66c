// Everything a newcomer needs before the first referral: programs, agencies, keys, mentors.
#include <cstdio>
#include <map>
#include <memory>
#include <vector>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/import.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/population.h"

namespace tremplin::ctl {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(120);

struct LoadOptions {
  std::string dir = "deploy";
  // Whose coordinator the key coordinator.key is of, and for which the mentors come.
  std::string program = "ottawa-career-mentoring";
  bool no_mentors = false;
};

using Definitions = std::vector<program::v1::ProgramDefinition>;

absl::Status WriteKey(const Globals& globals, const std::string& name,
                      const absl::StatusOr<std::string>& key) {
  if (!key.ok()) return key.status();
  return WritePrivate(text::Cat(globals.KeysDir(), "/", name, ".key"), text::Cat(*key, "\n"));
}

// A key for each agency, for a coordinator of the main program, and of each other.
absl::StatusOr<int> WriteKeys(Api& api, const Globals& globals, const LoadOptions& options,
                              const std::map<std::string, AgencyNames>& agencies,
                              const Definitions& programs) {
  for (const auto& [id, names] : agencies) {
    TREMPLIN_RETURN_IF_ERROR(WriteKey(globals, id, AgencyKey(api, id)));
  }
  for (const program::v1::ProgramDefinition& one : programs) {
    const bool main = one.id() == options.program;
    TREMPLIN_RETURN_IF_ERROR(
        WriteKey(globals, main ? std::string("coordinator") : text::Cat("coordinator-", one.id()),
                 CoordinatorKey(api, resources::NameOf("programs", one.id()))));
  }
  return static_cast<int>(agencies.size() + programs.size());
}

absl::StatusOr<ImportResult> LoadMentors(Api& api, const Globals& globals,
                                         const LoadOptions& options) {
  ImportOptions mentors;
  mentors.file = text::Cat(options.dir, "/data/sample/mentors.csv");
  mentors.programs = {options.program};
  mentors.side = program::v1::SUBJECT_MENTOR;
  mentors.run = "load";
  const Language language = globals.language();
  Progress progress(language, kMentorsProgress, globals.json);
  mentors.language = language;
  return Import(api, mentors, progress, [language](const RowNote& note) {
    Warn(language, kRowNote,
         {text::Cat(note.row), text::Cat(note.line), note.external_id, note.sentence});
  });
}

absl::Status Load(const Globals& globals, const LoadOptions& options) {
  const Language language = globals.language();
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto agencies,
                            ReadAgencies(text::Cat(options.dir, "/data/sample/agencies.csv")));
  TREMPLIN_ASSIGN_OR_RETURN(const auto facts, ReadFacts(text::Cat(options.dir, "/facts")));
  TREMPLIN_ASSIGN_OR_RETURN(const Definitions programs,
                            ReadPrograms(text::Cat(options.dir, "/programs")));
  for (const auto& [id, names] : agencies) {
    TREMPLIN_RETURN_IF_ERROR(CreateAgency(*api, id, names));
  }
  // Facts come before the programs that ask for them, and an owner before its program.
  TREMPLIN_RETURN_IF_ERROR(PublishFacts(*api, facts));
  for (const program::v1::ProgramDefinition& one : programs) {
    TREMPLIN_RETURN_IF_ERROR(CreateOrganizationsOf(*api, one));
    TREMPLIN_RETURN_IF_ERROR(PublishProgram(*api, one));
  }
  TREMPLIN_RETURN_IF_ERROR(api->Settle(std::nullopt, kPatience).status());
  TREMPLIN_ASSIGN_OR_RETURN(const int keys, WriteKeys(*api, globals, options, agencies, programs));
  ImportResult mentors;
  if (!options.no_mentors) {
    TREMPLIN_ASSIGN_OR_RETURN(mentors, LoadMentors(*api, globals, options));
  }
  TREMPLIN_RETURN_IF_ERROR(api->Settle(std::nullopt, kPatience).status());
  if (globals.json) {
    std::printf(
        "{\"facts\": %d, \"programs\": %zu, \"organizations\": %zu, \"keys\": %d, \"mentors\": "
        "%lld, \"eligible_mentors\": %lld}\n",
        facts.facts_size(), programs.size(), agencies.size(), keys,
        static_cast<long long>(mentors.rows), static_cast<long long>(mentors.Verdict("eligible")));
    return absl::OkStatus();
  }
  Say(language, kLoaded,
      {text::Cat(facts.facts_size()), text::Cat(programs.size()), text::Cat(agencies.size()),
       text::Cat(keys), text::Cat(mentors.rows), globals.KeysDir(),
       text::Cat(mentors.Verdict("eligible"))});
  return absl::OkStatus();
}

}  // namespace

void AddLoad(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<LoadOptions>();
  CLI::App* command = app.add_subcommand(
      "load", "publish facts and programs, create agencies, keys and mentors / publier");
  command->add_option("--dir", options->dir, "folder with facts/, programs/ and data/sample/")
      ->capture_default_str();
  command->add_flag("--no-mentors", options->no_mentors, "leave the mentors out");
  command->callback([&globals, &result, options] { result = Load(globals, *options); });
}

}  // namespace tremplin::ctl
