#ifndef TREMPLIN_COMMON_CLASSIFICATION_CLASSIFICATION_H_
#define TREMPLIN_COMMON_CLASSIFICATION_CLASSIFICATION_H_

#include <string>
#include <string_view>
#include <unordered_map>

#include "absl/status/statusor.h"

namespace tremplin::classification {

struct Place {
  double latitude = 0;   // degrees
  double longitude = 0;  // degrees
  std::string province;
};

// The public classifications people are described with: NOC 2021, NAICS 2022, forward sortation
// areas. Read once from the reference folder (noc_2021.csv, naics_2022.csv, fsa.csv); immutable,
// thread-safe.
class Classification {
 public:
  // NOT_FOUND or DATA_LOSS naming the file.
  static absl::StatusOr<Classification> Load(const std::string& reference_dir);

  bool IsNocUnitGroup(std::string_view code) const;  // one of the 516
  bool IsNaics(std::string_view code) const;         // sector ("31-33") or subsector
  const Place* FindFsa(std::string_view fsa) const;  // nullptr when unknown

  // Kilometres between the centres of two areas, -1 when either is unknown.
  double Distance(std::string_view fsa_a, std::string_view fsa_b) const;

 private:
  std::unordered_map<std::string, std::string> noc_;  // unit group → English title
  std::unordered_map<std::string, std::string> naics_;
  std::unordered_map<std::string, Place> fsa_;
};

// Whether `text` is a Canadian postal code ("K1Z 9E5", the space optional, any case): letters D, F,
// I, O, Q, U never, W and Z not first.
bool IsPostalCode(std::string_view text);

// "K1Z 9E5" → "K1Z", upper case; "" when it is not a postal code.
std::string FsaOf(std::string_view postal_code);

}  // namespace tremplin::classification

#endif  // TREMPLIN_COMMON_CLASSIFICATION_CLASSIFICATION_H_
