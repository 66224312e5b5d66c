#include "tools/tremplinctl/matching_population.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/program/criteria.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/engine/simulator_draws.h"
#include "services/referral/domain/file.h"
#include "services/referral/domain/verdict.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/goals.h"
#include "tools/tremplinctl/matching_messages.h"
#include "tools/tremplinctl/rows.h"

namespace tremplin::ctl {
namespace {

namespace engine = matching::engine;

struct Region {
  std::string_view name;
  std::string_view countries;  // between blanks
};

constexpr Region kRegions[] = {
    {"Africa",
     " AO BF BI BJ BW CD CF CG CI CM CV DJ DZ EG EH ER ET GA GH GM GN GQ GW KE KM LR LS LY MA MG "
     "ML "
     "MR MU MW MZ NA NE NG RE RW SC SD SH SL SN SO SS ST SZ TD TF TG TN TZ UG YT ZA ZM ZW IO "},
    {"Americas",
     " AG AI AR AW BB BL BM BO BQ BR BS BV BZ CA CL CO CR CU CW DM DO EC FK GD GF GL GP GS GT GY "
     "HN "
     "HT JM KN KY LC MF MQ MS MX NI PA PE PM PR PY SR SV SX TC TT US UY VC VE VG VI "},
    {"Asia",
     " AE AF AM AZ BD BH BN BT CN CY GE HK ID IL IN IQ IR JO JP KG KH KP KR KW KZ LA LB LK MM MN "
     "MO "
     "MV MY NP OM PH PK PS QA SA SG SY TH TJ TL TM TR UZ VN YE "},
    {"Europe",
     " AD AL AT AX BA BE BG BY CH CZ DE DK EE ES FI FO FR GB GG GI GR HR HU IE IM IS IT JE LI LT "
     "LU "
     "LV MC MD ME MK MT NL NO PL PT RO RS RU SE SI SJ SK SM UA VA "},
    {"Oceania",
     " AS AU CC CK CX FJ FM GU HM KI MH MP NC NF NR NU NZ PF PG PN PW SB TK TO TV UM VU WF WS "}};

using TextField = std::pair<const char*, std::string referral::File::*>;
constexpr TextField kTextFields[] = {{"given_name", &referral::File::given_name},
                                     {"family_name", &referral::File::family_name},
                                     {"birth_date", &referral::File::birth_date},
                                     {"email", &referral::File::email},
                                     {"phone", &referral::File::phone},
                                     {"service_language", &referral::File::service_language},
                                     {"postal_code", &referral::File::postal_code},
                                     {"immigration_status", &referral::File::immigration_status},
                                     {"landed_on", &referral::File::landed_on},
                                     {"foreign_trained", &referral::File::foreign_trained},
                                     {"country_of_training", &referral::File::country_of_training},
                                     {"education", &referral::File::education},
                                     {"noc", &referral::File::noc},
                                     {"career_goal", &referral::File::career_goal},
                                     {"resume", &referral::File::resume},
                                     {"job_search_workshop", &referral::File::job_search_workshop},
                                     {"consent_to_share", &referral::File::consent_to_share},
                                     {"referred_on", &referral::File::referred_on}};

// Digits as their number, -1 for what is none, nothing for an empty cell.
std::optional<int32_t> NumberOf(const std::string& cell) {
  if (cell.empty()) return std::nullopt;
  int32_t number = 0;
  return absl::SimpleAtoi(cell, &number) && number >= 0 ? number : -1;
}

referral::File FileOf(const Sheet& row) {
  referral::File file;
  for (const auto& [name, field] : kTextFields) file.*field = row[name];
  file.years_experience = NumberOf(row["years_experience"]);
  for (size_t i = 0; i < referral::kScoreNames.size(); ++i) {
    file.scores[i] = NumberOf(row[referral::kScoreNames[i]]);
  }
  return referral::Trimmed(std::move(file));
}

bool IsEligible(const referral::File& file, const program::v1::Criteria& criteria,
                const classification::Classification& tables) {
  if (!referral::Faults(file, tables, referral::Strictness::kSubmission).empty()) return false;
  std::vector<referral::Finding> findings;
  for (const auto& [criterion, finding] : program::Evaluate(criteria, referral::FactsOf(file))) {
    const referral::Result result = finding == program::Finding::kPass ? referral::Result::kPass
                                    : finding == program::Finding::kFail
                                        ? referral::Result::kFail
                                        : referral::Result::kMissing;
    findings.push_back({criterion->code(), result});
  }
  return referral::VerdictOf(findings) == referral::Verdict::kEligible;
}

std::vector<std::string> Words(const std::string& cell) {
  std::vector<std::string> words = absl::StrSplit(cell, ' ', absl::SkipEmpty());
  std::sort(words.begin(), words.end());
  return words;
}

std::vector<std::string> GoalsOf(const std::string& key, const engine::Draws& draws, bool mentor) {
  return DrawnGoals(mentor, [&](std::string_view code) { return draws.Unit({"goal", key, code}); });
}

engine::ArrivingMentee MenteeOf(const std::string& key, const referral::File& file,
                                absl::CivilDay arrives, const engine::Draws& draws) {
  engine::ArrivingMentee mentee{key, {}, arrives};
  mentee.profile.noc = file.noc;
  if (!file.service_language.empty()) mentee.profile.languages = {file.service_language};
  mentee.profile.fsa = classification::FsaOf(file.postal_code);
  mentee.profile.years_experience = file.years_experience.value_or(-1);
  mentee.profile.goals = GoalsOf(key, draws, /*mentor=*/false);
  const std::string_view region = RegionOf(file.country_of_training);
  if (!region.empty()) mentee.groups["origin"] = region;
  return mentee;
}

absl::Status ReadMentees(const std::string& path, const program::v1::Criteria& criteria,
                         const classification::Classification& tables, const engine::Draws& draws,
                         SeasonPeople* people) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Sheet> sheet,
                            Sheet::Open(path, ReferralColumns()));
  std::set<std::string> seen;
  std::optional<absl::CivilDay> latest;
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool any, sheet->Next());
    if (!any) break;
    ++people->rows;
    const Sheet& row = *sheet;
    const referral::File file = FileOf(row);
    absl::CivilDay day;
    if (absl::ParseCivilTime(file.referred_on, &day)) latest = std::max(day, latest.value_or(day));
    // A day that the file has not come to yet cannot be told.
    if (!latest.has_value() || row["agency"].empty()) continue;
    if (referral::ExternalIdFault(row["external_id"]).has_value()) continue;
    if (!IsEligible(file, criteria, tables)) continue;
    const std::string key = text::Cat(row["agency"], "/", row["external_id"]);
    if (!seen.insert(key).second) continue;
    people->population.mentees.push_back(MenteeOf(key, file, *latest, draws));
  }
  if (!people->population.mentees.empty()) return absl::OkStatus();
  return status::Error(absl::StatusCode::kInvalidArgument, kNobodyEligible, {path});
}

