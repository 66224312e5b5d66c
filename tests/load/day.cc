#include "tests/load/day.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "tests/support/partner.h"
#include "tremplin/outcome/v1/outcome.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::load {
namespace {

using testing::kAgencies;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr size_t kMostKept = 20'000;

// A person as others are: some thirty given names, and family names that few share.
referral::v1::ReferralFile PersonOf(int number) {
  constexpr std::array kGiven = {"Amina",  "Bogdan", "Chidi", "Danièle", "Elif",  "Farah",
                                 "Giulia", "Hassan", "Ioana", "Jean",    "Kenji", "Lucía",
                                 "Maria",  "Nadia",  "Omar",  "Priya",   "Rosa",  "Tariq"};
  constexpr std::array kFirst = {"Ade", "Bel", "Cas", "Dim", "Est", "Fon",  "Gar", "Hak",
                                 "Iba", "Kov", "Lem", "Mor", "Nov", "Okon", "Pet", "Ros"};
  constexpr std::array kMiddle = {"a", "ene", "i", "iko", "o", "ula", "an", "el"};
  constexpr std::array kLast = {"bekova", "ci",  "dze", "fi", "grand", "jo",  "ko",  "lez",
                                "mann",   "nko", "ova", "ri", "ska",   "ton", "vic", "zadeh"};
  referral::v1::ReferralFile file = testing::EligibleFile(number);
  auto rest = static_cast<size_t>(number);
  file.set_given_name(kGiven[rest % kGiven.size()]);
  rest /= 3;
  const size_t first = rest % kFirst.size();
  const size_t middle = rest / kFirst.size() % kMiddle.size();
  const size_t last = rest / kFirst.size() / kMiddle.size() % kLast.size();
  file.set_family_name(absl::StrCat(kFirst[first], kMiddle[middle], kLast[last]));
  return file;
}

template <class Request>
Call To(rpc::Client* client, const char* method, const Request& request) {
  return {client, absl::StrCat(kReferral, method), request.SerializeAsString()};
}

}  // namespace

Day::Day(const testing::Deployment& deployment) {
  const std::string referral = deployment.Address("referral");
  for (const char* agency : kAgencies) {
    const std::string key = testing::MakeKey(deployment, options::v1::ROLE_AGENCY,
                                             absl::StrCat("organizations/", agency));
    agencies_.push_back(std::make_unique<rpc::Client>(referral, key));
  }
  const std::string staff =
      testing::MakeKey(deployment, options::v1::ROLE_COORDINATOR, "", "", testing::kOttawa);
  staff_ = std::make_unique<rpc::Client>(referral, staff);
  reports_ = std::make_unique<rpc::Client>(deployment.Address("outcome"), staff);
}

rpc::Client* Day::Agency(int64_t number) {
  return agencies_[static_cast<size_t>(number) % agencies_.size()].get();
}

bool Day::Prepare(int64_t referrals) {
  for (int64_t i = 0; i < referrals; ++i) {
    const Call push = Push(-1 - i);
    const auto answer = push.client->CallBytes(push.method, push.request, absl::Seconds(10));
    if (!answer.ok()) return false;
    Keep(*answer);
  }
  return true;
}

void Day::Keep(const std::string& answer) {
  referral::v1::SubmitReferralResponse submitted;
  if (!submitted.ParseFromString(answer) || submitted.applications().empty()) return;
  const std::string& agency = submitted.applications(0).agency();
  size_t index = 0;
  while (index < kAgencies.size() && agency != absl::StrCat("organizations/", kAgencies[index])) {
    ++index;
  }
  const std::lock_guard lock(mutex_);
  if (index == kAgencies.size() || known_.size() >= kMostKept) return;
  known_.push_back({index, submitted.referral()});
  undecided_.push_back(submitted.applications(0).name());
}

Day::Referral Day::Known(int64_t number) {
  const std::lock_guard lock(mutex_);
  // Not one after another, as a cache would like it.
  return known_[static_cast<size_t>(number) * 2'654'435'761U % known_.size()];
}

Call Day::Push(int64_t number) {
  const auto of = static_cast<size_t>(number < 0 ? -number : number);
  referral::v1::SubmitReferralRequest request;
  request.set_agency(absl::StrCat("organizations/", kAgencies[of % kAgencies.size()]));
  request.set_external_id(absl::StrCat(number < 0 ? "P-" : "D-", of));
  *request.mutable_file() = PersonOf(static_cast<int>(number < 0 ? of : of + 1'000'000));
  request.add_programs(testing::kOttawa);
  request.set_request_id(absl::StrCat("day-", number));
  return To(agencies_[of % agencies_.size()].get(), "SubmitReferral", request);
}

Call Day::LookUp(int64_t number) {
  const Referral known = Known(number);
  referral::v1::GetReferralRequest request;
  request.set_name(known.name);
  return To(agencies_[known.agency].get(), "GetReferral", request);
}

// Whoever has come and was not looked at; where nobody is left, the list of them.
Call Day::Decide(int64_t number) {
  std::string next;
  {
    const std::lock_guard lock(mutex_);
    if (!undecided_.empty()) {
      next = std::move(undecided_.front());
      undecided_.pop_front();
    }
  }
  if (next.empty()) {
    referral::v1::ListApplicationsRequest list;
    list.set_program(testing::kOttawa);
    list.set_state(referral::v1::Application::STATE_RECEIVED);
    return To(staff_.get(), "ListApplications", list);
  }
  referral::v1::StartReviewRequest request;
  request.set_name(next);
  request.set_request_id(absl::StrCat("review-", number));
  return To(staff_.get(), "StartReview", request);
}

std::vector<Kind> Day::Kinds() {
  std::vector<Kind> kinds;
  kinds.push_back({"look a referral up", 34, [this](int64_t number) { return LookUp(number); }});
  kinds.push_back({"follow the feed", 20, [this](int64_t number) {
                     referral::v1::ListStatusFeedRequest request;
                     request.set_page_size(20);
                     return To(Agency(number), "ListStatusFeed", request);
                   }});
  kinds.push_back({"push a referral", 12, [this](int64_t number) { return Push(number); },
                   [this](const std::string& answer) { Keep(answer); }});
  kinds.push_back({"check eligibility", 10, [this](int64_t number) {
                     referral::v1::CheckEligibilityRequest request;
                     *request.mutable_file() = PersonOf(static_cast<int>(number));
                     request.add_programs(testing::kOttawa);
                     return To(Agency(number), "CheckEligibility", request);
                   }});
  kinds.push_back({"list applications", 10, [this](int64_t) {
                     referral::v1::ListApplicationsRequest request;
                     request.set_program(testing::kOttawa);
                     request.set_page_size(25);
                     return To(staff_.get(), "ListApplications", request);
                   }});
  kinds.push_back({"search by name", 6, [this](int64_t number) {
                     const referral::v1::ReferralFile file =
                         PersonOf(static_cast<int>(number % 2000));
                     referral::v1::SearchReferralsRequest request;
                     request.set_query(absl::StrCat(file.given_name(), " ", file.family_name()));
                     request.set_page_size(10);
                     return To(staff_.get(), "SearchReferrals", request);
                   }});
  kinds.push_back({"begin a review", 5, [this](int64_t number) { return Decide(number); }});
  kinds.push_back({"read the funnel", 3, [this](int64_t) {
                     outcome::v1::GetFunnelRequest request;
                     request.set_program(testing::kOttawa);
                     return Call{reports_.get(), "tremplin.outcome.v1.OutcomeService/GetFunnel",
                                 request.SerializeAsString()};
                   }});
  return kinds;
}

}  // namespace tremplin::load
