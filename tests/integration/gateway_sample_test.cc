// The sample season as twelve agencies push it over HTTP at once, each with its own key, every
// fifth request cut off and sent again: every row gets what expected.csv says, nothing is there
// twice, and no agency sees another's.

#include <atomic>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/strip.h"
#include "common/csv/csv.h"
#include "common/person/normal.h"
#include "common/text/text.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "services/gateway/testing/http_client.h"
#include "services/gateway/transcoding/json_reader.h"
#include "services/gateway/transcoding/json_writer.h"
#include "tests/support/deployment.h"
#include "tests/support/partner.h"
#include "tests/support/web.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin {
namespace {

using gateway::http::Headers;
using gateway::testing::Answer;
using gateway::testing::Connection;
using gateway::testing::Fetch;
using gateway::testing::RequestText;
using referral::v1::SubmitReferralRequest;
using referral::v1::SubmitReferralResponse;
using Record = std::map<std::string, std::string>;

// By number; blank rows, and those with more cells than columns, are none: only a file has them.
std::map<size_t, Record> ReadTable(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  csv::Reader reader(in);
  csv::Record read;
  std::map<size_t, Record> records;
  if (!in || !reader.Read(&read)) return records;
  const std::vector<std::string> header = read.fields;
  for (size_t number = 1; reader.Read(&read); ++number) {
    if (read.fields.size() > header.size()) continue;
    Record record;
    bool blank = true;
    for (size_t i = 0; i < header.size(); ++i) {
      const std::string cell = i < read.fields.size() ? read.fields[i] : "";
      blank = blank && person::Line(cell).empty();
      record[header[i]] = cell;
    }
    if (!blank) records[number] = std::move(record);
  }
  return records;
}

// Columns that bear the names of the message's fields are those; the others are facts by name.
std::string BodyOf(const Record& record) {
  SubmitReferralRequest request;
  request.set_agency("organizations/" + person::Line(record.at("agency")));
  request.set_external_id(record.at("external_id"));
  request.add_programs(testing::kOttawa);
  auto& file = *request.mutable_file();
  for (const auto& [name, value] : record) {
    if (person::Line(value).empty() || name == "agency" || name == "external_id") continue;
    const auto* field = file.GetDescriptor()->FindFieldByName(name);
    if (field != nullptr) {
      file.GetReflection()->SetString(&file, field, value);
    } else {
      auto& fact = *file.add_facts();
      fact.set_name(name);
      fact.add_values(value);
    }
  }
  file.set_language(person::Line(record.at("service_language")));
  return gateway::transcoding::WriteJson(request);
}

std::string Told(const std::string& verdict, const std::set<std::string>& reasons,
                 const std::string& kind) {
  std::string told = verdict + " " + kind + ":";
  for (const std::string& reason : reasons) told += " " + reason;
  return told;
}

std::string Told(const Record& expected) {
  std::istringstream words(expected.at("reasons"));
  return Told(expected.at("verdict"), {std::istream_iterator<std::string>(words), {}},
              expected.at("kind"));
}

std::string Lower(const std::string& name, std::string_view prefix) {
  return absl::AsciiStrToLower(absl::StripPrefix(name, text::Absl(prefix)));
}

// A file that cannot be read is an error that names the fields.
std::string ToldOfError(const std::string& body) {
  rapidjson::Document error;
  error.Parse(body.data(), body.size());
  if (error.HasParseError() || !error.HasMember("details")) return body;
  std::set<std::string> fields;
  for (const auto& detail : error["details"].GetArray()) {
    if (!detail.HasMember("fieldViolations")) continue;
    for (const auto& violation : detail["fieldViolations"].GetArray()) {
      const std::string field = violation["field"].GetString();
      fields.insert(std::string(absl::StripPrefix(absl::StripPrefix(field, "file."), "facts.")));
    }
  }
  return Told("invalid", fields, "");
}

std::string Told(const Answer& answer) {
  if (answer.status == 400) return ToldOfError(answer.body);
  SubmitReferralResponse response;
  if (answer.status != 200 || !gateway::transcoding::ReadJson(answer.body, response).ok() ||
      response.applications_size() != 1) {
    return text::Cat(answer.status, " ", answer.body);
  }
  const auto& decision = response.applications(0).decision();
  return Told(Lower(referral::v1::Verdict_Name(decision.verdict()), "VERDICT_"),
              {decision.reasons().begin(), decision.reasons().end()},
              Lower(referral::v1::SubmissionKind_Name(response.kind()), "SUBMISSION_KIND_"));
}

class GatewaySampleTest : public ::testing::TestWithParam<testing::WebForm> {
 protected:
  // One row, as often as it takes. Some tries are cut off in the midst of the request or before the
  // answer.
  Answer Push(size_t row, const Headers& headers, const std::string& body) {
    Headers all = headers;
    all.emplace_back("Idempotency-Key", text::Cat("row-", row));
    const std::string request = RequestText("POST", "/v1/referrals", all, body);
    if (row % 5 == 0) {
      Connection cut(web_);
      const bool half = row % 10 == 0;
      cut.Send(std::string_view(request).substr(0, half ? request.size() / 2 : request.size()));
      cut.Reset();
    }
    for (int i = 0; i < 50; ++i) {
      Connection connection(web_);
      connection.Send(request);
      const auto answer = connection.Read(absl::Seconds(60));
      if (answer.has_value() && answer->status != 429 && answer->status != 503) return *answer;
      absl::SleepFor(absl::Milliseconds(200));
    }
    return {};
  }

