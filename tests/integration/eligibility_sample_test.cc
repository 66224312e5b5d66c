#include <algorithm>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/strip.h"
#include "common/csv/csv.h"
#include "common/person/normal.h"
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"
#include "tests/support/servers.h"

// The sample season through BatchSubmitReferrals on a real store, in its order: every row gets what
// expected.csv says. The same on both engines.
namespace tremplin::referral {
namespace {

using Record = std::map<std::string, std::string>;

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

// Columns that bear the names of the message's fields are those; the others are facts by name. The
// language they are written to in is that of service.
v1::ReferralFile FileOf(const Record& record) {
  v1::ReferralFile file;
  for (const auto& [name, text] : record) {
    if (person::Line(text).empty() || name == "agency" || name == "external_id") continue;
    const auto* field = v1::ReferralFile::descriptor()->FindFieldByName(name);
    if (field != nullptr) {
      file.GetReflection()->SetString(&file, field, text);
    } else {
      auto& fact = *file.add_facts();
      fact.set_name(name);
      fact.add_values(text);
    }
  }
  file.set_language(person::Line(record.at("service_language")));
  return file;
}

std::set<std::string> Words(const std::string& text) {
  std::istringstream in(text);
  return {std::istream_iterator<std::string>(in), {}};
}

std::string Told(const std::string& verdict, const std::set<std::string>& reasons,
                 const std::string& kind, bool duplicate) {
  std::string text = verdict + " " + kind + (duplicate ? " duplicate:" : ":");
  for (const std::string& reason : reasons) text += " " + reason;
  return text;
}

std::string Lower(const std::string& name, size_t prefix) {
  std::string text = name.substr(std::min(prefix, name.size()));
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}

// Reasons as the verdict file tells them: a field at fault by its name alone.
std::set<std::string> Named(const google::protobuf::RepeatedPtrField<std::string>& reasons) {
  std::set<std::string> names;
  for (const std::string& reason : reasons) {
    names.insert(std::string(absl::StripPrefix(absl::StripPrefix(reason, "file."), "facts.")));
  }
  return names;
}

std::string Told(const v1::BatchSubmitReferralsResponse::ItemResult& result) {
  EXPECT_EQ(result.error_reason(), "");
  const bool unkind = result.kind() == v1::SUBMISSION_KIND_UNSPECIFIED;
  return Told(Lower(v1::Verdict_Name(result.verdict()), std::string("VERDICT_").size()),
              Named(result.reasons()),
              unkind ? ""
                     : Lower(v1::SubmissionKind_Name(result.kind()),
                             std::string("SUBMISSION_KIND_").size()),
              result.possible_duplicate());
}

std::string Told(const Record& expected) {
  return Told(expected.at("verdict"), Words(expected.at("reasons")), expected.at("kind"),
              expected.at("possible_duplicate") == "yes");
}

class EligibilitySampleTest : public ::testing::TestWithParam<StoreKind> {};

TEST_P(EligibilitySampleTest, EveryRowGetsWhatIsExpected) {
  if (GetParam() == StoreKind::kPostgres) {
    TREMPLIN_REQUIRE_SERVER(tremplin::testing::PostgresServer());
  }
  const Table sample = ReadTable("deploy/data/sample/referrals.csv");
  const Table expected = ReadTable("deploy/data/sample/expected.csv");
  ASSERT_EQ(sample.rows.size(), 1990U);  // of 2,000, ten of them blank
  ASSERT_EQ(expected.rows.size(), sample.rows.size());
  System system(GetParam());
  for (const auto& [line, agency] : ReadTable("deploy/data/sample/agencies.csv").rows) {
    system.AddAgency(agency.at("agency"));
  }
  std::map<size_t, std::string> got;
  for (const size_t number : sample.too_long) got[number] = "invalid : row";
  constexpr int kBatch = 137;  // so that repeats and duplicates fall into other batches too
  v1::BatchSubmitReferralsRequest request;
  std::vector<size_t> sent;
  const auto send = [&] {
    request.add_programs(kOttawa);
    const auto response = system.Call(system.As(options::v1::ROLE_OPERATOR),
                                      &app::Service::BatchSubmitReferrals, request);
    ASSERT_TRUE(response.ok()) << response.status();
    for (size_t i = 0; i < sent.size(); ++i) {
      const auto& result = response->results(static_cast<int>(i));
      EXPECT_EQ(result.notes_size(),
                result.verdict() == v1::VERDICT_INVALID ? result.reasons_size() : 0);
      got[sent[i]] = Told(result);
    }
    request.Clear();
    sent.clear();
  };
  for (const auto& [number, row] : sample.rows) {
    if (sample.too_long.contains(number)) continue;
    auto* item = request.add_items();
    item->set_agency("organizations/" + person::Line(row.at("agency")));
    item->set_external_id(row.at("external_id"));
    *item->mutable_file() = FileOf(row);
    sent.push_back(number);
    if (request.items_size() == kBatch) send();
  }
  send();
  size_t right = 0;
  for (const auto& [line, row] : expected.rows) {
    const size_t number = std::stoul(row.at("row"));
    EXPECT_EQ(got[number], Told(row)) << "row " << number;
    right += got[number] == Told(row) ? 1 : 0;
  }
  EXPECT_EQ(right, sample.rows.size());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, EligibilitySampleTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, EligibilitySampleTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
