#include "tools/tremplinctl/rows.h"

#include <optional>

#include "absl/strings/str_split.h"
#include "common/classification/classification.h"

namespace tremplin::ctl {
namespace {

using referral::v1::ReferralFile;

// Digits as their number; what is no number as -1, which the service refuses by name.
int32_t NumberOf(const std::string& cell) {
  if (cell.empty() || cell.size() > 6) return -1;
  int32_t number = 0;
  for (const char c : cell) {
    if (c < '0' || c > '9') return -1;
    number = number * 10 + (c - '0');
  }
  return number;
}

constexpr const char* kTexts[] = {"given_name",
                                  "family_name",
                                  "birth_date",
                                  "email",
                                  "phone",
                                  "service_language",
                                  "postal_code",
                                  "immigration_status",
                                  "landed_on",
                                  "foreign_trained",
                                  "country_of_training",
                                  "education",
                                  "noc",
                                  "career_goal",
                                  "resume",
                                  "job_search_workshop",
                                  "consent_to_share",
                                  "referred_on"};
constexpr const char* kNumbers[] = {"years_experience", "en_listening", "en_speaking",
                                    "en_reading",       "en_writing",   "fr_listening",
                                    "fr_speaking",      "fr_reading",   "fr_writing"};

void SetProfile(const Sheet& row, registration::v1::Profile& profile) {
  profile.set_noc(row["noc"]);
  profile.set_naics(row["naics"]);
  for (const auto language : absl::StrSplit(row["languages"], ' ', absl::SkipEmpty())) {
    profile.add_languages(std::string(language));
  }
  profile.set_fsa(classification::FsaOf(row["postal_code"]));
  for (const auto slot : absl::StrSplit(row["availability"], ' ', absl::SkipEmpty())) {
    profile.add_availability(std::string(slot));
  }
  for (const auto goal : absl::StrSplit(row["goals"], ' ', absl::SkipEmpty())) {
    profile.add_goals(std::string(goal));
  }
  profile.set_years_experience(NumberOf(row["years_experience"]));
  profile.set_years_in_region(NumberOf(row["years_in_region"]));
  profile.set_months_offered(NumberOf(row["months_offered"]));
  profile.set_capacity(NumberOf(row["capacity"]));
}

}  // namespace

std::vector<std::string> ReferralColumns() {
  std::vector<std::string> columns = {"agency", "external_id"};
  columns.insert(columns.end(), std::begin(kTexts), std::end(kTexts));
  columns.insert(columns.end(), std::begin(kNumbers), std::end(kNumbers));
  return columns;
}

// The columns are named as the fields of the file are: one table, no second list to keep in step.
ReferralFile ToFile(const Sheet& row) {
  ReferralFile file;
  const google::protobuf::Descriptor& fields = *ReferralFile::descriptor();
  const google::protobuf::Reflection& reflection = *file.GetReflection();
  for (const char* name : kTexts) {
    if (row[name].empty()) continue;
    reflection.SetString(&file, fields.FindFieldByName(name), row[name]);
  }
  for (const char* name : kNumbers) {
    if (row[name].empty()) continue;
    reflection.SetInt32(&file, fields.FindFieldByName(name), NumberOf(row[name]));
  }
  return file;
}

std::vector<std::string> MentorColumns() {
  return {"mentor_id",
          "given_name",
          "family_name",
          "email",
          "languages",
          "postal_code",
          "noc",
          "naics",
          "recruited_through",
          "years_experience",
          "years_in_region",
          "capacity",
          "months_offered",
          "availability",
          "network_contacts"};
}

std::vector<std::string> OptionalMentorColumns() { return {"goals"}; }

registration::v1::CreateEnrolmentRequest ToMentor(const Sheet& row) {
  registration::v1::CreateEnrolmentRequest request;
  request.set_role(registration::v1::ENROLMENT_ROLE_MENTOR);
  request.set_business_key(row["mentor_id"]);
  request.set_door(row["recruited_through"] == "individual" ? program::v1::DOOR_SELF
                                                            : program::v1::DOOR_PROPOSER);
  registration::v1::Person& person = *request.mutable_person();
  person.set_given_name(row["given_name"]);
  person.set_family_name(row["family_name"]);
  person.set_email(row["email"]);
  SetProfile(row, *request.mutable_profile());
  if (!request.profile().languages().empty()) person.set_language(request.profile().languages(0));
  (*request.mutable_attested())["network_contacts"] = row["network_contacts"];
  return request;
}

}  // namespace tremplin::ctl
