#include "tests/bench/report.h"

#include <cstdio>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tremplin::bench {
namespace {

std::string Number(double value) {
  if (value >= 100) return absl::StrFormat("%.0f", value);
  if (value >= 10) return absl::StrFormat("%.1f", value);
  return absl::StrFormat("%.2f", value);
}

std::string Escaped(const std::string& text) {
  std::string out;
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

void Report::Add(Figure figure) {
  std::fprintf(stderr, "  %s: %s %s %s\n", figure.bench.c_str(), figure.what.c_str(),
               Number(figure.value).c_str(), figure.unit.c_str());
  figures_.push_back(std::move(figure));
}

std::string Report::Table() const {
  std::string table =
      "| bench | figure | measured | raw limit in this run | of the limit | aim | met |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const Figure& figure : figures_) {
    const bool limited = figure.limit_value > 0;
    absl::StrAppend(
        &table, "| ", figure.bench, " | ", figure.what, " | ", Number(figure.value), " ",
        figure.unit, " | ",
        limited ? absl::StrCat(figure.limit, ": ", Number(figure.limit_value), " ", figure.unit)
                : "",
        " | ", limited ? absl::StrFormat("%.0f %%", 100 * figure.value / figure.limit_value) : "",
        " | ", figure.aim, " | ", figure.aim.empty() ? "" : (figure.met ? "yes" : "NO"), " |\n");
  }
  for (const std::string& note : notes_) absl::StrAppend(&table, "\n", note, "\n");
  return table;
}

std::string Report::Json() const {
  std::string json = "[";
  const char* comma = "\n";
  for (const Figure& figure : figures_) {
    absl::StrAppend(&json, comma, "  {\"bench\": \"", Escaped(figure.bench), "\", \"figure\": \"",
                    Escaped(figure.what), "\", \"value\": ", figure.value, ", \"unit\": \"",
                    Escaped(figure.unit), "\", \"limit\": ", figure.limit_value, ", \"aim\": \"",
                    Escaped(figure.aim), "\", \"met\": ", figure.met ? "true" : "false", "}");
    comma = ",\n";
  }
  return json + "\n]\n";
}

}  // namespace tremplin::bench
