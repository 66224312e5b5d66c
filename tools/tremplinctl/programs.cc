// facts, programs: the registry of facts and the definitions, from a file to what is in force.
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "common/program/criteria.h"
#include "common/program/facts.h"
#include "common/program/source_lines.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/population.h"
#include "tools/tremplinctl/program_messages.h"
#include "tools/tremplinctl/program_words.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl {
namespace {

namespace fs = std::filesystem;
using program::v1::FactRegistry;
using program::v1::ProgramDefinition;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr int kMostPerFile = 50;  // faults shown

struct FactsOptions {
  std::vector<std::string> files;
};
struct ProgramsOptions {
  std::vector<std::string> files;
  std::string facts = "deploy/facts";
};

// Tells each fault of a file with its line; how many there are.
int TellFaults(Language language, const std::string& path, const program::SourceLines& lines,
               const absl::Status& status) {
  const std::vector<status::FieldViolation> violations = status::DetailOf(status).violations;
  int shown = 0;
  for (const status::FieldViolation& violation : violations) {
    if (++shown > kMostPerFile) break;
    const std::string& sentence = language == Language::kFrench ? violation.fr : violation.en;
    std::fprintf(stderr, "%s:%d: %s: %s\n", path.c_str(), lines.LineOf(violation.field),
                 violation.field.c_str(), sentence.c_str());
  }
  return static_cast<int>(violations.size());
}

absl::Status Faults(int count) {
  return status::Error(absl::StatusCode::kInvalidArgument, kFaultsFound, {text::Cat(count)});
}

// The facts of a file, or of each file of a folder.
absl::StatusOr<FactRegistry> FactsAt(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return ReadFacts(path);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  return program::ParseRegistry(content);
}

absl::Status PublishFactFiles(const Globals& globals, const FactsOptions& options) {
  FactRegistry all;
  for (const std::string& file : options.files) {
    TREMPLIN_ASSIGN_OR_RETURN(const FactRegistry some, FactsAt(file));
    all.MergeFrom(some);
  }
  TREMPLIN_RETURN_IF_ERROR(program::ValidateRegistry(all));
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_RETURN_IF_ERROR(PublishFacts(*api, all));
  Say(globals.language(), kFactsPublished, {text::Cat(all.facts_size())});
  return absl::OkStatus();
}

// A definition that its file says without fault, by the registry of `--facts`.
struct Checked {
  ProgramDefinition definition;
  int faults = 0;
};
absl::StatusOr<Checked> ReadChecked(const Globals& globals, const std::string& path,
                                    const FactRegistry& facts) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string content, ReadFile(path));
  Checked checked;
  TREMPLIN_ASSIGN_OR_RETURN(const program::SourceLines lines,
                            program::SourceLines::Read(content, &checked.definition));
  const absl::Status valid = program::Validate(checked.definition, facts);
  if (!valid.ok()) checked.faults = TellFaults(globals.language(), path, lines, valid);
  return checked;
}

absl::StatusOr<std::vector<ProgramDefinition>> ReadSound(const Globals& globals,
                                                         const ProgramsOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const FactRegistry facts, FactsAt(options.facts));
  std::vector<ProgramDefinition> definitions;
  int faults = 0;
  for (const std::string& file : options.files) {
    TREMPLIN_ASSIGN_OR_RETURN(Checked checked, ReadChecked(globals, file, facts));
    faults += checked.faults;
    definitions.push_back(std::move(checked.definition));
  }
  if (faults > 0) return Faults(faults);
  return definitions;
}

absl::Status Lint(const Globals& globals, const ProgramsOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const FactRegistry facts, FactsAt(options.facts));
  int faults = 0;
  for (const std::string& file : options.files) {
    TREMPLIN_ASSIGN_OR_RETURN(const Checked checked, ReadChecked(globals, file, facts));
    faults += checked.faults;
    if (checked.faults == 0) Say(globals.language(), kNoFault, {file});
  }
  return faults == 0 ? absl::OkStatus() : Faults(faults);
}

absl::Status Publish(const Globals& globals, const ProgramsOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const auto definitions, ReadSound(globals, options));
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  for (const ProgramDefinition& definition : definitions) {
    TREMPLIN_RETURN_IF_ERROR(PublishProgram(*api, definition));
    Say(globals.language(), kProgramPublished, {definition.id()});
  }
  return absl::OkStatus();
}

