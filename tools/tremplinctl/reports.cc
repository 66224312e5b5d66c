// report, funnel
#include <memory>

#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/tables.h"

namespace tremplin::ctl {
namespace {

constexpr char kOutcome[] = "tremplin.outcome.v1.OutcomeService/";

absl::Status Report(const Globals& globals, const std::string& program) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  outcome::v1::GetOutcomeReportRequest request;
  request.set_program(resources::NameOf("programs", program));
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto report,
      api->Call<outcome::v1::OutcomeReport>(text::Cat(kOutcome, "GetOutcomeReport"), request));
  if (globals.json) {
    PrintJson(report);
  } else {
    PrintReport(globals.language(), report);
  }
  return absl::OkStatus();
}

absl::Status Funnel(const Globals& globals, const std::string& program) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  outcome::v1::GetFunnelRequest request;
  request.set_program(resources::NameOf("programs", program));
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto funnel, api->Call<outcome::v1::Funnel>(text::Cat(kOutcome, "GetFunnel"), request));
  if (globals.json) {
    PrintJson(funnel);
  } else {
    PrintFunnel(funnel);
  }
  return absl::OkStatus();
}

}  // namespace

void AddReports(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto program = std::make_shared<std::string>("ottawa-career-mentoring");
  CLI::App* report = app.add_subcommand("report", "employment outcomes / résultats d'emploi");
  report->add_option("--program", *program, "program's id")->capture_default_str();
  report->callback([&globals, &result, program] { result = Report(globals, *program); });
  CLI::App* funnel =
      app.add_subcommand("funnel", "counts of the journey / le parcours en chiffres");
  funnel->add_option("--program", *program, "program's id")->capture_default_str();
  funnel->callback([&globals, &result, program] { result = Funnel(globals, *program); });
}

}  // namespace tremplin::ctl
