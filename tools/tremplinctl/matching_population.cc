#include "tools/tremplinctl/matching_population.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "common/intake/columns.h"
#include "common/program/criteria.h"
#include "common/program/facts.h"
#include "common/program/format.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/engine/simulator_draws.h"
#include "services/referral/domain/entry.h"
#include "services/referral/domain/file.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/goals.h"
#include "tools/tremplinctl/matching_messages.h"

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

constexpr auto kMentee = program::v1::SUBJECT_MENTEE;
constexpr auto kMentor = program::v1::SUBJECT_MENTOR;

referral::File FileOf(const referral::v1::ReferralFile& row, const referral::Registries& facts) {
  referral::File file;
  file.given_name = row.given_name();
  file.family_name = row.family_name();
  file.birth_date = row.birth_date();
  file.email = row.email();
  file.phone = row.phone();
  file.language = row.language();
  file.referred_on = row.referred_on();
  file.facts = row.facts();
  return referral::Normal(std::move(file), facts);
}

// What the program judges people by, as of the day they come.
struct Judge {
  const program::v1::ProgramDefinition& program;
  const program::v1::Format& format;
  const program::Registry& facts;
  const classification::Classification& tables;

  bool Accepts(const referral::File& file, program::v1::Subject side, absl::CivilDay day) const {
    const auto criteria = program::CriteriaOf(program, format, side);
    const auto findings =
        program::Evaluate(criteria, program::Known(facts, file.facts, file.birth_date, day), day);
    return std::all_of(findings.begin(), findings.end(), [](const program::CriterionFinding& one) {
      return one.finding == program::Finding::kPass;
    });
  }
  bool IsReadable(const referral::File& file, absl::CivilDay day) const {
    const referral::Speaker agency{program::v1::DOOR_AGENCY};
    return referral::Faults(file, {&facts}, tables, kMentee, agency, day,
                            referral::Strictness::kSubmission)
        .empty();
  }
};

std::vector<std::string> ValuesOf(const Judge& judge, const referral::File& file,
                                  program::v1::MatchingUse use, program::v1::Subject side) {
  const program::GivenFacts seen = program::SeenByMatching(judge.facts, file.facts);
  std::vector<std::string> values = program::ValuesOf(judge.facts, seen, use, side);
  std::sort(values.begin(), values.end());
  return values;
}

// The one value, "" when none was given.
std::string ValueOf(const Judge& judge, const referral::File& file, program::v1::MatchingUse use,
                    program::v1::Subject side) {
  const std::vector<std::string> values = ValuesOf(judge, file, use, side);
  return values.empty() ? "" : values.front();
}

int NumberOf(const std::string& value, int otherwise) {
  int number = 0;
  return absl::SimpleAtoi(value, &number) && number >= 0 ? number : otherwise;
}

engine::Profile ProfileOf(const Judge& judge, const referral::File& file,
                          program::v1::Subject side) {
  engine::Profile profile;
  profile.noc = ValueOf(judge, file, program::v1::MATCHING_USE_OCCUPATION, side);
  profile.naics = ValueOf(judge, file, program::v1::MATCHING_USE_INDUSTRY, side);
  profile.languages = ValuesOf(judge, file, program::v1::MATCHING_USE_LANGUAGES, side);
  profile.fsa = ValueOf(judge, file, program::v1::MATCHING_USE_AREA, side);
  profile.availability = ValuesOf(judge, file, program::v1::MATCHING_USE_AVAILABILITY, side);
  profile.years_experience =
      NumberOf(ValueOf(judge, file, program::v1::MATCHING_USE_EXPERIENCE, side), -1);
  profile.goals = ValuesOf(judge, file, program::v1::MATCHING_USE_GOALS, side);
  return profile;
}

std::vector<std::string> GoalsOf(const std::string& key, const engine::Draws& draws, bool mentor) {
  return DrawnGoals(mentor, [&](std::string_view code) { return draws.Unit({"goal", key, code}); });
}

// The country that the file names, whatever the fact is called: the first whose codes are
// countries.
std::string CountryIn(const Judge& judge, const referral::File& file) {
  for (const program::v1::Fact& fact : judge.facts.facts()) {
    if (!fact.has_code() || fact.code().table() != "country") continue;
    const std::vector<std::string> values = program::ValuesOf(file.facts, fact.name());
    if (!values.empty()) return values.front();
  }
  return "";
}

engine::ArrivingMentee MenteeOf(const Judge& judge, const std::string& key,
                                const referral::File& file, absl::CivilDay arrives,
                                const engine::Draws& draws) {
  engine::ArrivingMentee mentee{key, ProfileOf(judge, file, kMentee), arrives};
  mentee.profile.goals = GoalsOf(key, draws, /*mentor=*/false);
  const std::string_view region = RegionOf(CountryIn(judge, file));
  if (!region.empty()) mentee.groups["origin"] = region;
  return mentee;
}

