#include "common/classification/classification.h"

#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace tremplin::classification {
namespace {

void Write(const std::string& path, const std::string& text) {
  std::ofstream(path, std::ios::binary) << text;
}

class ClassificationTest : public ::testing::Test {
 protected:
  ClassificationTest() {
    Write(dir_.File("noc_2021.csv"),
          "code,title_en,title_fr\n2,Sciences,Sciences\n21231,Software engineers,Ingénieurs\n");
    Write(dir_.File("naics_2022.csv"),
          "code,title_en,title_fr\n31-33,Manufacturing,Fabrication\n311,Food,Aliments\n");
    Write(dir_.File("fsa.csv"),
          "fsa,place,province,latitude,longitude\nK1A,Ottawa,Ontario,45.4207,-75.7023\n"
          "M5V,Toronto,Ontario,43.6404,-79.3995\n");
  }
  testing::TempDir dir_;
};

TEST_F(ClassificationTest, KnowsUnitGroupsOnly) {
  const absl::StatusOr<Classification> tables = Classification::Load(dir_.path());
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_TRUE(tables->IsNocUnitGroup("21231"));
  EXPECT_FALSE(tables->IsNocUnitGroup("2"));
  EXPECT_FALSE(tables->IsNocUnitGroup("99999"));
  EXPECT_TRUE(tables->IsNaics("31-33"));
  EXPECT_TRUE(tables->IsNaics("311"));
  EXPECT_FALSE(tables->IsNaics("31"));
}

TEST_F(ClassificationTest, MeasuresDistances) {
  const absl::StatusOr<Classification> tables = Classification::Load(dir_.path());
  ASSERT_TRUE(tables.ok()) << tables.status();
  EXPECT_NEAR(tables->Distance("K1A", "M5V"), 352, 5);
  EXPECT_EQ(tables->Distance("K1A", "K1A"), 0);
  EXPECT_EQ(tables->Distance("K1A", "X0X"), -1);
  ASSERT_NE(tables->FindFsa("K1A"), nullptr);
  EXPECT_EQ(tables->FindFsa("K1A")->province, "Ontario");
}

TEST_F(ClassificationTest, NamesTheFileAtFault) {
  Write(dir_.File("fsa.csv"), "fsa,place,province,latitude,longitude\nK1A,Ottawa,Ontario,x,1\n");
  const absl::Status damaged = Classification::Load(dir_.path()).status();
  EXPECT_EQ(damaged.code(), absl::StatusCode::kDataLoss);
  EXPECT_NE(damaged.ToString().find("fsa.csv line 2"), std::string::npos);
  EXPECT_EQ(Classification::Load(dir_.File("nowhere")).status().code(),
            absl::StatusCode::kNotFound);
}

TEST(PostalCodeTest, FollowsTheLettersOfThePost) {
  for (const char* good : {"K1Z 9E5", "k1z9e5", "V5K0A1", "X0A 0H0", "J9H 6A3"}) {
    EXPECT_TRUE(IsPostalCode(good)) << good;
  }
  for (const char* bad : {"", "K1Z", "K1Z-9E5", "D1A 1A1", "W1A 1A1", "Z1A 1A1", "K1O 1A1",
                          "K1A 1U1", "11A 1A1", "K1Z  9E5", "K1Z 9E55", "90210"}) {
    EXPECT_FALSE(IsPostalCode(bad)) << bad;
  }
  EXPECT_TRUE(IsPostalCode("K1W 1Z1"));
}

TEST(PostalCodeTest, GivesTheSortationArea) {
  EXPECT_EQ(FsaOf("k1z 9e5"), "K1Z");
  EXPECT_EQ(FsaOf("K1Z"), "");
}

}  // namespace
}  // namespace tremplin::classification
