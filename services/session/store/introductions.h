#ifndef TREMPLIN_SERVICES_SESSION_STORE_INTRODUCTIONS_H_
#define TREMPLIN_SERVICES_SESSION_STORE_INTRODUCTIONS_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"

// Who was led on to whom, as rows.
namespace tremplin::session::store {

struct Introduction {
  std::string id;
  std::string engagement;
  int number = 0;      // 1 for the engagement's first
  std::string to;      // the enrolment; "" for somebody outside the program
  std::string led_to;  // the engagement; "" for none yet
  absl::Time given;
};

// False when this one was introduced in the engagement already.
absl::StatusOr<bool> InsertIntroduction(database::Transaction& tx,
                                        const Introduction& introduction);
// By number.
absl::StatusOr<std::vector<Introduction>> ListIntroductions(database::Reader& reader,
                                                            std::string_view engagement);
// Notes that the engagement's introduction to the enrolment, if there was one, led to another
// engagement.
absl::Status SetLedTo(database::Transaction& tx, std::string_view engagement, std::string_view to,
                      std::string_view led_to);

}  // namespace tremplin::session::store

#endif  // TREMPLIN_SERVICES_SESSION_STORE_INTRODUCTIONS_H_
