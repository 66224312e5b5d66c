#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "common/csv/csv.h"
#include "common/program/criteria.h"
#include "gtest/gtest.h"
#include "services/referral/domain/file.h"
#include "services/referral/domain/verdict.h"

// The sample season through the decisions alone: every row gets what expected.csv says.
namespace tremplin::referral {
namespace {

using Record = std::map<std::string, std::string>;

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

std::optional<int32_t> Number(const std::string& text) {
  if (text.empty()) return std::nullopt;
  int32_t value = -1;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  return error == std::errc() && at == end ? value : -1;
}

File FileOf(const Record& r) {
  File f;
  f.given_name = r.at("given_name");
  f.family_name = r.at("family_name");
  f.birth_date = r.at("birth_date");
  f.email = r.at("email");
  f.phone = r.at("phone");
  f.service_language = r.at("service_language");
  f.postal_code = r.at("postal_code");
  f.immigration_status = r.at("immigration_status");
  f.landed_on = r.at("landed_on");
  f.foreign_trained = r.at("foreign_trained");
  f.country_of_training = r.at("country_of_training");
  f.education = r.at("education");
  f.noc = r.at("noc");
  f.career_goal = r.at("career_goal");
  f.resume = r.at("resume");
  f.job_search_workshop = r.at("job_search_workshop");
  f.consent_to_share = r.at("consent_to_share");
  f.referred_on = r.at("referred_on");
  f.years_experience = Number(r.at("years_experience"));
  for (size_t i = 0; i < kScoreNames.size(); ++i) {
    f.scores[i] = Number(r.at(std::string(kScoreNames[i])));
  }
  return Trimmed(f);
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
  explicit Season(const program::v1::Criteria& criteria) : criteria_(criteria) {}

  Answer Submit(const Record& record, const classification::Classification& tables) {
    const File file = FileOf(record);
    Answer answer;
    for (const auto& fault : Faults(file, tables, Strictness::kSubmission)) {
      answer.reasons.insert(fault.field);
    }
    if (record.at("agency").empty()) answer.reasons.insert("agency");
    if (ExternalIdFault(record.at("external_id"))) answer.reasons.insert("external_id");
    answer.verdict = "invalid";
    if (!answer.reasons.empty()) return answer;
    Judge(file, &answer);
    Keep(record.at("agency"), record.at("external_id"), file, &answer);
    return answer;
  }

 private:
  void Judge(const File& file, Answer* answer) const {
    std::vector<Finding> findings;
    for (const auto& [criterion, finding] : program::Evaluate(criteria_, FactsOf(file))) {
      const Result result = finding == program::Finding::kPass   ? Result::kPass
                            : finding == program::Finding::kFail ? Result::kFail
                                                                 : Result::kMissing;
      findings.push_back({criterion->code(), result});
    }
    answer->verdict = NameOf(VerdictOf(findings));
    for (const std::string& code : ReasonsOf(findings)) answer->reasons.insert(code);
  }

  void Keep(const std::string& agency, const std::string& id, const File& file, Answer* answer) {
    const auto identity = std::make_pair(agency, id);
    const auto known = contents_.find(identity);
    const std::string content = Canonical(file);
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

  const program::v1::Criteria& criteria_;
  std::map<std::pair<std::string, std::string>, std::string> contents_;
  std::map<std::string, std::set<std::pair<std::string, std::string>>> owners_;
};

TEST(SampleTest, EveryRowGetsWhatIsExpected) {
  const auto tables = classification::Classification::Load("deploy/data");
  ASSERT_TRUE(tables.ok()) << tables.status();
  std::ifstream in("deploy/programs/ottawa-career-mentoring.textproto");
  std::stringstream text;
  text << in.rdbuf();
  const auto definition = program::ParseDefinition(text.str());
  ASSERT_TRUE(definition.ok()) << definition.status();

  const std::vector<Record> rows = ReadTable("deploy/data/sample/referrals.csv");
  const std::vector<Record> expected = ReadTable("deploy/data/sample/expected.csv");
  ASSERT_EQ(rows.size(), 2000U);
  ASSERT_EQ(expected.size(), rows.size());
  Season season(definition->mentee());
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
