#include <set>
#include <string>
#include <utility>

#include "gmock/gmock.h"
#include "services/registration/testing/registration_test_support.h"

namespace tremplin::registration {
namespace {

using ::testing::ElementsAre;

class DirectoryTest : public RegistrationTest {
 protected:
  absl::StatusOr<v1::ListDirectoryProgramsResponse> List(
      v1::ListDirectoryProgramsRequest request = {}) {
    return Call(As(options::v1::ROLE_UNSPECIFIED), &Service::ListDirectoryPrograms,
                std::move(request));
  }
  static program::v1::ProgramDefinition Named(const std::string& id) {
    program::v1::ProgramDefinition definition = ExampleProgram();
    definition.set_id(id);
    return definition;
  }
};

TEST_F(DirectoryTest, TellsAnybodyWhoAProgramIsFor_InTheWordsOfItsDefinition) {
  Publish();
  const auto listed = List();
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->programs_size(), 1);
  const v1::DirectoryProgram& program = listed->programs(0);
  const program::v1::ProgramDefinition definition = ExampleProgram();
  EXPECT_EQ(program.name(), kProgram);
  EXPECT_EQ(program.version(), 1);
  EXPECT_EQ(program.title().fr(), definition.name().fr());
  EXPECT_EQ(program.provider().en(), definition.provider().en());
  EXPECT_EQ(program.organization().name(), "organizations/owner");
  EXPECT_NE(program.organization().title_fr(), "");
  EXPECT_GT(program.publish_time().seconds(), 0);
  ASSERT_EQ(program.formats_size(), definition.formats_size());
  EXPECT_EQ(program.formats(0).code(), definition.formats(0).code());
  EXPECT_EQ(program.formats(0).mentors().most(), definition.formats(0).mentors().most());
  EXPECT_THAT(program.languages(), ElementsAre("en", "fr")) << "none named is both";
  std::set<std::string> codes;
  for (const auto& requirement : program.mentee_requirements()) {
    codes.insert(requirement.code());
    EXPECT_NE(requirement.title().en(), "");
    EXPECT_NE(requirement.explanation().fr(), "");
  }
  for (const auto& criterion : definition.mentee().criteria()) {
    EXPECT_TRUE(codes.contains(criterion.code())) << criterion.code();
  }
  EXPECT_GT(program.mentor_requirements_size(), 0);
}

TEST_F(DirectoryTest, OneThatIsNotInForceYetIsLeftOut) {
  Publish();
  program::v1::ProgramDefinition later = Named("later");
  later.set_effective_from("2026-01-01");
  later.set_review_by("2028-01-01");
  ASSERT_TRUE(PublishProgram(later).ok());
  const auto listed = List();
  ASSERT_TRUE(listed.ok()) << listed.status();
  ASSERT_EQ(listed->programs_size(), 1);
  EXPECT_EQ(listed->programs(0).name(), kProgram);
}

TEST_F(DirectoryTest, TheEtagIsTheContents) {
  Publish();
  const std::string before = List()->etag();
  EXPECT_EQ(before.size(), 32U);
  EXPECT_EQ(List()->etag(), before);
  program::v1::ProgramDefinition changed = ExampleProgram();
  changed.mutable_name()->set_en("Another name");
  ASSERT_TRUE(PublishProgram(changed).ok());
  EXPECT_NE(List()->etag(), before);
}

TEST_F(DirectoryTest, ComesInPages) {
  Publish();
  for (const char* id : {"alpha", "beta"}) ASSERT_TRUE(PublishProgram(Named(id)).ok());
  v1::ListDirectoryProgramsRequest request;
  request.set_page_size(2);
  const auto first = List(request);
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_EQ(first->programs_size(), 2);
  EXPECT_EQ(first->programs(1).name(), "programs/beta");
  request.set_page_token(first->next_page_token());
  const auto second = List(request);
  ASSERT_TRUE(second.ok()) << second.status();
  ASSERT_EQ(second->programs_size(), 1);
  EXPECT_EQ(second->programs(0).name(), kProgram);
  EXPECT_EQ(second->next_page_token(), "");
  request.set_page_token("nonsense");
  EXPECT_EQ(List(request).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace tremplin::registration
