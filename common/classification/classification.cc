#include "common/classification/classification.h"

#include <charconv>
#include <cmath>
#include <fstream>
#include <functional>
#include <utility>
#include <vector>

#include "common/csv/csv.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::classification {
namespace {

constexpr double kEarthRadiusKm = 6371.0;
constexpr double kRadiansPerDegree = 3.14159265358979323846 / 180.0;
constexpr std::string_view kLettersFirst = "ABCEGHJKLMNPRSTVXY";
constexpr std::string_view kLetters = "ABCEGHJKLMNPRSTVWXYZ";

// ASCII only: codes have no other letters.
char Upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Calls `row` with each record of `columns` fields after the header.
absl::Status ReadTable(const std::string& path, size_t columns,
                       const std::function<bool(const std::vector<std::string>&)>& row) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return absl::NotFoundError(text::Cat("reference table not found: ", path));
  csv::Reader reader(in);
  std::vector<std::string> fields;
  TREMPLIN_ASSIGN_OR_RETURN(bool header, reader.Next(&fields));
  if (!header) return absl::DataLossError(text::Cat("reference table is empty: ", path));
  while (true) {
    absl::StatusOr<bool> more = reader.Next(&fields);
    if (!more.ok() || (*more && (fields.size() != columns || !row(fields)))) {
      return absl::DataLossError(
          text::Cat("reference table is damaged: ", path, " line ", reader.line()));
    }
    if (!*more) return absl::OkStatus();
  }
}

bool ParseDegrees(const std::string& text, double* out) {
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, *out);
  return error == std::errc() && at == end;
}

}  // namespace

absl::StatusOr<Classification> Classification::Load(const std::string& reference_dir) {
  Classification tables;
  TREMPLIN_RETURN_IF_ERROR(ReadTable(reference_dir + "/noc_2021.csv", 3, [&](const auto& row) {
    if (row[0].size() == 5) tables.noc_.emplace(row[0], row[1]);  // the shorter ones are groups
    return !row[0].empty();
  }));
  TREMPLIN_RETURN_IF_ERROR(ReadTable(reference_dir + "/naics_2022.csv", 3, [&](const auto& row) {
    return tables.naics_.emplace(row[0], row[1]).second;
  }));
  TREMPLIN_RETURN_IF_ERROR(ReadTable(reference_dir + "/fsa.csv", 5, [&](const auto& row) {
    Place place;
    place.province = row[2];
    if (!ParseDegrees(row[3], &place.latitude)) return false;
    if (!ParseDegrees(row[4], &place.longitude)) return false;
    tables.fsa_.emplace(row[0], std::move(place));
    return true;
  }));
  return tables;
}

bool Classification::IsNocUnitGroup(std::string_view code) const {
  return noc_.contains(std::string(code));
}

bool Classification::IsNaics(std::string_view code) const {
  return naics_.contains(std::string(code));
}

const Place* Classification::FindFsa(std::string_view fsa) const {
  const auto found = fsa_.find(std::string(fsa));
  return found == fsa_.end() ? nullptr : &found->second;
}

double Classification::Distance(std::string_view fsa_a, std::string_view fsa_b) const {
  const Place* a = FindFsa(fsa_a);
  const Place* b = FindFsa(fsa_b);
  if (a == nullptr || b == nullptr) return -1;
  const double lat_a = a->latitude * kRadiansPerDegree;
  const double lat_b = b->latitude * kRadiansPerDegree;
  const double half_lat = std::sin((lat_b - lat_a) / 2);
  const double half_lon = std::sin((b->longitude - a->longitude) * kRadiansPerDegree / 2);
  const double h = half_lat * half_lat + std::cos(lat_a) * std::cos(lat_b) * half_lon * half_lon;
  return 2 * kEarthRadiusKm * std::asin(std::sqrt(std::fmin(1.0, h)));
}

bool IsPostalCode(std::string_view text) {
  if (text.size() == 7 && text[3] == ' ') {
    return IsPostalCode(std::string(text.substr(0, 3)) + std::string(text.substr(4)));
  }
  if (text.size() != 6) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (i % 2 == 1) {
      if (!IsDigit(text[i])) return false;
      continue;
    }
    const std::string_view letters = i == 0 ? kLettersFirst : kLetters;
    if (letters.find(Upper(text[i])) == std::string_view::npos) return false;
  }
  return true;
}

std::string FsaOf(std::string_view postal_code) {
  if (!IsPostalCode(postal_code)) return "";
  std::string fsa(postal_code.substr(0, 3));
  for (char& c : fsa) c = Upper(c);
  return fsa;
}

}  // namespace tremplin::classification
