#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/csv/csv.h"
#include "common/person/normal.h"
#include "common/program/criteria.h"
#include "common/program/format.h"
#include "gtest/gtest.h"
#include "services/referral/domain/file.h"
#include "services/referral/domain/verdict.h"

// The sample season through the decisions alone: every row gets what expected.csv says.
namespace tremplin::referral {
namespace {

using Record = std::map<std::string, std::string>;

const absl::CivilDay kDay(2026, 6, 1);  // after the season

std::string Text(const std::string& path) {
  std::ifstream in(path);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

struct Table {
  std::map<size_t, Record> rows;  // by number; blank ones are none
  std::set<size_t> too_long;      // numbers of those with more cells than columns
};

Table ReadTable(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  csv::Reader reader(in);
  csv::Record read;
  Table table;
  if (!in || !reader.Read(&read)) return table;
  const std::vector<std::string> header = read.fields;
  for (size_t number = 1; reader.Read(&read); ++number) {
    EXPECT_TRUE(read.fault.ok()) << read.fault;
    Record record;
    bool blank = true;
    for (size_t i = 0; i < header.size(); ++i) {
      const std::string cell = i < read.fields.size() ? read.fields[i] : "";
      blank = blank && person::Line(cell).empty();
      record[header[i]] = cell;
    }
    if (read.fields.size() > header.size()) table.too_long.insert(number);
    if (!blank) table.rows[number] = std::move(record);
  }
  return table;
}

// A row as an import reads it: columns of facts by their headers, whatever they are.
File FileOf(const Record& row, const program::Registry& registry) {
  File file;
  file.given_name = row.at("given_name");
  file.family_name = row.at("family_name");
  file.birth_date = row.at("birth_date");
  file.email = row.at("email");
  file.phone = row.at("phone");
  file.referred_on = row.at("referred_on");
  const std::string language = person::Line(row.at("service_language"));
  if (language == "en" || language == "fr") file.language = language;
  for (const auto& [header, cell] : row) {
    if (const auto* fact = registry.FindHeader(header, Side::SUBJECT_MENTEE)) {
      *file.facts.Add() = program::FromCell(*fact, cell);
    }
  }
  return Normal(std::move(file), {&registry});
}

struct Answer {
  std::string verdict;
  std::set<std::string> reasons;
  std::string kind;
  std::string possible_duplicate;
  friend bool operator==(const Answer&, const Answer&) = default;
};

std::set<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

// What referral keeps of a season, as a store would.
class Season {
 public:
  explicit Season(const program::v1::ProgramDefinition& definition)
      : registry_(definition.registry()),
        criteria_(program::AllCriteria(definition, Side::SUBJECT_MENTEE)) {}

  Answer Submit(const Record& record, bool too_long, const classification::Classification& tables) {
    Answer answer;
    answer.verdict = "invalid";
    if (too_long) {
      answer.reasons.insert("row");
      return answer;
    }
    const File file = FileOf(record, registry_);
    const std::string agency = person::Line(record.at("agency"));
    const std::string id = person::Line(record.at("external_id"));
    for (const auto& fault : Faults(file, {&registry_}, tables, Side::SUBJECT_MENTEE,
                                    {Door::DOOR_AGENCY, false}, kDay, Strictness::kSubmission)) {
      answer.reasons.insert(fault.field);
    }
    if (agency.empty()) answer.reasons.insert("agency");
    if (ExternalIdFault(id, Door::DOOR_AGENCY)) answer.reasons.insert("external_id");
    if (!answer.reasons.empty()) return answer;
    const auto known = stands_.find({agency, id});
    if (known != stands_.end() && IsSomebodyElse(file, known->second.file)) {
      answer.reasons.insert("external_id");
      return answer;
    }
    Keep(agency, id, file, &answer);
    return answer;
  }

 private:
  void Judge(const File& file, Answer* answer) const {
    std::vector<Finding> findings;
    const program::Facts facts = program::Known(registry_, file.facts, file.birth_date, kDay);
    for (const auto& [criterion, finding] : program::Evaluate(criteria_, facts, kDay)) {
      const Result result = finding == program::Finding::kPass   ? Result::kPass
                            : finding == program::Finding::kFail ? Result::kFail
                                                                 : Result::kMissing;
      findings.push_back({criterion->code(), result});
    }
    const Assessment assessment = Assess(findings, {});
    answer->verdict = NameOf(assessment.verdict);
    answer->reasons.insert(assessment.reasons.begin(), assessment.reasons.end());
  }

  void Keep(const std::string& agency, const std::string& id, const File& file, Answer* answer) {
    const auto identity = std::make_pair(agency, id);
    const auto known = stands_.find(identity);
    if (known != stands_.end()) {
      const bool same = Canonical(known->second.file, {}) == Canonical(file, {});
      const bool older = !same && IsOlder(file, known->second.file);
      answer->kind = same ? "repeat" : older ? "stale" : "revision";
      if (same || older) {
        answer->verdict = known->second.verdict;
        answer->reasons = known->second.reasons;
        return;
      }
    } else {
      answer->kind = "new";
    }
    Judge(file, answer);
    for (const std::string& key : {EmailKey(file), PersonKey(file)}) {
      if (key.empty()) continue;
      for (const auto& owner : owners_[key]) {
        if (owner != identity) answer->possible_duplicate = "yes";
      }
    }
    for (auto& [key, owners] : owners_) owners.erase(identity);
    owners_[EmailKey(file)].insert(identity);
    owners_[PersonKey(file)].insert(identity);
    stands_[identity] = {file, answer->verdict, answer->reasons};
  }

  struct Standing {
    File file;
    std::string verdict;
    std::set<std::string> reasons;
  };
  const program::Registry registry_;
  const std::vector<const program::v1::Criterion*> criteria_;
  std::map<std::pair<std::string, std::string>, Standing> stands_;
  std::map<std::string, std::set<std::pair<std::string, std::string>>> owners_;
};

TEST(SampleTest, EveryRowGetsWhatIsExpected) {
  const auto tables = classification::Classification::Load("deploy/data");
  ASSERT_TRUE(tables.ok()) << tables.status();
  const auto facts = program::ParseRegistry(Text("deploy/facts/base.textproto"));
  ASSERT_TRUE(facts.ok()) << facts.status();
  const auto parsed =
      program::ParseDefinition(Text("deploy/programs/ottawa-career-mentoring.textproto"));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  const program::v1::ProgramDefinition definition = program::Bound(*parsed, *facts);

  const Table sample = ReadTable("deploy/data/sample/referrals.csv");
  const Table expected = ReadTable("deploy/data/sample/expected.csv");
  ASSERT_EQ(sample.rows.size(), 1990U);  // of 2,000, ten of them blank
  ASSERT_EQ(expected.rows.size(), sample.rows.size());
  Season season(definition);
  int right = 0;
  for (const auto& [line, e] : expected.rows) {
    const size_t number = std::stoul(e.at("row"));
    const Answer want{e.at("verdict"), Words(e.at("reasons")), e.at("kind"),
                      e.at("possible_duplicate")};
    ASSERT_TRUE(sample.rows.contains(number)) << number;
    const Answer got =
        season.Submit(sample.rows.at(number), sample.too_long.contains(number), *tables);
    EXPECT_EQ(got, want) << "row " << number << ": " << got.verdict << " " << got.kind << " "
                         << got.possible_duplicate;
    right += got == want ? 1 : 0;
  }
  EXPECT_EQ(right, 1990);
}

}  // namespace
}  // namespace tremplin::referral
