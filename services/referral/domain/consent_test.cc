#include "services/referral/domain/consent.h"

#include <optional>

#include "common/status/error.h"
#include "gtest/gtest.h"

namespace tremplin::referral {
namespace {

constexpr auto kFile = ConsentSpeaker::CONSENT_SPEAKER_FILE;
constexpr auto kOrganization = ConsentSpeaker::CONSENT_SPEAKER_ORGANIZATION;
constexpr auto kPerson = ConsentSpeaker::CONSENT_SPEAKER_PERSON;
constexpr auto kStaff = ConsentSpeaker::CONSENT_SPEAKER_STAFF;

absl::Time At(int hour) { return absl::FromUnixSeconds(1'757'000'000) + absl::Hours(hour); }

// What was said, one an hour.
class Said {
 public:
  // Whether it became an entry.
  bool Say(ConsentSpeaker speaker, bool given, absl::Time expires = absl::InfiniteFuture()) {
    const auto entry = Decide(ledger_, {given, speaker, "somebody", expires}, At(++hour_));
    last_ = entry.status();
    if (!entry.ok() || !entry->has_value()) return false;
    ledger_.push_back(**entry);
    return true;
  }
  std::string Refusal() const { return last_.ok() ? "" : status::ReasonOf(last_); }
  Sharing sharing() const { return SharingOf(ledger_); }
  const Ledger& ledger() const { return ledger_; }
  absl::Time now() const { return At(hour_); }

 private:
  Ledger ledger_;
  int hour_ = 0;
  absl::Status last_;
};

TEST(ConsentTest, NothingSaidTellsNothingAndSilencesNobody) {
  const Sharing sharing = SharingOf({});
  EXPECT_FALSE(sharing.Holds(At(0)));
  EXPECT_FALSE(sharing.IsSilent(At(0)));
}

TEST(ConsentTest, WithdrawnIsSilentFromThatMomentWhoeverSaysIt) {
  for (const ConsentSpeaker speaker : {kFile, kOrganization, kPerson, kStaff}) {
    Said said;
    EXPECT_TRUE(said.Say(kFile, true));
    EXPECT_TRUE(said.sharing().Tells(At(1), At(1)));
    EXPECT_TRUE(said.Say(speaker, false));
    EXPECT_TRUE(said.sharing().IsSilent(At(2)));
    EXPECT_FALSE(said.sharing().Tells(At(1), At(2))) << "what happened before and is learnt later";
  }
}

TEST(ConsentTest, GivenAgainGoesOnFromThen) {
  Said said;
  said.Say(kFile, true);
  said.Say(kOrganization, false);
  EXPECT_TRUE(said.Say(kOrganization, true));
  const Sharing sharing = said.sharing();
  EXPECT_FALSE(sharing.Tells(At(2), At(4))) << "what happened meanwhile stays untold";
  EXPECT_TRUE(sharing.Tells(At(3), At(4)));
}

TEST(ConsentTest, WhatThePersonWithdrewNoOrganizationGives) {
  for (const ConsentSpeaker own : {kPerson, kStaff}) {
    Said said;
    said.Say(kFile, true);
    said.Say(own, false);
    EXPECT_FALSE(said.Say(kOrganization, true));
    EXPECT_EQ(said.Refusal(), "CONSENT_IS_THE_PERSONS");
    EXPECT_FALSE(said.Say(kFile, true));
    EXPECT_EQ(said.Refusal(), "") << "a file is taken, and says it in vain";
    EXPECT_TRUE(said.Say(kOrganization, false));  // and that changes nothing of it
    EXPECT_FALSE(said.Say(kOrganization, true));
    EXPECT_TRUE(said.Say(own == kPerson ? kStaff : kPerson, true));
    EXPECT_TRUE(said.sharing().Holds(said.now()));
    EXPECT_TRUE(said.Say(kOrganization, false));
    EXPECT_TRUE(said.Say(kOrganization, true)) << "the person's last word was yes";
  }
}

TEST(ConsentTest, ExpiredIsAsWithdrawn) {
  Said said;
  EXPECT_TRUE(said.Say(kPerson, true, At(10)));
  EXPECT_TRUE(said.sharing().Tells(At(9), At(9)));
  EXPECT_FALSE(said.sharing().Tells(At(9), At(10)));
  EXPECT_TRUE(said.sharing().IsSilent(At(10)));
  EXPECT_FALSE(said.Say(kOrganization, true)) << "for longer than the person said";
  EXPECT_FALSE(said.Say(kFile, true));
  EXPECT_TRUE(said.Say(kOrganization, true, At(8)));
  EXPECT_EQ(said.sharing().from, At(1)) << "it stood all the while";
  EXPECT_EQ(said.sharing().silent_from, At(8));
}

TEST(ConsentTest, GivenAfterItExpiredTellsFromThen) {
  Said said;
  said.Say(kStaff, true, At(2));
  EXPECT_TRUE(said.Say(kStaff, true));  // at the second hour
  EXPECT_EQ(said.sharing().from, At(2));
}

TEST(ConsentTest, WithdrawnAfterItExpiredIsSilentSinceItExpired) {
  Said said;
  said.Say(kStaff, true, At(2));
  said.Say(kStaff, true, At(3));
  said.Say(kStaff, false);
  said.Say(kPerson, false);
  EXPECT_EQ(said.sharing().silent_from, At(3));
}

TEST(ConsentTest, AFileThatNeverAgreedSilencesNobody) {
  Said said;
  EXPECT_TRUE(said.Say(kFile, false));
  EXPECT_FALSE(said.sharing().IsSilent(At(5)));
  EXPECT_FALSE(said.sharing().Holds(At(5)));
  EXPECT_TRUE(said.Say(kOrganization, false));
  EXPECT_TRUE(said.sharing().IsSilent(At(5)));
}

TEST(ConsentTest, WhatStandsIsNoNewEntry) {
  Said said;
  said.Say(kFile, true);
  EXPECT_FALSE(said.Say(kFile, true));
  EXPECT_TRUE(said.Say(kPerson, true)) << "another says it";
  EXPECT_FALSE(said.Say(kPerson, true));
  EXPECT_TRUE(said.Say(kPerson, true, At(100))) << "with an end";
  EXPECT_TRUE(said.Say(kPerson, false));
  EXPECT_FALSE(said.Say(kPerson, false));
  EXPECT_EQ(said.ledger().back().number, 4);
}

TEST(ConsentTest, TheLedgerIsBoundedAndAWithdrawalIsTakenAlways) {
  Said said;
  for (int i = 0; i < 250; ++i) {
    said.Say(kPerson, true);
    said.Say(kPerson, false);
  }
  EXPECT_FALSE(said.Say(kPerson, true));
  EXPECT_EQ(said.Refusal(), "CONSENT_TOO_OFTEN");
  EXPECT_TRUE(said.Say(kStaff, false));
}

TEST(ConsentTest, SpeakersAreReadAsTheyAreWritten) {
  for (const ConsentSpeaker speaker : {kFile, kOrganization, kPerson, kStaff}) {
    EXPECT_EQ(SpeakerOf(NameOf(speaker)), speaker);
  }
  EXPECT_EQ(SpeakerOf("nobody"), ConsentSpeaker::CONSENT_SPEAKER_UNSPECIFIED);
}

}  // namespace
}  // namespace tremplin::referral