std::string VerdictName(referral::v1::Verdict verdict) {
  std::string name = referral::v1::Verdict_Name(verdict);
  constexpr std::string_view kPrefix = "VERDICT_";
  if (name.starts_with(kPrefix)) name.erase(0, kPrefix.size());
  std::transform(name.begin(), name.end(), name.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return name;
}

absl::Status Preview(const Globals& globals, const ProgramsOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const auto definitions, ReadSound(globals, options));
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  for (const ProgramDefinition& definition : definitions) {
    referral::v1::PreviewProgramRequest request;
    *request.mutable_definition() = definition;
    TREMPLIN_ASSIGN_OR_RETURN(const auto response,
                              api->Call<referral::v1::PreviewProgramResponse>(
                                  text::Cat(kReferral, "PreviewProgram"), request));
    if (globals.json) {
      PrintJson(response);
      continue;
    }
    Say(globals.language(), kPreview,
        {text::Cat(response.considered()), text::Cat(response.gains()),
         text::Cat(response.losses())});
    if (response.changes().empty()) continue;
    Table table({"Application / Candidature", "Now / Maintenant", "Then / Ensuite",
                 "Not met / Non satisfait"});
    for (const auto& change : response.changes()) {
      std::string reasons;
      for (const std::string& reason : change.reasons()) {
        reasons += (reasons.empty() ? "" : " ") + reason;
      }
      table.Row(
          {change.application(), VerdictName(change.now()), VerdictName(change.then()), reasons});
    }
    table.Print({true, true, true, true});
  }
  return absl::OkStatus();
}

absl::StatusOr<registration::v1::Program> InForce(Api& api, const std::string& id) {
  registration::v1::GetProgramRequest request;
  request.set_name(id.starts_with("programs/") ? id : text::Cat("programs/", id));
  return api.Call<registration::v1::Program>(text::Cat(kRegistration, "GetProgram"), request);
}

absl::Status Diff(const Globals& globals, const ProgramsOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const auto definitions, ReadSound(globals, options));
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  for (const ProgramDefinition& definition : definitions) {
    const auto in_force = InForce(*api, definition.id());
    if (absl::IsNotFound(in_force.status())) {
      Say(globals.language(), kNotInForce, {definition.id()});
      continue;
    }
    TREMPLIN_RETURN_IF_ERROR(in_force.status());
    const std::vector<std::string> lines = Differences(in_force->definition(), definition);
    if (lines.empty()) Say(globals.language(), kNoDifference);
    for (const std::string& line : lines) std::printf("%s\n", line.c_str());
  }
  return absl::OkStatus();
}

absl::Status ExplainOne(const Globals& globals, const ProgramsOptions& options,
                        const std::string& what) {
  std::error_code error;
  ProgramDefinition definition;
  if (fs::is_regular_file(what, error)) {
    TREMPLIN_ASSIGN_OR_RETURN(const FactRegistry facts, FactsAt(options.facts));
    TREMPLIN_ASSIGN_OR_RETURN(Checked checked, ReadChecked(globals, what, facts));
    if (checked.faults > 0) return Faults(checked.faults);
    definition = program::Bound(std::move(checked.definition), facts);
  } else {
    TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
    TREMPLIN_ASSIGN_OR_RETURN(const registration::v1::Program program, InForce(*api, what));
    definition = program.definition();
  }
  std::fputs(Explain(definition, globals.language()).c_str(), stdout);
  return absl::OkStatus();
}

absl::Status ExplainAll(const Globals& globals, const ProgramsOptions& options) {
  for (const std::string& what : options.files) {
    TREMPLIN_RETURN_IF_ERROR(ExplainOne(globals, options, what));
  }
  return absl::OkStatus();
}

using Command = absl::Status (*)(const Globals&, const ProgramsOptions&);

}  // namespace

void AddPrograms(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* facts = app.add_subcommand("facts", "what can be known of people / données");
  facts->require_subcommand(1);
  auto fact_options = std::make_shared<FactsOptions>();
  CLI::App* publish = facts->add_subcommand("publish", "publish the registry anew, all of it");
  publish->add_option("files", fact_options->files, "files or folders, *.textproto")->required();
  publish->callback(
      [&globals, &result, fact_options] { result = PublishFactFiles(globals, *fact_options); });

  CLI::App* programs = app.add_subcommand("programs", "definitions of programs / programmes");
  programs->require_subcommand(1);
  auto options = std::make_shared<ProgramsOptions>();
  const struct {
    const char* name;
    const char* help;
    Command run;
  } commands[] = {
      {"lint", "check files without a running system", Lint},
      {"preview", "who waiting would change verdict under these files", Preview},
      {"publish", "publish files as new versions", Publish},
      {"diff", "what these files change of what is in force", Diff},
      {"explain", "say a file, or a program in force, in plain words", ExplainAll},
  };
  for (const auto& each : commands) {
    CLI::App* command = programs->add_subcommand(each.name, each.help);
    command->add_option("files", options->files, "files, *.textproto; to explain also ids")
        ->required();
    command->add_option("--facts", options->facts, "registry to check against: file or folder")
        ->capture_default_str();
    const Command run = each.run;
    command->callback([&globals, &result, options, run] { result = run(globals, *options); });
  }
}

}  // namespace tremplin::ctl
