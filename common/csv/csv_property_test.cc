// Random damage to one record of a good file: every other record is read as before.
#include <rapidcheck.h>

#include <algorithm>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "common/csv/csv.h"
#include "gtest/gtest.h"

namespace tremplin::csv {
namespace {

using Random = std::mt19937_64;

constexpr size_t kColumns = 12;

size_t Below(size_t bound, Random* random) { return (*random)() % bound; }

// A cell as offices fill them: some quoted, with separators, quotes and lines of their own.
std::string Cell(Random* random) {
  switch (Below(8, random)) {
    case 0:
      return "";
    case 1:
      return "\"Nurse, then teacher\"";
    case 2:
      return "\"says \"\"yes\"\" often\"";
    case 3:
      return "\"one line,\nanother\"";
    case 4:
      return "Zoë";
    default:
      return std::to_string((*random)() % 10000);
  }
}

// Each begins with its number.
std::vector<std::string> GoodRecords(size_t count, Random* random) {
  std::vector<std::string> records;
  for (size_t i = 0; i < count; ++i) {
    std::string record = "id-" + std::to_string(i);
    for (size_t column = 1; column < kColumns; ++column) record += "," + Cell(random);
    records.push_back(std::move(record));
  }
  return records;
}

std::string FileOf(const std::vector<std::string>& records) {
  std::string file = "id";
  for (size_t column = 1; column < kColumns; ++column) file += ",c" + std::to_string(column);
  for (const std::string& record : records) file += "\n" + record;
  return file + "\n";
}

void Damage(std::string* record, Random* random) {
  const std::string letters("\"\",;x \n\r\0\xE9\xFF", 11);
  for (size_t times = 1 + Below(3, random); times > 0; --times) {
    const size_t at = Below(record->size() + 1, random);
    const char letter = letters[Below(letters.size(), random)];
    switch (Below(4, random)) {
      case 0:
        record->insert(at, 1, letter);
        break;
      case 1:
        if (at < record->size()) record->erase(at, 1);
        break;
      case 2:
        if (at < record->size()) (*record)[at] = letter;
        break;
      default:
        record->erase(at);  // cut off
    }
  }
}

std::set<std::vector<std::string>> Whole(const std::string& file) {
  std::istringstream in(file);
  Reader reader(in);
  std::set<std::vector<std::string>> whole;
  Record record;
  while (reader.Read(&record)) {
    if (record.fault.ok() && record.fields.size() == kColumns) whole.insert(record.fields);
  }
  return whole;
}

TEST(CsvPropertyTest, DamageToOneRecordIsItsOwn) {
  EXPECT_TRUE(rc::check([](uint64_t seed) {
    Random random(seed);
    std::vector<std::string> records = GoodRecords(2 + Below(8, &random), &random);
    const size_t damaged = Below(records.size(), &random);
    std::vector<std::string> others = records;
    others.erase(others.begin() + static_cast<ptrdiff_t>(damaged));
    Damage(&records[damaged], &random);
    const std::set<std::vector<std::string>> seen = Whole(FileOf(records));
    for (const std::vector<std::string>& record : Whole(FileOf(others))) {
      RC_ASSERT(seen.contains(record));
    }
  }));
}

}  // namespace
}  // namespace tremplin::csv
