#ifndef TREMPLIN_SERVICES_REFERRAL_STORE_APPLICATION_STORE_H_
#define TREMPLIN_SERVICES_REFERRAL_STORE_APPLICATION_STORE_H_

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/referral/store/rows.h"

// Statements over applications, as those of referral_store.h.
namespace tremplin::referral::store {

using database::Reader;
using database::Transaction;

absl::StatusOr<std::vector<ApplicationRow>> ApplicationsOf(Reader& reader,
                                                           std::string_view referral);
// The same, for whoever asks for more at once.
database::Statement FindingApplicationsOf(std::string_view referral);
absl::StatusOr<std::vector<ApplicationRow>> FoundApplications(
    const absl::StatusOr<database::Result>& answer);
absl::StatusOr<std::optional<ApplicationRow>> GetApplication(Reader& reader, std::string_view id);
// ALREADY_EXISTS as InsertReferral.
absl::Status InsertApplication(Transaction& tx, const ApplicationRow& row);
// Writes the row over the version read, but for what its source is told (SaveSharing).
// VersionConflict when it changed.
absl::Status UpdateApplication(Transaction& tx, const ApplicationRow& row, int64_t read_version);
// How far the person has come, as `told` to their source: nothing changes where it knows of
// something later, or is told no more by then.
absl::Status SaveMilestone(Transaction& tx, std::string_view application,
                           std::string_view milestone, absl::Time at, absl::Time told);

struct ApplicationFilter {
  std::string agency;        // "" for all
  std::optional<Door> door;  // with an agency only
  std::string program;       // "" for all
  // With an agency: the one that it knows of (ApplicationRow::told_state).
  std::optional<State> state;
};
absl::StatusOr<std::vector<ApplicationRow>> ListApplications(Reader& reader,
                                                             const ApplicationFilter& filter,
                                                             const ListKey& after, int limit);
ListKey KeyOf(const ApplicationRow& row);

// An application with the file it was judged on, and the key it is sealed under.
struct FiledApplication {
  ApplicationRow application;
  std::string file;     // sealed
  std::string wrapped;  // seal::Sealer::OpenJoined
  std::string master_id;
};
// Of one program in one state, after `after`, at most `limit`; an erased one is left out.
absl::StatusOr<std::vector<FiledApplication>> ListFiled(Reader& reader, std::string_view program,
                                                        State state, const ListKey& after,
                                                        int limit);

}  // namespace tremplin::referral::store

#endif  // TREMPLIN_SERVICES_REFERRAL_STORE_APPLICATION_STORE_H_
