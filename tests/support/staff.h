#ifndef TREMPLIN_TESTS_SUPPORT_STAFF_H_
#define TREMPLIN_TESTS_SUPPORT_STAFF_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/support/deployment.h"
#include "tests/support/partner.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::testing {

// What a program's staff do toward a running deployment, each step retried until answered.
// Thread-safe.
class Staff {
 public:
  explicit Staff(const Deployment& deployment);

  // A mentor of the occupation and area of EligibleFile who speaks both languages and takes
  // `capacity`.
  static referral::v1::ReferralFile MentorFile(const std::string& key, int capacity);
  // Such a mentor, or one as described, entered by themselves, oriented and interviewed. The
  // enrolment's name.
  absl::StatusOr<std::string> ReadyMentor(const std::string& business_key, int capacity) {
    return ReadyMentor(business_key, MentorFile(business_key, capacity));
  }
  absl::StatusOr<std::string> ReadyMentor(const std::string& business_key,
                                          const referral::v1::ReferralFile& file);
  // Reviews and admits.
  absl::Status Admit(const std::string& application);
  // Those of the program who are being oriented, at most `most`.
  absl::StatusOr<std::vector<registration::v1::Enrolment>> MenteesOnboarding(int most);
  // `gate`: the step decides over the person, who is invited on.
  absl::Status CompleteStep(const std::string& enrolment, const std::string& step, bool gate);

  PersistentClient& client() { return client_; }

 private:
  // Those of a side who are being oriented, at most `most`.
  absl::StatusOr<std::vector<registration::v1::Enrolment>> Onboarding(
      registration::v1::EnrolmentRole role, int most);
  // Once the admission was told to registration.
  absl::StatusOr<std::string> MentorOnboarding(const std::string& business_key);

  PersistentClient client_;
};

// Publishes the Ottawa program anew, proposing as soon as somebody is ready, each of its formats
// changed by `change`, if any.
absl::Status PublishContinuous(const Deployment& deployment,
                               const std::function<void(program::v1::Format&)>& change = nullptr);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_STAFF_H_
