#ifndef TREMPLIN_SERVICES_OUTCOME_STORE_MEASURE_STORE_H_
#define TREMPLIN_SERVICES_OUTCOME_STORE_MEASURE_STORE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/database/database.h"
#include "services/outcome/domain/funnel.h"
#include "services/outcome/domain/measures.h"

// Rows that measures are made of: facts counted once each, and what is known of an enrolment.
namespace tremplin::outcome {

// Counts `key` under (program, code): the first time adds one to the counter; of a repeat the
// earlier time counts.
absl::Status CountFact(database::Transaction& tx, const std::string& program,
                       const std::string& code, const std::string& key, absl::Time at);

// Takes `key` out of the count again; false when it was not in it.
absl::StatusOr<bool> UncountFact(database::Transaction& tx, const std::string& program,
                                 const std::string& code, const std::string& key);

// The key counts as `canonical` from now on, in what was counted of it and in what will be: several
// that count as one are one in every figure. The key itself: it stands for itself again.
absl::Status CountAs(database::Transaction& tx, const std::string& program, const std::string& key,
                     const std::string& canonical);
// Whose the enrolment is now.
absl::Status SetPerson(database::Transaction& tx, const std::string& enrolment,
                       const std::string& person);

absl::StatusOr<bool> IsCounted(database::Reader& reader, const std::string& program,
                               const std::string& code, const std::string& key);

// The counters of a program by code: one row a code, whatever the number of facts.
absl::StatusOr<std::map<std::string, int64_t>> Counters(database::Reader& reader,
                                                        const std::string& program);

// What the funnel of a program showed so far to who sees aggregates only.
absl::StatusOr<ShownCounts> ShownOfFunnel(database::Reader& reader, const std::string& program);
// Until this write ends nobody else releases a step of the program.
absl::Status HoldFunnel(database::Transaction& tx, const std::string& program);
absl::Status ReleaseStep(database::Transaction& tx, const std::string& program,
                         const std::string& code, const ShownCount& release);

// Facts of the codes recorded by `as_of`, in the order of their times; a fact's kind is its code's
// place in `codes`.
absl::StatusOr<std::vector<KindChange>> FactsBy(database::Reader& reader,
                                                const std::string& program,
                                                const std::vector<std::string>& codes,
                                                absl::Time as_of);

// What facts of several topics told of an enrolment; absl::InfinitePast() and "" are "not told
// yet". They may come in any order.
struct EnrolmentRecord {
  std::string id;
  std::string person;
  std::string program;
  int64_t program_version = 0;
  int role = 0;  // as in the events; 0 while not told
  std::string organization;
  std::string business_key;
  std::string language;
  absl::Time created = absl::InfinitePast();
  absl::Time ready = absl::InfinitePast();
  absl::Time matched = absl::InfinitePast();        // for the first time
  absl::Time first_meeting = absl::InfinitePast();  // attended
  absl::Time ended = absl::InfinitePast();          // left the program
};

// Adds what `told` knows to the row and returns the whole of it.
absl::StatusOr<EnrolmentRecord> MergeEnrolment(database::Transaction& tx,
                                               const EnrolmentRecord& told);
absl::StatusOr<std::optional<EnrolmentRecord>> FindEnrolment(database::Reader& reader,
                                                             const std::string& id);

// Adds `told.first_meeting` alone, in one statement; false when an earlier one was told of before,
// as for most of what is met.
absl::StatusOr<bool> MergeFirstMeeting(database::Transaction& tx, const EnrolmentRecord& told);

// Who attended a session, as it holds now: nobody of a struck one. Returns the participations whose
// first meeting that was and is no more; it is then the first of those that still hold.
absl::StatusOr<std::vector<EnrolmentRecord>> SetAttended(
    database::Transaction& tx, const std::string& session,
    const std::vector<EnrolmentRecord>& attended);

// An engagement as one participation went through it: began, and ended unless `ended` is
// absl::InfinitePast(). Of each the earlier telling counts.
absl::Status MergeEngagement(database::Transaction& tx, const std::string& enrolment,
                             const std::string& engagement, absl::Time began, absl::Time ended);
// One participant left an engagement that goes on; false when it never began for them.
absl::StatusOr<bool> LeaveEngagement(database::Transaction& tx, const std::string& enrolment,
                                     const std::string& engagement, absl::Time at);
// When the engagement that began first ended for this participation; absl::InfinitePast() when it
// did not, or none began.
absl::StatusOr<absl::Time> EndOfFirstEngagement(database::Reader& reader,
                                                const std::string& enrolment);

// Counts of each stage as of a business time (the definitions are in domain/measures.h).
absl::StatusOr<std::map<std::string, StageCounts>> CountStages(database::Reader& reader,
                                                               const std::string& program,
                                                               absl::Time as_of);
// Who came to which kind of work by an answer and left it by an amendment, by stage, in the order
// of their times, up to `as_of`. Kinds are those of domain/measures.h.
absl::StatusOr<std::map<std::string, std::vector<KindChange>>> ListAnswers(
    database::Reader& reader, const std::string& program, absl::Time as_of);
// Mentees ready, never matched and not ended by `as_of`.
// Who came to wait, and (-1) waits no more, by `as_of`, in the order of the times.
absl::StatusOr<std::vector<KindChange>> WaitingBy(database::Reader& reader,
                                                  const std::string& program, absl::Time as_of);
absl::StatusOr<int64_t> CountWaiting(database::Reader& reader, const std::string& program,
                                     absl::Time as_of);

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_STORE_MEASURE_STORE_H_
