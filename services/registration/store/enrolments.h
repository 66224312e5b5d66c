#ifndef TREMPLIN_SERVICES_REGISTRATION_STORE_ENROLMENTS_H_
#define TREMPLIN_SERVICES_REGISTRATION_STORE_ENROLMENTS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/seal/seal.h"
#include "services/registration/domain/enrolment.h"

// Enrolments as rows. The tenant of a row is the organization it came through.
namespace tremplin::registration::store {

struct EnrolmentRow {
  std::string id = {};
  std::string person_id = {};      // whose it is now
  std::string own_person_id = {};  // the record it came with; another where people are linked
  std::string behind = {};         // the enrolment behind which it stands; "" for none
  bool untold = false;             // nobody was told of it: it stood behind from the beginning
  std::string program_id = {};
  int64_t program_version = 0;
  std::string organization = {};  // "" for none
  std::string application = {};   // by which they came first
  std::string business_key = {};
  int64_t door = 0;         // number of tremplin.program.v1.Door
  std::string sealed = {};  // enrolment.profile.sealed as stored, "" for none; see below
  absl::Time created = {};  // business time
  int64_t version = 1;      // of the aggregate
  domain::Enrolment enrolment = {};
};

// Rows are read and written with `sealed` as it is; a profile's sealed facts are there between
// OpenFacts and SealFacts only. Both under the person's key; who was erased has none.
absl::Status OpenFacts(database::Reader& reader, const seal::Sealer& sealer, EnrolmentRow& row);
absl::Status SealFacts(database::Transaction& tx, const seal::Sealer& sealer, EnrolmentRow& row);

// False, with nothing changed, when the id, (program, role, business key), or an enrolment of the
// person in the program and role that has not ended is there already.
absl::StatusOr<bool> InsertEnrolment(database::Transaction& tx, const EnrolmentRow& row);

// NOT_FOUND with reason ENROLMENT_NOT_FOUND; DATA_LOSS when a row cannot be read.
absl::StatusOr<EnrolmentRow> GetEnrolment(database::Reader& reader, std::string_view id);

// The person's enrolment in the program and role that has not ended and stands for itself, "" for
// none.
absl::StatusOr<std::string> FindEnrolled(database::Reader& reader, std::string_view person_id,
                                         std::string_view program_id, domain::Role role);

// Writes `row.enrolment` and `row.sealed` over version `row.version` and counts the version up in
// `row`. A version conflict when somebody else was first.
absl::Status UpdateEnrolment(database::Transaction& tx, EnrolmentRow& row);

// Those that came with this record of a person, ended ones too, the first made first.
absl::StatusOr<std::vector<EnrolmentRow>> ListOwnOf(database::Reader& reader,
                                                    std::string_view own_person_id);
// Whether the person is enrolled in the role, in any program and state.
absl::StatusOr<bool> IsEnrolledAs(database::Reader& reader, std::string_view person_id,
                                  domain::Role role);
// Writes whose it is, behind which it stands, and what is sealed, over version `row.version`, which
// counts up. A version conflict when somebody else was first.
absl::Status Reassign(database::Transaction& tx, EnrolmentRow& row);

// Keeps that the application led to the enrolment. ALREADY_EXISTS, at the latest as the end of the
// write, when it is kept already.
absl::Status InsertAdmission(database::Transaction& tx, std::string_view application,
                             std::string_view enrolment_id);
// The enrolment that the application led to, "" for none.
absl::StatusOr<std::string> FindByApplication(database::Reader& reader,
                                              std::string_view application);

// From then on the source of the application is shown nothing of the person
// (absl::InfiniteFuture(): it is).
absl::Status SetSilence(database::Transaction& tx, std::string_view application, absl::Time from);
absl::StatusOr<bool> IsSilent(database::Reader& reader, std::string_view application,
                              absl::Time now);

// Whether the person is enrolled in the program, in any role and state.
absl::StatusOr<bool> IsEnrolled(database::Reader& reader, std::string_view person_id,
                                std::string_view program_id);

// Where a page begins: after this (program, role, business key).
struct EnrolmentCursor {
  std::string program = {};  // only moves in lists over several programs
  int64_t role = 0;
  std::string business_key = {};
};

// What a list shows, in the order (role, business key). 0 and "" mean any.
struct EnrolmentFilter {
  std::string program = {};       // required by ListOfProgram and ListOfOrganization
  std::string person = {};        // for ListOfPerson
  std::string organization = {};  // for ListOfOrganization
  int64_t role = 0;
  int64_t state = 0;
  // ListOfOrganization: without those of whom the organization is shown nothing at that time.
  std::optional<absl::Time> shown_at = {};
};

// One page from an index, at most `limit` rows.
absl::StatusOr<std::vector<EnrolmentRow>> ListOfProgram(database::Reader& reader,
                                                        const EnrolmentFilter& filter,
                                                        const EnrolmentCursor& after, int limit);
absl::StatusOr<std::vector<EnrolmentRow>> ListOfOrganization(database::Reader& reader,
                                                             const EnrolmentFilter& filter,
                                                             const EnrolmentCursor& after,
                                                             int limit);
// In the order (program, role, business key).
absl::StatusOr<std::vector<EnrolmentRow>> ListOfPerson(database::Reader& reader,
                                                       const EnrolmentFilter& filter,
                                                       const EnrolmentCursor& after, int limit);

}  // namespace tremplin::registration::store

#endif  // TREMPLIN_SERVICES_REGISTRATION_STORE_ENROLMENTS_H_
