#include "services/gateway/app/hsds.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "common/ids/ids.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "services/gateway/testing/hsds_rules.h"

namespace tremplin::gateway {
namespace {

using messages::Language;
using registration::v1::DirectoryProgram;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

void Say(program::v1::Text& text, const std::string& en, const std::string& fr) {
  text.set_en(en);
  text.set_fr(fr);
}

void AddProgram(registration::v1::ListDirectoryProgramsResponse& directory, const std::string& id,
                const std::string& organization) {
  DirectoryProgram& program = *directory.add_programs();
  program.set_name("programs/" + id);
  Say(*program.mutable_title(), id + " in English", id + " en français");
  Say(*program.mutable_provider(), "An office", "Un organisme");
  program.add_mentee_doors(program::v1::DOOR_AGENCY);
  program.add_mentee_doors(program::v1::DOOR_SELF);
  DirectoryProgram::Requirement& requirement = *program.add_mentee_requirements();
  requirement.set_code("status");
  Say(*requirement.mutable_title(), "Status", "Statut");
  Say(*requirement.mutable_explanation(), "For permanent residents.",
      "Pour les résidents permanents.");
  Say(*program.add_formats()->mutable_title(), "In pairs", "En dyades");
  for (const char* language : {"en", "fr"}) program.add_languages(language);
  program.mutable_publish_time()->set_seconds(1'735'707'600);  // 2025-01-01
  registration::v1::Organization& owner = *program.mutable_organization();
  owner.set_name("organizations/" + organization);
  owner.set_title_en("The Office");
  owner.set_title_fr("Le Bureau");
  registration::v1::Site& site = *owner.add_sites();
  site.set_id("main");
  site.set_title_en("Main");
  site.set_title_fr("Main");
  site.set_fsa("K1Z");
}

registration::v1::ListDirectoryProgramsResponse Two() {
  registration::v1::ListDirectoryProgramsResponse directory;
  AddProgram(directory, "alpha", "office");
  AddProgram(directory, "beta", "office");
  return directory;
}

std::string Get(const std::string& path, Language language = Language::kEnglish) {
  const auto json = HsdsJson(std::string(kHsdsPath) + path, Two(), language);
  EXPECT_TRUE(json.ok()) << path << ": " << json.status();
  return json.ok() ? *json : "{}";
}
rapidjson::Document Parsed(const std::string& json) {
  rapidjson::Document document;
  document.Parse(json.data(), json.size());
  EXPECT_FALSE(document.HasParseError()) << json;
  return document;
}

TEST(Hsds, SaysWhichVersionItIs) {
  EXPECT_EQ(Get("/"), Get(""));
  EXPECT_THAT(testing::HsdsFaults(Parsed(Get("/")), "root"), IsEmpty());
  EXPECT_THAT(Get("/"), HasSubstr(R"("version":"3.0")"));
}

TEST(Hsds, AProgramIsAService_WithAllThatBelongsToIt) {
  const std::string id = Parsed(Get("/services"))["contents"][0]["id"].GetString();
  const std::string json = Get("/services/" + id);
  EXPECT_EQ(
      json,
      R"({"id":"83d7dac3-d8d2-8f2b-b892-be450bef43f4","name":"alpha in English",)"
      R"("alternate_name":"alpha en français","description":"An office\n• In pairs",)"
      R"("status":"active","application_process":"Through a partner agency, which refers its )"
      R"(client. By one’s own application.","eligibility_description":"• Status. For permanent )"
      R"(residents.","assured_date":"2025-01-01","organization":)"
      R"({"id":"8fc20afb-1384-8b12-a366-399a64aa6c71","name":"The Office",)"
      R"("alternate_name":"Le Bureau","description":"The Office"},"languages":)"
      R"([{"id":"0fb0dfae-5865-8c4c-a512-88d1f1ab8f7b","name":"English","code":"en"},)"
      R"({"id":"f1958ddc-28ed-8981-8dae-720968a8321b","name":"French","code":"fr"}],)"
      R"("service_at_locations":[{"id":"b3ca1e6a-e7be-88c2-8c10-6732894b90df","location":)"
      R"({"id":"fdfcaab2-038f-8650-960c-0ad89f8e6ef2","location_type":"physical",)"
      R"("name":"Main","external_identifier":"K1Z","external_identifier_type":"CA-FSA"}}]})");
  EXPECT_THAT(testing::HsdsFaults(Parsed(json), "service"), IsEmpty());
}

TEST(Hsds, TheCallersLanguageIsTheNames_TheOtherTheAlternate) {
  const rapidjson::Document list = Parsed(Get("/services", Language::kFrench));
  const auto& first = list["contents"][0];
  EXPECT_STREQ(first["name"].GetString(), "alpha en français");
  EXPECT_STREQ(first["alternate_name"].GetString(), "alpha in English");
  EXPECT_STREQ(first["eligibility_description"].GetString(),
               "• Statut. Pour les résidents permanents.");
  EXPECT_FALSE(list["contents"][0].HasMember("languages")) << "a list has one-to-one fields only";
}

TEST(Hsds, ListsAreOfPages) {
  const rapidjson::Document first = Parsed(Get("/services?per_page=1"));
  EXPECT_THAT(testing::HsdsFaults(first, "page"), IsEmpty());
  EXPECT_EQ(first["total_items"].GetInt(), 2);
  EXPECT_EQ(first["total_pages"].GetInt(), 2);
  EXPECT_EQ(first["page_number"].GetInt(), 1);
  EXPECT_EQ(first["size"].GetInt(), 1);
  EXPECT_TRUE(first["first_page"].GetBool());
  EXPECT_FALSE(first["last_page"].GetBool());
  EXPECT_FALSE(first["empty"].GetBool());
  const rapidjson::Document last = Parsed(Get("/services?page=2&per_page=1"));
  EXPECT_FALSE(last["first_page"].GetBool());
  EXPECT_TRUE(last["last_page"].GetBool());
  EXPECT_STREQ(last["contents"][0]["name"].GetString(), "beta in English");
  const rapidjson::Document behind = Parsed(Get("/services?page=2147483647&per_page=500"));
  EXPECT_TRUE(behind["empty"].GetBool());
  EXPECT_TRUE(behind["last_page"].GetBool());
  EXPECT_EQ(behind["contents"].Size(), 0U);
}

TEST(Hsds, AnEmptyDirectoryIsAnEmptyPage) {
  const auto json = HsdsJson(std::string(kHsdsPath) + "/locations", {}, Language::kEnglish);
  EXPECT_EQ(*json, R"({"total_items":0,"total_pages":0,"page_number":1,"size":0,"first_page":true,)"
                   R"("last_page":true,"empty":true,"contents":[]})");
}

TEST(Hsds, WhoRunsSeveralIsOneOrganization_WithItsPlaces) {
  const rapidjson::Document organizations = Parsed(Get("/organizations"));
  ASSERT_EQ(organizations["contents"].Size(), 1U);
  const std::string id = organizations["contents"][0]["id"].GetString();
  EXPECT_EQ(id, Parsed(Get("/services"))["contents"][1]["organization"]["id"].GetString());
  const rapidjson::Document organization = Parsed(Get("/organizations/" + id));
  EXPECT_THAT(testing::HsdsFaults(organization, "organization"), IsEmpty());
  const rapidjson::Document locations = Parsed(Get("/locations"));
  ASSERT_EQ(locations["contents"].Size(), 1U);
  const std::string place = locations["contents"][0]["id"].GetString();
  EXPECT_EQ(place, organization["locations"][0]["id"].GetString());
  const rapidjson::Document location = Parsed(Get("/locations/" + place));
  EXPECT_THAT(testing::HsdsFaults(location, "location"), IsEmpty());
  EXPECT_STREQ(location["external_identifier"].GetString(), "K1Z");
  EXPECT_FALSE(location.HasMember("alternate_name")) << "it is the same in both languages";
}

TEST(Hsds, WhatIsNotThereIsSaidSo) {
  const auto reason = [](const std::string& path) {
    return status::ReasonOf(
        HsdsJson(std::string(kHsdsPath) + path, Two(), Language::kEnglish).status());
  };
  for (const char* path :
       {"/taxonomies", "/services/", "/services/x", "/services/x/y", "//", "/x/y"}) {
    EXPECT_EQ(reason(path), "HSDS_NOT_FOUND") << path;
  }
  for (const char* path :
       {"/services?page=0", "/services?page=x", "/services?per_page=501", "/services?page=1&page=1",
        "/services?search=x", "/services?page=2147483648", "/services?page=%zz", "/?page=1"}) {
    EXPECT_EQ(reason(path), "HSDS_PAGE") << path;
  }
  EXPECT_TRUE(IsHsds("/v1/directory/hsds"));
  EXPECT_TRUE(IsHsds("/v1/directory/hsds?x"));
  EXPECT_FALSE(IsHsds("/v1/directory/hsdsx"));
  EXPECT_FALSE(IsHsds("/v1/directory/programs"));
}

TEST(Hsds, TheRulesCanBeBroken) {
  EXPECT_THAT(testing::HsdsFaults(Parsed(R"({"id":"x","name":"n","status":"open"})"), "service"),
              ::testing::UnorderedElementsAre("service.id: no UUID", "service.status: open"));
  EXPECT_THAT(testing::HsdsFaults(Parsed(R"({"organization":{}})"), "service"),
              ::testing::UnorderedElementsAre("service.id: missing", "service.name: missing",
                                              "service.status: missing", "organization.id: missing",
                                              "organization.name: missing",
                                              "organization.description: missing"));
}

}  // namespace
}  // namespace tremplin::gateway
