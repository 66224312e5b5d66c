#ifndef TREMPLIN_SERVICES_REFERRAL_APP_SUBMISSION_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_SUBMISSION_H_

#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "services/referral/app/deps.h"
#include "services/referral/app/judging.h"
#include "services/referral/domain/file.h"
#include "services/referral/store/link_store.h"
#include "services/referral/store/referral_store.h"
#include "tremplin/referral/v1/referral.pb.h"

// The one path by which people come in: by every door and on both sides, single, in batches, and by
// import through batches.
namespace tremplin::referral::app {

using Programs = std::vector<std::shared_ptr<const program::Program>>;
Registries RegistriesOf(const Programs& programs);

// Who comes, as whom, by which door and under which key.
struct Entry {
  store::Identity identity;
  Door door = Door::DOOR_UNSPECIFIED;
  bool staff = false;  // staff or operators submit it

  // On which its writes run one after another: an organization's counts its feed on; others need
  // only not meet themselves.
  std::string Lane() const;
};

// A revision of a referral's file, opened: with `file` and `volunteered` only. NOT_FOUND when there
// is none, or it was erased.
absl::StatusOr<v1::AdmittedFile> OpenRevision(database::Reader& reader, const seal::Sealer& sealer,
                                              const std::string& referral, int64_t revision);
// The newest, of the answer to store::FindingNewestFile.
absl::StatusOr<v1::AdmittedFile> OpenNewest(const seal::Sealer& sealer, const std::string& referral,
                                            const absl::StatusOr<database::Result>& answer);

// A submission as it was read: an entry with a file that can be judged, or what is wrong with it.
struct Reading {
  Entry entry;
  File file;  // normal
  Volunteered volunteered;
  std::vector<status::FieldViolation> entry_faults;  // "agency", "external_id", "side", "door", …
  std::vector<status::FieldViolation> file_faults;   // by field or fact, without "file."
  bool ok() const { return entry_faults.empty() && file_faults.empty(); }
};

// What a file is found by on a side: keyed hashes of email and of names with birth date.
store::DuplicateKeys KeysOf(const seal::Sealer& sealer, Side side, const File& file);

// A referral that was read and judged, ready to be stored. Made outside of the transaction.
struct Candidate {
  Entry entry;
  File file;
  std::string plain;   // as it is sealed
  std::string digest;  // keyed, of the content
  store::DuplicateKeys keys;
  store::DuplicateKeys keys_across;  // the same, as of the other side
  std::string source;                // keyed digest of the file it was read from; "" for none
  int64_t row = 0;                   // in it
  Programs programs;                 // in force, in the order of the request
  std::vector<std::vector<Finding>> findings;  // by program
};

// What storing it came to.
struct Stored {
  v1::SubmissionKind kind = v1::SUBMISSION_KIND_UNSPECIFIED;
  ReferralRow referral;
  std::vector<ApplicationRow> applications;  // those of the request's programs, in its order
  bool possible_duplicate = false;           // a repeat is never flagged again
  std::vector<Finding> findings;             // by the first of the programs
  std::vector<std::string> restated;         // facts that a revision gives otherwise
  // A row that came with its file before: it is told as it was then, and nothing changed.
  bool told_before = false;
  // What is taken all the same and ought to be looked at, by field.
  std::vector<status::FieldViolation> warnings;
};

// Thread-safe.
class Submitter {
 public:
  explicit Submitter(const Deps& deps) : deps_(deps) {}

  // The programs by their resource names, as they are in force. INVALID_ARGUMENT unless 1–30
  // different ones, PERMISSION_DENIED when one is not the caller's, NOT_FOUND.
  template <class Names>
  absl::StatusOr<Programs> InForce(const rpc::CallContext& call, const Names& names) {
    return FindPrograms(call, {names.begin(), names.end()});
  }

  // Every fault of a submission beside what it says. An error only for what is not the caller's to
  // submit (PERMISSION_DENIED), or when the agencies cannot be read.
  absl::StatusOr<Reading> Read(const rpc::CallContext& call, const std::string& agency_name,
                               const std::string& external_id, Side side, Door door,
                               const v1::ReferralFile& file, const v1::Volunteered& volunteered,
                               const Programs& programs);

  // The reading has no faults.
  Candidate Judged(const rpc::CallContext& call, Reading reading, const Programs& programs) const;

  // A file that items were read from, as it is kept.
  std::string SourceOf(const std::string& source) const;

