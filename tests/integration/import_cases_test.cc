// Files as offices really send them, through the command line: the cases of the field by name, each
// with the answer its sender needs. Method: real programs, one process; every case has keys of its
// own, so that all share one system.

#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/csv/csv.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/deployment.h"
#include "tests/support/partner.h"
#include "tests/support/process.h"
#include "tests/support/temp_dir.h"

namespace tremplin {
namespace {

using ::testing::ElementsAre;
using testing::Finished;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

constexpr char kCases[] = "tests/integration/cases/";

using Verdict = std::map<std::string, std::string>;  // by column

std::vector<Verdict> ReadVerdicts(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  csv::Reader reader(in);
  csv::Record record;
  std::vector<Verdict> verdicts;
  if (!in || !reader.Read(&record)) return verdicts;
  const std::vector<std::string> header = record.fields;
  while (reader.Read(&record)) {
    EXPECT_TRUE(record.fault.ok()) << record.fault;
    Verdict& verdict = verdicts.emplace_back();
    for (size_t i = 0; i < header.size(); ++i) verdict[header[i]] = record.fields.at(i);
  }
  return verdicts;
}

struct Imported {
  Finished run;
  std::vector<Verdict> rows;
};

class ImportCases : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    system_ = testing::MakeStandalone().release();
    ASSERT_TRUE(system_->WaitServing(absl::Seconds(60)));
    ASSERT_TRUE(system_->Load(/*mentors=*/false));
  }
  static void TearDownTestSuite() {
    delete system_;
    system_ = nullptr;
  }

  Imported Import(const std::string& what, const std::string& file,
                  const std::string& language = "en") {
    const std::string verdicts = dir_.File("verdicts.csv");
    Imported imported;
    imported.run =
        system_->Ctl({"--language", language, what, "import", file, "--verdicts", verdicts});
    if (imported.run.code == 0) imported.rows = ReadVerdicts(verdicts);
    return imported;
  }
  Imported Referrals(const std::string& name, const std::string& language = "en") {
    return Import("referrals", kCases + name, language);
  }
  Imported Mentors(const std::string& name) { return Import("mentors", kCases + name); }

  // "B07-1 eligible", in the order of the rows.
  static std::vector<std::string> Told(const Imported& imported) {
    std::vector<std::string> told;
    for (const Verdict& row : imported.rows) {
      const std::string& reasons = row.at("reasons");
      told.push_back(row.at("external_id") + " " + row.at("verdict") +
                     (reasons.empty() ? "" : " " + reasons));
    }
    return told;
  }

  // The application of an agency's key.
  static std::string ApplicationOf(testing::PersistentClient& agency, const std::string& key) {
    referral::v1::ListApplicationsRequest request;
    request.set_page_size(500);
    const auto listed = agency.Call<referral::v1::ListApplicationsResponse>(
        "referral", "tremplin.referral.v1.ReferralService/ListApplications", request);
    EXPECT_TRUE(listed.ok()) << listed.status();
    for (const auto& each : listed->applications()) {
      if (each.external_id() == key) return each.name();
    }
    ADD_FAILURE() << "no application of " << key;
    return "";
  }

  static testing::Deployment* system_;
  testing::TempDir dir_;
};
testing::Deployment* ImportCases::system_ = nullptr;

TEST_F(ImportCases, C05_RowsOfCommasOnlyArePassedOver) {
  const Imported imported = Referrals("c05-blank-rows.csv");
  EXPECT_THAT(Told(imported), ElementsAre("B05-1 eligible", "B05-2 eligible"));
  EXPECT_EQ(imported.rows.at(1).at("row"), "3") << "blank rows keep their numbers";
  EXPECT_EQ(imported.rows.at(1).at("line"), "4");
}

TEST_F(ImportCases, C06_AShortRowIsJudged) {
  EXPECT_THAT(Told(Referrals("c06-short-row.csv")),
              ElementsAre("B06-1 eligible", "B06-2 incomplete consent_to_share", "B06-3 eligible"));
}

TEST_F(ImportCases, C07a_AnUnquotedCommaIsItsRows) {
  const Imported imported = Referrals("c07a-unquoted-comma.csv");
  EXPECT_THAT(Told(imported), ElementsAre("B07-1 eligible", "B07-2 invalid row", "B07-3 eligible"));
  EXPECT_THAT(imported.rows.at(1).at("sentence"),
              StartsWith("row: Line 3: 30 fields where the header has 29. Put a field"));
  EXPECT_THAT(imported.run.errors, HasSubstr("Row 2, line 3 (B07-2)"));
}