// What the criteria may ask of a mentor, by column.
program::Facts MentorFacts(const Sheet& row) {
  program::Facts facts;
  for (const char* name : {"years_experience", "years_in_region", "months_offered"}) {
    const std::optional<int32_t> number = NumberOf(row[name]);
    if (number.has_value()) facts[name] = int64_t{*number};
  }
  for (const char* name : {"noc", "naics", "network_contacts", "postal_code"}) {
    if (!row[name].empty()) facts[name] = row[name];
  }
  return facts;
}

bool IsAccepted(const program::v1::Criteria& criteria, const program::Facts& facts) {
  const auto findings = program::Evaluate(criteria, facts);
  return std::all_of(findings.begin(), findings.end(), [](const program::CriterionFinding& one) {
    return one.finding == program::Finding::kPass;
  });
}

absl::Status ReadMentors(const std::string& path, const program::v1::Criteria& criteria,
                         absl::CivilDay arrive, const engine::Draws& draws, int percent,
                         SeasonPeople* people) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Sheet> sheet,
                            Sheet::Open(path, MentorColumns(), OptionalMentorColumns()));
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const bool any, sheet->Next());
    if (!any) return absl::OkStatus();
    const Sheet& row = *sheet;
    if (!IsAccepted(criteria, MentorFacts(row))) continue;
    const std::string& key = row["mentor_id"];
    if (draws.Unit({"mentor is taken", key}) * 100 >= percent) continue;
    engine::ArrivingMentor mentor{
        key, {}, arrive, std::max(0, NumberOf(row["capacity"]).value_or(0))};
    mentor.profile.noc = row["noc"];
    mentor.profile.naics = row["naics"];
    mentor.profile.languages = Words(row["languages"]);
    mentor.profile.fsa = classification::FsaOf(row["postal_code"]);
    mentor.profile.availability = Words(row["availability"]);
    mentor.profile.years_experience = NumberOf(row["years_experience"]).value_or(-1);
    mentor.profile.goals = Words(row["goals"]);
    if (mentor.profile.goals.empty()) mentor.profile.goals = GoalsOf(key, draws, /*mentor=*/true);
    people->places += mentor.places;
    people->population.mentors.push_back(std::move(mentor));
  }
}

}  // namespace

std::string_view RegionOf(std::string_view country) {
  if (country.size() != 2) return "";
  const std::string word = text::Cat(" ", country, " ");
  for (const Region& region : kRegions) {
    if (region.countries.find(word) != std::string_view::npos) return region.name;
  }
  return "";
}

absl::StatusOr<SeasonPeople> ReadSeasonPeople(const SeasonFiles& files,
                                              const program::v1::ProgramDefinition& program,
                                              const classification::Classification& tables,
                                              int mentors_percent, uint64_t seed) {
  SeasonPeople people;
  const engine::Draws draws(seed);
  TREMPLIN_RETURN_IF_ERROR(ReadMentees(files.referrals, program.mentee(), tables, draws, &people));
  const auto& mentees = people.population.mentees;
  const auto first =
      std::min_element(mentees.begin(), mentees.end(),
                       [](const auto& a, const auto& b) { return a.arrives < b.arrives; });
  TREMPLIN_RETURN_IF_ERROR(ReadMentors(files.mentors, program.mentor(), first->arrives, draws,
                                       mentors_percent, &people));
  return people;
}

engine::Policy PolicyOf(const program::v1::ProgramDefinition& program) {
  const program::v1::MatchingPolicy& from = program.matching();
  engine::Policy policy;
  for (const program::v1::Weight& weight : from.weights()) {
    policy.weights.push_back({weight.criterion(), weight.weight()});
  }
  policy.minimum_score = from.minimum_score();
  policy.shared_language_required = from.shared_language_required();
  return policy;
}

}  // namespace tremplin::ctl
