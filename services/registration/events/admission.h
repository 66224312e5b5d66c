#ifndef TREMPLIN_SERVICES_REGISTRATION_EVENTS_ADMISSION_H_
#define TREMPLIN_SERVICES_REGISTRATION_EVENTS_ADMISSION_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/inbox/inbox.h"
#include "common/outbox/outbox.h"
#include "common/peers/peers.h"
#include "common/program/program_store.h"
#include "common/seal/seal.h"
#include "tremplin/referral/events/v1/events.pb.h"

namespace tremplin::registration {

// What becomes of referral's decisions. An admitted application, of a mentee or a mentor and by
// whatever door, becomes a person and an enrolment with ids derived from the application's, or
// joins what is there: the same fact again changes nothing, the applications of one referral are
// one person, who comes by themselves or is proposed is the person of the same name and email, and
// a person has one enrolment a program and role that has not ended. An admission is final: nothing
// takes it back. Thread-safe.
class Admission {
 public:
  Admission(outbox::Outbox& outbox, peers::Peers& peers, program::ProgramStore& programs,
            const clock::Clock& clock, const seal::Sealer& sealer)
      : outbox_(outbox), peers_(peers), programs_(programs), clock_(clock), sealer_(sealer) {}

  void Subscribe(inbox::Handlers& handlers);

 private:
  using ApplicationChanged = referral::events::v1::ApplicationChanged;
  struct Entry;

  absl::StatusOr<inbox::Apply> OnChanged(const events::Event& event,
                                         const ApplicationChanged& changed);
  absl::Status Enter(database::Transaction& tx, const Entry& entry) const;
  absl::StatusOr<std::string> PersonOf(database::Transaction& tx, const Entry& entry) const;
  absl::Status Enrol(database::Transaction& tx, const Entry& entry,
                     const std::string& person_id) const;
  absl::Status Join(database::Transaction& tx, const Entry& entry,
                    const std::string& enrolment_id) const;
  absl::Status Audit(database::Transaction& tx, const Entry& entry, std::string resource) const;

  outbox::Outbox& outbox_;
  peers::Peers& peers_;
  program::ProgramStore& programs_;
  const clock::Clock& clock_;
  const seal::Sealer& sealer_;
};

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_EVENTS_ADMISSION_H_
