// referrals import FILE, mentors import FILE: files as an office sends them, in chunks, with a
// verdict for each row. A mentor's row is a referral of side mentor.
#include <memory>

#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/import.h"
#include "tools/tremplinctl/messages.h"

namespace tremplin::ctl {
namespace {

absl::Status RunImport(const Globals& globals, ImportOptions options) {
  options.language = globals.language();
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  const Language language = globals.language();
  const bool mentors = options.side == program::v1::SUBJECT_MENTOR;
  ImportResult result;
  {
    Progress progress(language, mentors ? kMentorsProgress : kImportProgress, globals.json);
    TREMPLIN_ASSIGN_OR_RETURN(
        result, Import(*api, options, progress, [language](const RowNote& note) {
          Warn(language, kRowNote,
               {text::Cat(note.row), text::Cat(note.line), note.external_id, note.sentence});
        }));
  }
  TellImport(language, globals.json, options, result);
  return absl::OkStatus();
}

void AddImport(CLI::App& parent, const std::string& what, program::v1::Subject side,
               const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<ImportOptions>();
  options->side = side;
  CLI::App* command = parent.add_subcommand("import", what);
  command->add_option("file", options->file, "CSV file")->required();
  command->add_flag("--dry-run", options->dry_run, "judge every row, store nothing");
  command->add_option("--verdicts", options->verdicts, "CSV file to write, one verdict a row");
  AddRowOptions(*command, *options);
  command->callback([&globals, &result, options] { result = RunImport(globals, *options); });
}

}  // namespace

void AddRowOptions(CLI::App& command, ImportOptions& options) {
  options.programs = {"ottawa-career-mentoring"};
  command.add_option("--agency", options.agency, "organization of rows that name none");
  command.add_option("--program", options.programs, "id of a program applied to; again for more")
      ->allow_extra_args(false)
      ->capture_default_str();
}

void AddReferrals(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* referrals =
      app.add_subcommand("referrals", "referrals from files / aiguillages par fichiers");
  referrals->require_subcommand(1);
  AddImport(*referrals, "submit the referrals of a CSV file / soumettre des aiguillages",
            program::v1::SUBJECT_MENTEE, globals, result);
  AddWatch(*referrals, program::v1::SUBJECT_MENTEE, globals, result);
}

void AddMentors(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* mentors = app.add_subcommand("mentors", "mentors from files / mentors par fichiers");
  mentors->require_subcommand(1);
  AddImport(*mentors, "enter the mentors of a CSV file / inscrire des mentors",
            program::v1::SUBJECT_MENTOR, globals, result);
  AddWatch(*mentors, program::v1::SUBJECT_MENTOR, globals, result);
}

}  // namespace tremplin::ctl
