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
#include "gtest/gtest.h"
#include "services/referral/testing/fixture.h"
#include "tests/support/servers.h"

// The sample season through BatchSubmitReferrals on a real store, in its order: every row gets what
// expected.csv says. The same on both engines.
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

// Columns that bear the names of the message's fields are those; the others are facts by name. The
// language they are written to in is that of service.
v1::ReferralFile FileOf(const Record& record) {
  v1::ReferralFile file;
  for (const auto& [name, text] : record) {
    if (text.empty() || name == "agency" || name == "external_id") continue;
    const auto* field = v1::ReferralFile::descriptor()->FindFieldByName(name);
    if (field != nullptr) {
      file.GetReflection()->SetString(&file, field, text);
    } else {
      auto& fact = *file.add_facts();
      fact.set_name(name);
      fact.add_values(text);
    }
  }
  file.set_language(record.at("service_language"));
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
  const std::vector<Record> rows = ReadTable("deploy/data/sample/referrals.csv");
  const std::vector<Record> expected = ReadTable("deploy/data/sample/expected.csv");
  ASSERT_EQ(rows.size(), 2000U);
  ASSERT_EQ(expected.size(), rows.size());
  System system(GetParam());
  for (const Record& agency : ReadTable("deploy/data/sample/agencies.csv")) {
    system.AddAgency(agency.at("agency"));
  }
  size_t right = 0;
  constexpr size_t kBatch = 137;  // so that repeats and duplicates fall into other batches too
  for (size_t begin = 0; begin < rows.size(); begin += kBatch) {
    v1::BatchSubmitReferralsRequest request;
    request.add_programs(kOttawa);
    const size_t end = std::min(begin + kBatch, rows.size());
    for (size_t i = begin; i < end; ++i) {
      auto* item = request.add_items();
      item->set_agency("organizations/" + rows[i].at("agency"));
      item->set_external_id(rows[i].at("external_id"));
      *item->mutable_file() = FileOf(rows[i]);
    }
    const auto response = system.Call(system.As(options::v1::ROLE_OPERATOR),
                                      &app::Service::BatchSubmitReferrals, request);
    ASSERT_TRUE(response.ok()) << response.status();
    for (size_t i = begin; i < end; ++i) {
      const std::string got = Told(response->results(static_cast<int>(i - begin)));
      const std::string want = Told(expected[i]);
      EXPECT_EQ(got, want) << "row " << i + 1;
      right += got == want ? 1 : 0;
    }
  }
  EXPECT_EQ(right, rows.size());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, EligibilitySampleTest, ::testing::Values(StoreKind::kSqlite));
INSTANTIATE_TEST_SUITE_P(Postgres, EligibilitySampleTest, ::testing::Values(StoreKind::kPostgres));

}  // namespace
}  // namespace tremplin::referral
