#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/csv/csv.h"
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

std::vector<Record> ReadTable(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  csv::Reader reader(in);
  std::vector<std::string> header;
  std::vector<std::string> fields;
  std::vector<Record> records;
  if (!in || !*reader.Next(&header)) return records;
  while (*reader.Next(&fields)) {
    Record record;
    for (size_t i = 0; i < header.size() && i < fields.size(); ++i) record[header[i]] = fields[i];
    records.push_back(std::move(record));
  }
  return records;
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
  const std::string& language = row.at("service_language");
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

  Answer Submit(const Record& record, const classification::Classification& tables) {
    const File file = FileOf(record, registry_);
    Answer answer;
    for (const auto& fault : Faults(file, {&registry_}, tables, Side::SUBJECT_MENTEE,
                                    {Door::DOOR_AGENCY, false}, kDay, Strictness::kSubmission)) {
      answer.reasons.insert(fault.field);
    }
    if (record.at("agency").empty()) answer.reasons.insert("agency");
    if (ExternalIdFault(record.at("external_id"), Door::DOOR_AGENCY))
      answer.reasons.insert("external_id");
    answer.verdict = "invalid";
    if (!answer.reasons.empty()) return answer;
    Judge(file, &answer);
    Keep(record.at("agency"), record.at("external_id"), file, &answer);
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
    const auto known = contents_.find(identity);
    const std::string content = Canonical(file, {});
    answer->kind = known == contents_.end()   ? "new"
                   : known->second == content ? "repeat"
                                              : "revision";
    if (answer->kind == "repeat") return;
    for (const std::string& key : {"e" + EmailKey(file), "p" + PersonKey(file)}) {
      for (const auto& owner : owners_[key]) {
        if (owner.first != agency) answer->possible_duplicate = "yes";
      }
    }
    for (auto& [key, owners] : owners_) owners.erase(identity);
    owners_["e" + EmailKey(file)].insert(identity);
    owners_["p" + PersonKey(file)].insert(identity);
    contents_[identity] = content;
  }

  const program::Registry registry_;
  const std::vector<const program::v1::Criterion*> criteria_;
  std::map<std::pair<std::string, std::string>, std::string> contents_;
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

  const std::vector<Record> rows = ReadTable("deploy/data/sample/referrals.csv");
  const std::vector<Record> expected = ReadTable("deploy/data/sample/expected.csv");
  ASSERT_EQ(rows.size(), 2000U);
  ASSERT_EQ(expected.size(), rows.size());
  Season season(definition);
  int right = 0;
  for (size_t i = 0; i < rows.size(); ++i) {
    const Record& e = expected[i];
    const Answer want{e.at("verdict"), Words(e.at("reasons")), e.at("kind"),
                      e.at("possible_duplicate")};
    const Answer got = season.Submit(rows[i], *tables);
    EXPECT_EQ(got, want) << "row " << i + 1 << ": " << got.verdict << " " << got.kind << " "
                         << got.possible_duplicate;
    right += got == want ? 1 : 0;
  }
  EXPECT_EQ(right, 2000);
}

}  // namespace
}  // namespace tremplin::referral
