// Random files as FHIR, read again, are the same files, whatever facts they hold; and what is not
// FHIR at all is refused, not taken for something.

#include <random>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "services/gateway/fhir/mapping.h"
#include "services/gateway/transcoding/json_tree.h"

namespace tremplin::gateway::fhir {
namespace {

using messages::Language;
using referral::v1::Referral;
using referral::v1::SubmitReferralRequest;

class Random {
 public:
  explicit Random(unsigned seed) : random_(seed) {}

  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  bool Maybe() { return Below(2) == 0; }
  std::string Text() {
    static const char* const kPieces[] = {"a",  "Zoë", " ",  "\"", "\\", "é", "|",
                                          "\n", "/",   "漢", "<",  "7",  ".", "#"};
    std::string text = "x";
    for (int i = Below(6); i > 0; --i) text += kPieces[Below(14)];
    return text;
  }
  std::string Perhaps() { return Maybe() ? Text() : ""; }

  Referral MakeReferral() {
    Referral referral;
    referral.set_name("referrals/r-" + std::to_string(Below(1000)));
    referral.set_agency("organizations/o-" + std::to_string(Below(1000)));
    referral.set_external_id(Maybe() ? "urn:h|" + Text() : "K-" + std::to_string(Below(1000)));
    referral.set_side(Maybe() ? program::v1::SUBJECT_MENTEE : program::v1::SUBJECT_MENTOR);
    for (int i = 0; i <= Below(3); ++i) {
      auto* application = referral.add_applications();
      application->set_program("programs/p-" + std::to_string(i));
      application->set_state(referral::v1::Application::STATE_RECEIVED);
    }
    auto& file = *referral.mutable_file();
    file.set_given_name(Perhaps());
    file.set_family_name(Perhaps());
    file.set_birth_date(Maybe() ? "1990-02-01" : "");
    file.set_email(Perhaps());
    file.set_phone(Perhaps());
    file.set_language(Maybe() ? "fr" : Maybe() ? "en" : "");
    file.set_referred_on(Maybe() ? "2025-09-02" : "");
    for (int i = Below(5); i > 0; --i) AddFact(file, i);
    return referral;
  }

 private:
  void AddFact(referral::v1::ReferralFile& file, int number) {
    auto& fact = *file.add_facts();
    fact.set_name(Below(4) == 0 ? (Maybe() ? "home" : "work") : "f" + std::to_string(number));
    for (int i = Below(4); i > 0; --i) fact.add_values(Text());
    if (Maybe()) fact.set_attested_by(Text());
    if (Maybe()) fact.set_attested_on("2025-01-01");
    if (Maybe()) fact.set_note(Text());
  }

  std::mt19937 random_;
};

TEST(FhirMappingProperty, AFileIsTheSameAfterFhir) {
  const Terms terms = {.area_of_mentee = "home", .area_of_mentor = "work"};
  for (unsigned seed = 0; seed < 2000; ++seed) {
    Random random(seed);
    const Referral referral = random.MakeReferral();
    const std::string json = WriteServiceRequest(referral, terms, Language::kEnglish);
    const auto document = transcoding::ReadJsonTree(json);
    ASSERT_TRUE(document.ok()) << document.status() << json;
    Findings findings;
    const SubmitReferralRequest read =
        ReadReferral(*document, "ServiceRequest", {}, terms, findings);
    ASSERT_TRUE(findings.faults.empty()) << findings.faults[0].field << json;
    ASSERT_TRUE(findings.unread.empty()) << findings.unread[0] << json;
    std::string difference;
    google::protobuf::util::MessageDifferencer differencer;
    differencer.ReportDifferencesToString(&difference);
    ASSERT_TRUE(differencer.Compare(referral.file(), read.file())) << difference << json;
    ASSERT_EQ(read.external_id(), referral.external_id());
    ASSERT_EQ(read.agency(), referral.agency());
    ASSERT_EQ(read.side(), referral.side());
    ASSERT_EQ(read.programs_size(), referral.applications_size());
  }
}

}  // namespace
}  // namespace tremplin::gateway::fhir