  // What Store asks first.
  struct Looks {
    database::Prefetched referrals;  // under the candidate's key
    database::Prefetched twins;
  };
  static Looks Look(database::Transaction& tx, const Candidate& candidate);

  // Stores the candidate with its events and feed entries: new, repeat, revision, or stale, which
  // changes nothing. A revision judges the applications that are open anew; settled ones stay
  // pinned to the file they were judged on. A row of a file that was taken before and still stands
  // changes nothing, and is told as it was then. INVALID_ARGUMENT when somebody else stands under
  // the key, FAILED_PRECONDITION with reason DOOR_CLOSED, KEY_TAKEN, KEY_SPLIT or OLDER_EXPORT.
  // `looks` are the candidate's, of this transaction. `id_prefix` tells the items of one call
  // apart.
  absl::StatusOr<Stored> Store(database::Transaction& tx, const rpc::CallContext& call,
                               const Candidate& candidate, Looks looks,
                               std::string_view id_prefix) const;

  // Completes the candidate by what follows of its file: as it is sealed, and what it is found by.
  void Key(const Volunteered& volunteered, Candidate* candidate) const;

  // Makes the candidate's file the newest of `referral`, and judges nothing anew; what its source
  // sent last stays what a repeat is measured by. `by` corrected it.
  absl::Status Correct(database::Transaction& tx, const rpc::CallContext& call,
                       const Candidate& candidate, std::string_view by,
                       const std::vector<ApplicationRow>& applications,
                       ReferralRow* referral) const;

  // Consent that is given now is what an application may have waited for: those that are open, and
  // were judged without it or are admitted by rule, are judged anew on the newest file.
  absl::Status Reconsider(database::Transaction& tx, const rpc::CallContext& call,
                          const ReferralRow& referral,
                          std::vector<ApplicationRow>* applications) const;

 private:
  absl::StatusOr<Programs> FindPrograms(const rpc::CallContext& call,
                                        const std::vector<std::string>& names);
  absl::StatusOr<bool> IsKnown(const rpc::CallContext& call, const std::string& agency);
  absl::Status ReadAgency(const rpc::CallContext& call, const std::string& agency_name,
                          Reading* reading);
  absl::Status StoreKnown(database::Transaction& tx, const rpc::CallContext& call,
                          const Candidate& candidate, std::string_view id_prefix,
                          Stored* stored) const;
  absl::Status AddWarnings(database::Transaction& tx, const rpc::CallContext& call,
                           const Candidate& candidate, Stored* stored) const;
  absl::StatusOr<std::optional<File>> StandingFile(database::Reader& reader,
                                                   const ReferralRow& referral) const;
  absl::StatusOr<bool> ComesLate(database::Reader& reader, const ReferralRow& referral,
                                 const File& file) const;
  absl::Status StoreNew(database::Transaction& tx, const rpc::CallContext& call,
                        const Candidate& candidate, database::Prefetched& twin_look,
                        std::string_view id_prefix, Stored* stored) const;
  absl::Status StoreRevision(database::Transaction& tx, const rpc::CallContext& call,
                             const Candidate& candidate, std::string_view id_prefix,
                             std::vector<ApplicationRow> applications, Stored* stored) const;
  absl::Status StoreContent(database::Transaction& tx, const rpc::CallContext& call,
                            const Candidate& candidate, std::vector<ApplicationRow>* applications,
                            Stored* stored) const;
  // The candidate's file as the row's next revision, with what finds the person by it and what it
  // corrected of the one before; that one, unless it was erased.
  absl::StatusOr<std::optional<File>> NewRevision(database::Transaction& tx,
                                                  const rpc::CallContext& call,
                                                  const Candidate& candidate, std::string_view by,
                                                  ReferralRow* row) const;
  absl::Status Rejudge(database::Transaction& tx, const rpc::CallContext& call,
                       const Candidate& candidate, int64_t revision,
                       ApplicationRow* application) const;
  absl::Status Apply(database::Transaction& tx, const rpc::CallContext& call,
                     const Candidate& candidate, size_t program, std::string_view id_prefix,
                     const std::optional<Sharing>& standing, Stored* stored) const;
  absl::Status TellSubmitted(database::Transaction& tx, const rpc::CallContext& call,
                             const Stored& stored) const;

  const Deps& deps_;
  std::mutex mutex_;
  std::set<std::string, std::less<>> known_agencies_;  // guarded by mutex_; they never go
};

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_SUBMISSION_H_
