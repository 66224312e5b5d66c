#include "tools/tremplinctl/tables.h"

#include <algorithm>
#include <cstdio>

#include "absl/strings/str_format.h"
#include "common/resources/names.h"
#include "common/text/text.h"
#include "tools/tremplinctl/messages.h"

namespace tremplin::ctl {
namespace {

std::string Percent(double value) { return absl::StrFormat("%.1f %%", value * 100); }

std::string Cell(Language language, const outcome::v1::Rate& rate) {
  if (rate.suppressed()) return Text(language, kSuppressed);
  if (rate.denominator() == 0) return "–";
  const std::string value =
      absl::StrFormat("%s  (%d/%d)", Percent(rate.value()), rate.numerator(), rate.denominator());
  if (rate.worst() == rate.best()) return value;
  return text::Cat(value, "  [", Percent(rate.worst()), " – ", Percent(rate.best()), "]");
}

std::string Both(const program::v1::Text& title) {
  return text::Cat(title.en(), " / ", title.fr());
}

// A count by kind of work, "–" where it is not shown.
std::string Kind(const outcome::v1::StageReport& stage, std::string_view kind, int64_t count) {
  const bool hidden =
      std::find(stage.hidden().begin(), stage.hidden().end(), kind) != stage.hidden().end();
  return hidden ? "–" : text::Cat(count);
}

}  // namespace

void PrintFunnel(const outcome::v1::Funnel& funnel) {
  Table table({"Step", "Étape", "Count / Nombre"});
  for (const outcome::v1::Funnel::Step& step : funnel.steps()) {
    table.Row({step.title().en(), step.title().fr(), text::Cat(step.count())});
  }
  table.Print({true, true, false});
}

void PrintReport(Language language, const outcome::v1::OutcomeReport& report) {
  const std::string as_of = absl::FormatTime(
      "%Y-%m-%d %H:%M UTC", resources::FromTimestamp(report.as_of()), absl::UTCTimeZone());
  std::printf("%s · as of / au %s · measures / mesures v%d\n\n", report.program().c_str(),
              as_of.c_str(), report.measure_version());
  Table counts({"Stage / Étape", "Due / Dus", "Answered / Réponses", "Lost / Perdus",
                "Open / Ouverts", "In profession / Profession", "Related / Connexe",
                "Other / Autre", "None / Aucun"});
  Table rates({"Stage / Étape", "Response / Réponse", "In profession / Dans la profession",
               "Employed / En emploi"});
  for (const outcome::v1::StageReport& stage : report.stages()) {
    counts.Row({Both(stage.title()), text::Cat(stage.due()), text::Cat(stage.answered()),
                text::Cat(stage.lost()), text::Cat(stage.open()),
                Kind(stage, "in_profession", stage.in_profession()),
                Kind(stage, "related", stage.related()), Kind(stage, "other", stage.other()),
                Kind(stage, "none", stage.none())});
    rates.Row({Both(stage.title()), Cell(language, stage.response()),
               Cell(language, stage.in_profession_rate()), Cell(language, stage.employed_rate())});
  }
  counts.Print();
  std::printf("\n");
  rates.Print({true, true, true, true});
  std::printf(
      "\n[a – b]: worst and best case under non-response / au pire et au mieux des "
      "non-réponses\n");
  std::printf("Mentorships completed / Mentorats achevés: %s\n",
              Cell(language, report.completion()).c_str());
  std::printf("Ready, never matched / Prêt·es, sans jumelage: %lld\n",
              static_cast<long long>(report.waiting()));
}

}  // namespace tremplin::ctl
