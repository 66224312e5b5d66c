#ifndef TREMPLIN_SERVICES_REFERRAL_APP_SERVICE_H_
#define TREMPLIN_SERVICES_REFERRAL_APP_SERVICE_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/rpc/call.h"
#include "common/rpc/registry.h"
#include "services/referral/app/access.h"
#include "services/referral/app/deps.h"
#include "services/referral/app/submission.h"
#include "services/referral/domain/application.h"
#include "tremplin/referral/v1/referral.pb.h"

// The handlers of tremplin.referral.v1.ReferralService; what each does stands in its proto. Each
// topic has a source file of its own. Thread-safe.
namespace tremplin::referral::app {

using rpc::CallContext;
template <class T>
using Answer = absl::StatusOr<T>;

class Service {
 public:
  explicit Service(const Deps& deps)
      : deps_(deps), submitter_(deps), outlooks_(deps.cache, kOutlookAge) {}
  void Bind(rpc::Registry& registry);

  // eligibility.cc
  Answer<v1::CheckEligibilityResponse> CheckEligibility(const CallContext& call,
                                                        const v1::CheckEligibilityRequest& request);
  // preview.cc
  Answer<v1::PreviewProgramResponse> PreviewProgram(const CallContext& call,
                                                    const v1::PreviewProgramRequest& request);
  // submit.cc
  Answer<v1::SubmitReferralResponse> SubmitReferral(const CallContext& call,
                                                    const v1::SubmitReferralRequest& request);
  // batch.cc
  Answer<v1::BatchSubmitReferralsResponse> BatchSubmitReferrals(
      const CallContext& call, const v1::BatchSubmitReferralsRequest& request);
  // reading.cc
  Answer<v1::Referral> GetReferral(const CallContext& call, const v1::GetReferralRequest& request);
  Answer<v1::ListReferralsResponse> ListReferrals(const CallContext& call,
                                                  const v1::ListReferralsRequest& request);
  Answer<v1::Application> GetApplication(const CallContext& call,
                                         const v1::GetApplicationRequest& request);
  Answer<v1::ListApplicationsResponse> ListApplications(const CallContext& call,
                                                        const v1::ListApplicationsRequest& request);
  Answer<v1::AdmittedFile> GetAdmittedFile(const CallContext& call,
                                           const v1::GetAdmittedFileRequest& request);
  // assessment.cc
  Answer<v1::Application> StartReview(const CallContext& call,
                                      const v1::StartReviewRequest& request);
  Answer<v1::Application> AdmitApplication(const CallContext& call,
                                           const v1::AdmitApplicationRequest& request);
  Answer<v1::Application> ReturnApplication(const CallContext& call,
                                            const v1::ReturnApplicationRequest& request);
  Answer<v1::Application> WaitlistApplication(const CallContext& call,
                                              const v1::WaitlistApplicationRequest& request);
  Answer<v1::Application> WithdrawApplication(const CallContext& call,
                                              const v1::WithdrawApplicationRequest& request);
  Answer<v1::Application> ReopenApplication(const CallContext& call,
                                            const v1::ReopenApplicationRequest& request);
  // duplicates.cc
  Answer<v1::ListPossibleDuplicatesResponse> ListPossibleDuplicates(
      const CallContext& call, const v1::ListPossibleDuplicatesRequest& request);
  // links.cc
  Answer<v1::ListSuggestionsResponse> ListSuggestions(const CallContext& call,
                                                      const v1::ListSuggestionsRequest& request);
  Answer<v1::PreviewLinkResponse> PreviewLink(const CallContext& call,
                                              const v1::PreviewLinkRequest& request);
  Answer<v1::LinkReferralsResponse> LinkReferrals(const CallContext& call,
                                                  const v1::LinkReferralsRequest& request);
  Answer<v1::UnlinkReferralsResponse> UnlinkReferrals(const CallContext& call,
                                                      const v1::UnlinkReferralsRequest& request);
  Answer<v1::KeepApartResponse> KeepApart(const CallContext& call,
                                          const v1::KeepApartRequest& request);
  Answer<v1::ListLinksResponse> ListLinks(const CallContext& call,
                                          const v1::ListLinksRequest& request);
  // corrections.cc
  Answer<v1::Referral> CorrectReferral(const CallContext& call,
                                       const v1::CorrectReferralRequest& request);
  Answer<v1::ListCorrectionsResponse> ListCorrections(const CallContext& call,
                                                      const v1::ListCorrectionsRequest& request);
  // consents.cc
  Answer<program::v1::Consent> SetConsent(const CallContext& call,
                                          const v1::SetConsentRequest& request);
  Answer<v1::ListConsentsResponse> ListConsents(const CallContext& call,
                                                const v1::ListConsentsRequest& request);
  // search.cc
  Answer<v1::SearchReferralsResponse> SearchReferrals(const CallContext& call,
                                                      const v1::SearchReferralsRequest& request);
  // feed.cc
  Answer<v1::ListStatusFeedResponse> ListStatusFeed(const CallContext& call,
                                                    const v1::ListStatusFeedRequest& request);
  Answer<v1::ListStatusFeedResponse> ReadStatusFeed(const CallContext& call,
                                                    const v1::ReadStatusFeedRequest& request);
  Answer<v1::FindStatusCursorResponse> FindStatusCursor(const CallContext& call,
                                                        const v1::FindStatusCursorRequest& request);

