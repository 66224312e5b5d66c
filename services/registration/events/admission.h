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
#include "services/registration/store/enrolments.h"
#include "tremplin/referral/events/v1/events.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::registration {

// What becomes of referral's decisions. An admitted application, of a mentee or a mentor and by
// whatever door, becomes a person and an enrolment with ids derived from the application's, or
// joins what is there: the same fact again changes nothing, the applications of one referral are
// one person, who comes by themselves or is proposed is the person of the same name and email, in
// whichever order and part, and a person has one enrolment a program and role that has not ended
// and counts. An admission is final: nothing takes it back.
//
// A file that was corrected corrects who the person is and how they are reached, whatever was
// decided on before; and a mentor's, what they offer, as far as no criterion judged it.
//
// And what becomes of its links: two referrals that staff linked are one person, whichever of them
// is admitted first, until staff undo the link (app/one_person.h). Thread-safe.
class Admission {
 public:
  Admission(outbox::Outbox& outbox, peers::Peers& peers, program::ProgramStore& programs,
            const clock::Clock& clock, const seal::Sealer& sealer)
      : outbox_(outbox), peers_(peers), programs_(programs), clock_(clock), sealer_(sealer) {}

  void Subscribe(inbox::Handlers& handlers);

 private:
  using ApplicationChanged = referral::events::v1::ApplicationChanged;
  struct Entry;
  struct Offer;
  // Who the person of an entry is.
  struct Identity {
    std::string record;  // that their referral brought
    std::string person;  // as whom it counts
  };

  absl::StatusOr<inbox::Apply> OnChanged(const events::Event& event,
                                         const ApplicationChanged& changed);
  absl::Status Enter(database::Transaction& tx, const Entry& entry) const;
  absl::StatusOr<inbox::Apply> OnSubmitted(
      const events::Event& event, const referral::events::v1::ReferralSubmitted& submitted);
  absl::Status Take(database::Transaction& tx, const Offer& offer,
                    const events::Event& event) const;
  inbox::Apply Linking(const events::Event& event, const std::string& referral,
                       const std::string& other, bool linked) const;
  absl::StatusOr<Identity> PersonOf(database::Transaction& tx, const Entry& entry) const;
  absl::StatusOr<std::string> KnownRecord(database::Transaction& tx, const Entry& entry) const;
  // `behind`: the enrolment that counts instead, "" for none.
  absl::Status Enrol(database::Transaction& tx, const Entry& entry, const Identity& identity,
                     const std::string& behind) const;
  absl::Status Join(database::Transaction& tx, const Entry& entry, store::EnrolmentRow row) const;
  absl::StatusOr<referral::v1::AdmittedFile> FileOf(const std::string& application);
  absl::Status Audit(database::Transaction& tx, const std::string& action,
                     std::string resource) const;

  outbox::Outbox& outbox_;
  peers::Peers& peers_;
  program::ProgramStore& programs_;
  const clock::Clock& clock_;
  const seal::Sealer& sealer_;
};

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_EVENTS_ADMISSION_H_
