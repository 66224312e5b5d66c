#ifndef TREMPLIN_COMMON_INTAKE_COLUMNS_H_
#define TREMPLIN_COMMON_INTAKE_COLUMNS_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/intake/sheet.h"
#include "common/program/facts.h"
#include "tremplin/program/v1/text.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

// Rows of the CSV files as requests of the API. Cells go as they stand: what is wrong with them is
// the services' to say, so that a file and a partner's system get the same answers.
namespace tremplin::intake {

// What the columns of a file of people mean: who somebody is and how to reach them, and every fact
// of the registry, by its name or what an office writes for it in either language. Immutable.
class Columns {
 public:
  // `side`: as whom the people of the file come. With `agency_given` a row need not name an agency.
  Columns(program::Registry registry, program::v1::Subject side, bool agency_given);

  // Opens a file by these columns. INVALID_ARGUMENT as Sheet::Open. What a row must have: its key
  // and names, and a mentee's the agency unless it is given. Other columns are not given where they
  // are missing.
  absl::StatusOr<std::unique_ptr<Sheet>> Open(const std::string& path,
                                              const std::string& name = "") const;
  // The same of a file that comes piece by piece, called `name` in what is said of it.
  absl::StatusOr<std::unique_ptr<Sheet>> Open(Source source, const std::string& name) const;

  // The present row's file; cells of facts as program::FromCell reads them: that of several codes
  // is split at blanks, commas and semicolons, none of which a code contains. What is empty is left
  // out. The language to write in is the column's of that name, else the first of service.
  referral::v1::ReferralFile ToFile(const Sheet& row) const;

  const program::Registry& registry() const { return registry_; }

 private:
  std::string NameOf(const std::string& header) const;

  program::Registry registry_;
  program::v1::Subject side_;
  std::vector<std::string> required_;
};

// Under these names a row's key and agency are read.
inline constexpr char kAgencyColumn[] = "agency";
inline constexpr char kExternalIdColumn[] = "external_id";
// The present row's, in normal form.
std::string AgencyOf(const Sheet& row);
std::string ExternalIdOf(const Sheet& row);

}  // namespace tremplin::intake

#endif  // TREMPLIN_COMMON_INTAKE_COLUMNS_H_