 private:
  // Whose feed, and how much of it.
  struct Feed {
    std::string agency;
    program::v1::Door door = program::v1::DOOR_AGENCY;
    std::string program = {};  // "" for all
  };
  Answer<v1::ListStatusFeedResponse> ReadFeed(const CallContext& call, const Feed& feed,
                                              const std::string& cursor, int asked);
  // How old the figures beside an eligibility decision may be.
  static constexpr absl::Duration kOutlookAge = absl::Seconds(30);

  // Adds places and wait, from the cache or from matching; leaves them out when neither has them
  // before `patience` is over (system time).
  void TellOutlook(const CallContext& call, const program::Program& program, const File& file,
                   absl::Time patience, v1::CheckEligibilityResponse::Program* response);
  // Completes the command and the row from what the request says; runs inside the transaction.
  using Prepare = std::function<absl::Status(database::Transaction&, const program::Program&,
                                             ApplicationRow*, Command*)>;
  // The one way an application changes: read, checked, decided, stored, told.
  Answer<v1::Application> Change(const CallContext& call, const std::string& name,
                                 const std::string& etag, Action action, const Prepare& prepare);
  absl::StatusOr<std::shared_ptr<const program::Program>> JudgeOnNewest(database::Transaction& tx,
                                                                        const CallContext& call,
                                                                        ApplicationRow* row);
  // One of two entries as staff compare them.
  struct Compared;
  absl::StatusOr<Compared> ToCompare(database::Reader& reader, const CallContext& call,
                                     const std::string& id);
  // What a link of the two, or undoing it, changes, as far as the caller sees.
  absl::StatusOr<std::vector<v1::LinkEffect>> EffectsOf(database::Reader& reader,
                                                        const CallContext& call,
                                                        const std::string& one,
                                                        const std::string& other, bool undone);
  // Rows as a list shows them; a pair of which the caller does not see both is left out.
  absl::StatusOr<std::vector<v1::LinkPair>> ToPairs(database::Reader& reader,
                                                    const CallContext& call,
                                                    const std::vector<store::PairRow>& rows);
  // A revision of a referral's file, opened: with `file` and `volunteered` only.
  Answer<v1::AdmittedFile> OpenFile(database::Reader& reader, const std::string& referral,
                                    int64_t revision);
  // As the caller may know it.
  Answer<v1::Application> ToApplication(database::Reader& reader, const CallContext& call,
                                        const ApplicationRow& row);
  // Adds the referral to what was found, if the caller sees it and it is wanted.
  absl::Status ShowFound(database::Reader& reader, const CallContext& call, const std::string& id,
                         const std::function<bool(const VisibleReferral&, const File&)>& wanted,
                         v1::SearchReferralsResponse* response);
  absl::Status AddContact(database::Reader& reader, const ApplicationRow& row,
                          v1::AdmittedFile* admitted);
  template <class Row>
  absl::Status AddNames(database::Reader& reader, const std::string& referral, int64_t revision,
                        Row* row);

  const Deps& deps_;
  Submitter submitter_;
  cache::LoadingCache outlooks_;
};

}  // namespace tremplin::referral::app

#endif  // TREMPLIN_SERVICES_REFERRAL_APP_SERVICE_H_
