// mentors import FILE
#include <memory>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/messages.h"
#include "tools/tremplinctl/population.h"

namespace tremplin::ctl {
namespace {

constexpr int kWorkers = 32;

struct MentorsOptions {
  std::string file;
  std::string program = "ottawa-career-mentoring";
};

absl::Status Import(const Globals& globals, const MentorsOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  Workers workers(kWorkers);
  MentorsResult mentors;
  {
    Progress progress(globals.language(), kMentorsProgress, globals.json);
    TREMPLIN_ASSIGN_OR_RETURN(
        mentors, ImportMentors(*api, workers, options.file, text::Cat("programs/", options.program),
                               progress));
  }
  if (globals.json) {
    std::printf("{\"enrolled\": %lld, \"there\": %lld}\n", static_cast<long long>(mentors.enrolled),
                static_cast<long long>(mentors.there));
    return absl::OkStatus();
  }
  Say(globals.language(), kMentorsImported,
      {text::Cat(mentors.enrolled + mentors.there), text::Cat(mentors.enrolled),
       text::Cat(mentors.there)});
  return absl::OkStatus();
}

}  // namespace

void AddMentors(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<MentorsOptions>();
  CLI::App* mentors = app.add_subcommand("mentors", "mentors from files / mentors par fichiers");
  mentors->require_subcommand(1);
  CLI::App* import = mentors->add_subcommand("import", "enrol the mentors of a CSV file");
  import->add_option("file", options->file, "mentors.csv")->required();
  import->add_option("--program", options->program, "program's id")->capture_default_str();
  import->callback([&globals, &result, options] { result = Import(globals, *options);
});
}  // namespace tremplin::ctl

}  // namespace tremplin::ctl