TEST_F(ImportCases, C07b_QuotesNotDoubledAreTheirRows) {
  const Imported imported = Referrals("c07b-quotes-not-doubled.csv", "fr");
  EXPECT_THAT(Told(imported), ElementsAre("B07-4 eligible", "B07-5 invalid row", "B07-6 eligible"));
  EXPECT_THAT(imported.rows.at(1).at("sentence"),
              StartsWith("row: Ligne 3 : du texte suit un guillemet fermant."));
  EXPECT_THAT(imported.rows.at(1).at("sentence"), Not(HasSubstr("Mimi")));
}

TEST_F(ImportCases, C07c_AQuoteNeverClosedIsItsRows) {
  const Imported imported = Referrals("c07c-quote-never-closed.csv");
  EXPECT_THAT(Told(imported), ElementsAre("B07-7 eligible", "B07-8 invalid row", "B07-9 eligible"));
  EXPECT_THAT(imported.rows.at(1).at("sentence"),
              StartsWith("row: Line 3: a quotation mark is opened and never closed."));
}

TEST_F(ImportCases, C08a_ALineThatSaysTheSeparatorIsRead) {
  EXPECT_THAT(Told(Referrals("c08a-sep-line.csv")), ElementsAre("B08-1 eligible"));
}

TEST_F(ImportCases, C09c_AHeaderWithANoBreakSpaceIsRead) {
  EXPECT_THAT(Told(Referrals("c09c-header-with-no-break-space.csv")),
              ElementsAre("B09-3 eligible"));
}

TEST_F(ImportCases, C10b_AMacintoshFileIsNamedAndHowToSaveIt) {
  const Imported imported = Referrals("c10b-csv-macintosh.csv");
  EXPECT_EQ(imported.run.code, 2);
  EXPECT_THAT(imported.run.errors, HasSubstr("Macintosh character set"));
  EXPECT_THAT(imported.run.errors, HasSubstr("CSV UTF-8"));
}

TEST_F(ImportCases, C10e_BrokenLettersAreTakenWithAWarningOfEachName) {
  const Imported imported = Referrals("c10e-already-garbled.csv");
  EXPECT_THAT(Told(imported), ElementsAre("B10-6 eligible", "B10-7 eligible", "B10-8 eligible"));
  EXPECT_THAT(imported.rows.at(0).at("warnings"), HasSubstr("given_name: "));
  EXPECT_THAT(imported.rows.at(0).at("warnings"), HasSubstr("family_name: "));
  EXPECT_THAT(imported.rows.at(1).at("warnings"), StartsWith("given_name: This holds letters"));
  EXPECT_THAT(imported.rows.at(2).at("warnings"), StartsWith("given_name: This holds letters"));
  EXPECT_THAT(imported.run.output, HasSubstr("3 rows were taken with a warning."));
}

TEST_F(ImportCases, C14a_NamesOfEveryScriptMayBeAsLong) {
  const Imported imported = Referrals("c14a-long-names.csv");
  ASSERT_FALSE(imported.rows.empty());
  for (const Verdict& row : imported.rows) {
    EXPECT_EQ(row.at("verdict"), "eligible") << row.at("external_id");
    EXPECT_EQ(row.at("warnings"), "");
  }
}

TEST_F(ImportCases, C22_WithdrawnAndSentAgainSaysSoAndHowToComeBack) {
  const std::string file = "c22-withdrawn-and-referred-again.csv";
  EXPECT_THAT(Told(Referrals(file)), ElementsAre("B22-1 eligible"));
  testing::PersistentClient agency(
      *system_, testing::MakeKey(*system_, options::v1::ROLE_AGENCY, "organizations/ociso"));
  const std::string application = ApplicationOf(agency, "B22-1");
  referral::v1::WithdrawApplicationRequest withdraw;
  withdraw.set_name(application);
  withdraw.set_request_id("withdraw B22-1");
  ASSERT_TRUE(
      agency
          .Call<referral::v1::Application>(
              "referral", "tremplin.referral.v1.ReferralService/WithdrawApplication", withdraw)
          .ok());
  const Imported again = Referrals(file);
  ASSERT_EQ(again.rows.size(), 1U);
  EXPECT_THAT(again.rows[0].at("sentence"), HasSubstr("withdrawn"));
  EXPECT_THAT(again.rows[0].at("sentence"), HasSubstr("eopen"));
  referral::v1::ReopenApplicationRequest reopen;
  reopen.set_name(application);
  reopen.set_request_id("reopen B22-1");
  ASSERT_TRUE(agency
                  .Call<referral::v1::Application>(
                      "referral", "tremplin.referral.v1.ReferralService/ReopenApplication", reopen)
                  .ok());
  const Imported news = Referrals("c22b-referred-again-with-news.csv");
  EXPECT_THAT(Told(news), ElementsAre("B22-1 eligible"));
  EXPECT_EQ(news.rows.at(0).at("kind"), "revision");
}

