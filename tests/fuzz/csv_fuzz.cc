#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "common/csv/csv.h"

// Whatever the bytes: the reader ends, and what it reads is the same when written and read again.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::istringstream in(std::string(reinterpret_cast<const char*>(data), size));
  tremplin::csv::Reader reader(in);
  std::vector<std::string> fields;
  while (true) {
    const absl::StatusOr<bool> more = reader.Next(&fields);
    if (!more.ok() || !*more) return 0;
    // A header fixes the separator of the second reading.
    std::istringstream again("a,b\n" + tremplin::csv::Join(fields) + "\n");
    tremplin::csv::Reader second(again);
    std::vector<std::string> header;
    std::vector<std::string> read;
    if (!*second.Next(&header)) std::abort();
    const absl::StatusOr<bool> got = second.Next(&read);
    for (std::string& field : fields) {
      const bool formula = !field.empty() && std::strchr("=+-@\t\r", field[0]) != nullptr;
      if (formula && field[0] != '\0') field.insert(0, 1, '\'');  // as it is written
    }
    // Only the limits may stand in the way: quoting makes a record longer.
    if (got.ok() && *got && read != fields) std::abort();
  }
}
