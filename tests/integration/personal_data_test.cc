// Personal data is nowhere but sealed. Goal: plant names, walk a whole journey, then search every
// byte that the system left behind: the store with its log of events, every file beside it, and the
// metrics. Method: raw search for each planted word in UTF-8, over files read as bytes. (The
// distributed form of the same search is in tests/faults, where the servers are.)

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "common/metrics/metrics.h"
#include "gtest/gtest.h"
#include "tests/support/world.h"

namespace tremplin {
namespace {

namespace fs = std::filesystem;
using testing::World;

const std::vector<std::string>& Planted() {
  static const std::vector<std::string> words = {
      "Givenplanted", "Familyplanted", "planted7@example.org", "613-555-0142",    "1987-03-14",
      "Goalplanted",  "K1N 6N5",       "MentorgivenMNT",       "MentorfamilyMNT", "mentorplanted@"};
  return words;
}

std::vector<std::string> FoundIn(const std::string& bytes) {
  std::vector<std::string> found;
  for (const std::string& word : Planted()) {
    if (bytes.find(word) != std::string::npos) found.push_back(word);
  }
  return found;
}

std::string ReadAll(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

TEST(PersonalData, IsNowhereButSealed) {
  World world;
  const auto submitted = world.Submit("alpha", "EXT-7", World::EligibleFile(7));
  world.Admit(submitted.applications(0).name());
  const auto mentee = world.Enrolment("alpha/EXT-7");
  world.OnboardMentee(mentee.name());
  world.ReadyMentor("MNT", 1);
  const auto proposals = world.Match();
  ASSERT_EQ(proposals.size(), 1u);
  world.Sign(world.Agree(proposals[0]));
  world.MoveBy(absl::Hours(24 * 200));

  size_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(world.data_dir())) {
    if (!entry.is_regular_file()) continue;
    const std::string content = ReadAll(entry.path());
    bytes += content.size();
    for (const std::string& word : FoundIn(content)) {
      ADD_FAILURE() << entry.path().filename() << " holds " << word;
    }
  }
  EXPECT_GT(bytes, 100'000u) << "the store was not found";
  for (const std::string& word : FoundIn(metrics::Default().Render())) {
    ADD_FAILURE() << "the metrics hold " << word;
  }

  // The person themselves is found again by those who may: it was stored, and is sealed.
  registration::v1::GetPersonRequest request;
  request.set_name(mentee.person());
  auto person = world.Call<registration::v1::Person>(
      world.coordinator(), "tremplin.registration.v1.RegistrationService/GetPerson", request);
  ASSERT_TRUE(person.ok()) << person.status();
  EXPECT_EQ(person->family_name(), "Familyplanted7");
}

}  // namespace
}  // namespace tremplin