TEST_F(ImportCases, C23_OnePersonOfTwoAgenciesIsShownToStaffOnBothEntries) {
  const Imported imported = Referrals("c23-one-person-two-agencies.csv");
  EXPECT_THAT(Told(imported), ElementsAre("B23-1 eligible", "B23-2 eligible"));
  EXPECT_EQ(imported.rows.at(1).at("possible_duplicate"), "yes");
}

TEST_F(ImportCases, C24_NameAndAddressAfterMarriageAreACorrection) {
  const Imported before = Referrals("c24a-before-marriage.csv");
  ASSERT_EQ(before.rows.size(), 1U);
  EXPECT_EQ(before.rows[0].at("kind"), "new");
  const Imported after = Referrals("c24b-after-marriage.csv");
  ASSERT_EQ(after.rows.size(), 1U);
  EXPECT_EQ(after.rows[0].at("kind"), "revision");
  EXPECT_EQ(after.rows[0].at("verdict"), before.rows[0].at("verdict"));
}

TEST_F(ImportCases, C25_EachMentorsRowHasItsVerdict) {
  const Imported imported = Mentors("c25-mentors-one-bad-row.csv");
  EXPECT_THAT(Told(imported),
              ElementsAre("B25-M1 eligible", "B25-M2 invalid noc", "B25-M3 eligible"));
  EXPECT_THAT(imported.rows.at(1).at("sentence"), StartsWith("noc: "));
  EXPECT_THAT(imported.rows.at(1).at("sentence"), Not(HasSubstr("99999")));
  EXPECT_EQ(imported.rows.at(2).at("kind"), "new");
}

TEST_F(ImportCases, C26_AMentorsNewContentUpdatesAndSaysSo) {
  EXPECT_EQ(Mentors("c26a-mentor-takes-two.csv").rows.at(0).at("kind"), "new");
  const Imported updated = Mentors("c26b-mentor-takes-one-now.csv");
  EXPECT_EQ(updated.rows.at(0).at("kind"), "revision");
  EXPECT_THAT(updated.rows.at(0).at("sentence"), StartsWith("Updated with what is new"));
  // The former content is news again: what stands is not of its file any more.
  EXPECT_EQ(Mentors("c26a-mentor-takes-two.csv").rows.at(0).at("kind"), "revision");
}

TEST_F(ImportCases, C27_TheSecondRowOfOneMentorSaysWhichItIs) {
  const Imported imported = Mentors("c27-mentor-twice.csv");
  EXPECT_THAT(Told(imported), ElementsAre("B27-M1 eligible", "B27-M2 eligible"));
  EXPECT_EQ(imported.rows.at(0).at("warnings"), "");
  EXPECT_THAT(imported.rows.at(1).at("warnings"), HasSubstr("the same person as B27-M1"));
}

TEST_F(ImportCases, CellsThatASpreadsheetWouldRunAreHarmless) {
  std::ifstream in(std::string(kCases) + "c08a-sep-line.csv");
  std::string content(std::istreambuf_iterator<char>(in), {});
  content.replace(content.find("B08-1"), 5, "=1+1");
  const std::string file = dir_.File("formula.csv");
  std::ofstream(file) << content;
  const Imported imported = Import("referrals", file);
  ASSERT_EQ(imported.rows.size(), 1U);
  EXPECT_EQ(imported.rows[0].at("external_id"), "'=1+1");
}

// The sample: every row of the verdict file as expected, column by column.
TEST_F(ImportCases, SampleGivesExactlyWhatIsExpected) {
  const Imported imported = Import("referrals", "deploy/data/sample/referrals.csv");
  const std::vector<Verdict> expected = ReadVerdicts("deploy/data/sample/expected.csv");
  ASSERT_EQ(imported.rows.size(), expected.size());
  for (size_t i = 0; i < expected.size(); ++i) {
    for (const auto& [column, cell] : expected[i]) {
      EXPECT_EQ(imported.rows[i].at(column), cell) << "row " << expected[i].at("row");
    }
    EXPECT_NE(imported.rows[i].at("sentence"), "") << "row " << expected[i].at("row");
  }
  // The case "sample twice".
  const Imported again = Import("referrals", "deploy/data/sample/referrals.csv");
  ASSERT_EQ(again.rows.size(), imported.rows.size());
  for (size_t i = 0; i < again.rows.size(); ++i) {
    EXPECT_EQ(again.rows[i], imported.rows[i]) << "row " << imported.rows[i].at("row");
  }
}

}  // namespace
}  // namespace tremplin