absl::Status ReadMentees(const std::string& path, const Judge& judge, const engine::Draws& draws,
                         SeasonPeople* people) {
  const intake::Columns columns(judge.facts, kMentee, /*agency_given=*/false);
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<intake::Sheet> sheet, columns.Open(path));
  std::map<std::string, referral::File> standing;
  std::set<std::string> seen;
  std::optional<absl::CivilDay> latest;
  while (true) {
    if (!sheet->Next()) break;
    ++people->rows;
    if (!sheet->fault().ok()) continue;
    const intake::Sheet& row = *sheet;
    const referral::File file = FileOf(columns.ToFile(row), {&judge.facts});
    absl::CivilDay day;
    if (absl::ParseCivilTime(file.referred_on, &day)) latest = std::max(day, latest.value_or(day));
    // A day that the file has not come to yet cannot be told.
    const std::string agency = intake::AgencyOf(row);
    if (!latest.has_value() || agency.empty()) continue;
    const std::string id = intake::ExternalIdOf(row);
    if (referral::ExternalIdFault(id, program::v1::DOOR_AGENCY).has_value()) continue;
    if (!judge.IsReadable(file, *latest)) continue;
    const std::string key = text::Cat(agency, "/", id);
    const auto [known, is_new] = standing.try_emplace(key, file);
    if (!is_new) {
      if (referral::IsSomebodyElse(file, known->second)) continue;
      if (referral::IsOlder(file, known->second)) continue;
      known->second = file;
    }
    if (!judge.Accepts(file, kMentee, *latest) || !seen.insert(key).second) continue;
    people->population.mentees.push_back(MenteeOf(judge, key, file, *latest, draws));
  }
  if (!people->population.mentees.empty()) return absl::OkStatus();
  return status::Error(absl::StatusCode::kInvalidArgument, kNobodyEligible, {path});
}

absl::Status ReadMentors(const std::string& path, const Judge& judge, absl::CivilDay arrive,
                         const engine::Draws& draws, int percent, SeasonPeople* people) {
  const intake::Columns columns(judge.facts, kMentor, /*agency_given=*/false);
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<intake::Sheet> sheet, columns.Open(path));
  while (true) {
    if (!sheet->Next()) return absl::OkStatus();
    if (!sheet->fault().ok()) continue;
    const intake::Sheet& row = *sheet;
    const referral::File file = FileOf(columns.ToFile(row), {&judge.facts});
    if (!judge.Accepts(file, kMentor, arrive)) continue;
    const std::string key = intake::ExternalIdOf(row);
    if (draws.Unit({"mentor is taken", key}) * 100 >= percent) continue;
    engine::ArrivingMentor mentor{key, ProfileOf(judge, file, kMentor), arrive};
    mentor.places = NumberOf(ValueOf(judge, file, program::v1::MATCHING_USE_CAPACITY, kMentor), 0);
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
  const program::v1::Format* format = PairFormatOf(program);
  if (format == nullptr) {
    return status::Error(absl::StatusCode::kInvalidArgument, kNoPairs, {program.id()});
  }
  SeasonPeople people;
  const engine::Draws draws(seed);
  const program::Registry facts(program.registry());
  const Judge judge{program, *format, facts, tables};
  TREMPLIN_RETURN_IF_ERROR(ReadMentees(files.referrals, judge, draws, &people));
  const auto& mentees = people.population.mentees;
  const auto first =
      std::min_element(mentees.begin(), mentees.end(),
                       [](const auto& a, const auto& b) { return a.arrives < b.arrives; });
  TREMPLIN_RETURN_IF_ERROR(
      ReadMentors(files.mentors, judge, first->arrives, draws, mentors_percent, &people));
  return people;
}

const program::v1::Format* PairFormatOf(const program::v1::ProgramDefinition& program) {
  for (const program::v1::Format& format : program.formats()) {
    if (program::ShapeOf(format) == program::Shape::kPair) return &format;
  }
  return nullptr;
}

engine::Policy PolicyOf(const program::v1::Format& format) {
  const program::v1::MatchingPolicy& from = format.matching();
  engine::Policy policy;
  for (const program::v1::Weight& weight : from.weights()) {
    policy.weights.push_back({weight.criterion(), weight.weight()});
  }
  policy.minimum_score = from.minimum_score();
  policy.shared_language_required = from.shared_language_required();
  return policy;
}

}  // namespace tremplin::ctl
