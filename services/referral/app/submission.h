#ifndef TREMPLIN_SERVICES_REFERRAL_APP_SUBMISSION_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_SUBMISSION_H_

#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/referral/app/deps.h"
#include "services/referral/domain/file.h"
#include "services/referral/store/referral_store.h"
#include "tremplin/referral/v1/referral.pb.h"

// The one path by which referrals come in: single, in batches, and by import through batches.
namespace tremplin::referral::app {

using Programs = std::vector<std::shared_ptr<const program::Program>>;

// A referral that was read and judged, ready to be stored. Made outside of the transaction.
struct Candidate {
  std::string agency;
  std::string external_id;
  File file;
  std::string plain;   // the file as it is sealed
  std::string digest;  // keyed, of the content
  store::DuplicateKeys keys;
  Programs programs;                           // in force, in the order of the request
  std::vector<std::vector<Finding>> findings;  // by program
};

// What storing it came to.
struct Stored {
  v1::SubmissionKind kind = v1::SUBMISSION_KIND_UNSPECIFIED;
  ReferralRow referral;
  std::vector<ApplicationRow> applications;  // those of the request's programs, in its order
  bool possible_duplicate = false;           // a repeat is never flagged again
};

// Thread-safe.
class Submitter {
 public:
  explicit Submitter(const Deps& deps) : deps_(deps) {}

  // The programs by their resource names, as they are in force. INVALID_ARGUMENT unless 1–10
  // different ones, PERMISSION_DENIED when one is not the caller's, NOT_FOUND.
  template <class Names>
  absl::StatusOr<Programs> InForce(const rpc::CallContext& call, const Names& names) {
    return FindPrograms(call, {names.begin(), names.end()});
  }

  // Every fault of a submission, by column name. Empty: it can be judged. An error only when the
  // agencies cannot be read.
  absl::StatusOr<std::vector<status::FieldViolation>> Faults(const rpc::CallContext& call,
                                                             const std::string& agency_name,
                                                             const std::string& external_id,
                                                             const File& file);

  // `agency` is an id. The submission has no faults.
  Candidate Judged(std::string_view agency, std::string_view external_id, File file,
                   const Programs& programs) const;

  // What Store asks first of a candidate that is new, as most are.
  static std::vector<database::Statement> Ahead(const Candidate& candidate);

  // Stores the candidate with its events and feed entries: new, repeat or revision.
  // FAILED_PRECONDITION with reason REFERRAL_SETTLED when the content changed and an application is
  // settled. `id_prefix` tells the items of one call apart.
  absl::StatusOr<Stored> Store(database::Transaction& tx, const rpc::CallContext& call,
                               const Candidate& candidate, std::string_view id_prefix) const;

 private:
  absl::StatusOr<Programs> FindPrograms(const rpc::CallContext& call,
                                        const std::vector<std::string>& names);
  absl::StatusOr<bool> IsKnown(const rpc::CallContext& call, const std::string& agency);
  absl::Status StoreNew(database::Transaction& tx, const rpc::CallContext& call,
                        const Candidate& candidate, std::string_view id_prefix,
                        Stored* stored) const;
  absl::Status StoreRevision(database::Transaction& tx, const rpc::CallContext& call,
                             const Candidate& candidate, std::string_view id_prefix,
                             std::vector<ApplicationRow> applications, Stored* stored) const;
  absl::Status Rejudge(database::Transaction& tx, const rpc::CallContext& call,
                       const Candidate& candidate, ApplicationRow* application) const;
  absl::Status Apply(database::Transaction& tx, const rpc::CallContext& call,
                     const Candidate& candidate, size_t program, std::string_view id_prefix,
                     Stored* stored) const;
  absl::Status Tell(database::Transaction& tx, const rpc::CallContext& call,
                    const ApplicationRow& application, std::string_view action) const;
  absl::Status TellSubmitted(database::Transaction& tx, const rpc::CallContext& call,
                             const Stored& stored) const;

  const Deps& deps_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> known_agencies_;  // guarded by mutex_; they never go
};

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_SUBMISSION_H_