  static Headers As(const std::string& key) { return {{"Authorization", "Bearer " + key}}; }

  testing::Web front_{GetParam()};
  testing::Deployment& deployment_ = front_.deployment();
  const std::string& web_ = front_.address();
};

TEST_P(GatewaySampleTest, TwelveAgenciesAtOnceEveryFifthRequestCutOff) {
  ASSERT_TRUE(front_.WaitServing());
  ASSERT_TRUE(deployment_.Load(false));
  std::map<size_t, Record> rows = ReadTable("deploy/data/sample/referrals.csv");
  std::map<size_t, Record> expected;
  for (auto& [line, row] : ReadTable("deploy/data/sample/expected.csv")) {
    expected[std::stoul(row.at("row"))] = row;
  }
  ASSERT_EQ(expected.size(), 1990U);
  // Nobody pushes a row that names no agency.
  std::erase_if(rows, [](const auto& row) { return row.second.at("agency").empty(); });
  ASSERT_GT(rows.size(), 1900U);
  std::map<std::string, std::vector<size_t>> by_agency;
  for (const auto& [number, row] : rows) {
    by_agency[person::Line(row.at("agency"))].push_back(number);
  }
  ASSERT_EQ(by_agency.size(), 12U);
  std::map<std::string, std::string> keys;
  for (const auto& [agency, of_it] : by_agency) {
    keys[agency] =
        testing::MakeKey(deployment_, options::v1::ROLE_AGENCY, "organizations/" + agency);
  }

  std::mutex mutex;
  std::map<std::string, std::string> names;  // "agency/external id" → referral
  size_t right = 0;
  std::vector<std::jthread> agencies;
  for (const auto& [agency, of_it] : by_agency) {
    agencies.emplace_back([&, agency = agency] {
      for (const size_t row : by_agency.at(agency)) {
        const Answer answer = Push(row, As(keys.at(agency)), BodyOf(rows.at(row)));
        const std::string got = Told(answer);
        const std::string want = Told(expected.at(row));
        SubmitReferralResponse response;
        const bool read = gateway::transcoding::ReadJson(answer.body, response).ok();
        const std::lock_guard lock(mutex);
        EXPECT_EQ(got, want) << "row " << row;
        right += got == want ? 1 : 0;
        if (!read || response.referral().empty()) continue;
        // The same referral again, never a second one.
        const auto [at, added] =
            names.emplace(agency + "/" + expected.at(row).at("external_id"), response.referral());
        EXPECT_EQ(at->second, response.referral()) << "row " << row;
      }
    });
  }
  agencies.clear();
  EXPECT_EQ(right, rows.size());

  // Possible duplicates, whichever of two came first.
  const Headers staff = As(testing::MakeKey(deployment_, options::v1::ROLE_COORDINATOR));
  for (const auto& [number, row] : expected) {
    if (row.at("possible_duplicate") != "yes") continue;
    const auto name = names.find(row.at("agency") + "/" + row.at("external_id"));
    if (name == names.end()) continue;
    const auto answer = Fetch(web_, "GET", "/v1/" + name->second + ":possibleDuplicates", staff);
    ASSERT_TRUE(answer.has_value());
    EXPECT_NE(answer->body, "{}") << "row " << number;
  }

  // Each sees its own and nothing else.
  const Headers other = As(keys.at("ociso"));
  size_t seen = 0;
  for (const auto& [agency, key] : keys) {
    std::string token;
    do {
      const auto answer =
          Fetch(web_, "GET", "/v1/referrals?pageSize=500&pageToken=" + token, As(key));
      ASSERT_TRUE(answer.has_value());
      referral::v1::ListReferralsResponse page;
      ASSERT_TRUE(gateway::transcoding::ReadJson(answer->body, page).ok()) << answer->body;
      for (const auto& one : page.referrals()) {
        EXPECT_EQ(one.agency(), "organizations/" + agency);
        EXPECT_EQ(names.at(agency + "/" + one.external_id()), one.name());
      }
      seen += static_cast<size_t>(page.referrals_size());
      token = page.next_page_token();
    } while (!token.empty());
    if (agency == "ociso") continue;
    const auto first = names.lower_bound(agency + "/");
    ASSERT_NE(first, names.end());
    const auto refused = Fetch(web_, "GET", "/v1/" + first->second, other);
    ASSERT_TRUE(refused.has_value());
    EXPECT_EQ(refused->status, 404) << refused->body;
  }
  EXPECT_EQ(seen, names.size());
}

INSTANTIATE_TEST_SUITE_P(InProcess, GatewaySampleTest,
                         ::testing::Values(testing::WebForm::kInProcess));
INSTANTIATE_TEST_SUITE_P(Program, GatewaySampleTest, ::testing::Values(testing::WebForm::kProgram));

}  // namespace
}  // namespace tremplin
