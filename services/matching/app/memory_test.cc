#include "services/matching/app/memory.h"

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "common/classification/classification.h"
#include "common/lease/lease.h"
#include "services/matching/app/ledger.h"
#include "services/matching/app/policy.h"
#include "services/matching/app/runs.h"
#include "services/matching/testing/fixture.h"

namespace tremplin::matching::app {
namespace {

// As the module has it.
engine::Distance Places() {
  auto places = std::make_shared<classification::Classification>(
      *classification::Classification::Load(config::Config().reference_dir));
  return
      [places](std::string_view from, std::string_view to) { return places->Distance(from, to); };
}

// What another process of the service would have of the engine, on the same store and clock.
struct Replica {
  Replica(const host::ModuleContext& context, const std::string& holder)
      : ledger(context.outbox, context.timers, context.programs),
        memories(context.db, Places(), metrics),
        leases({"matching", holder}, context.db, context.clock),
        runs(context.db, context.commands, context.programs, ledger, memories, leases, Places()) {}

  metrics::Registry metrics;
  Ledger ledger;
  Memories memories;
  lease::Leases leases;
  Runs runs;
};

class ReplicasTest : public MatchingTest {
 protected:
  absl::Status Carry(const timers::Effect& effect) {
    return module_.db().Write({.lane_key = "replica", .tenant = database::Tenant::All()}, effect);
  }
  timers::Effect Begin(Replica& replica) {
    absl::StatusOr<timers::Effect> effect = replica.runs.Cascade(CascadeKey(kProgramId, kOneToOne), module_.now());
    EXPECT_TRUE(effect.ok()) << effect.status();
    return effect.ok() ? *std::move(effect) : timers::Effect();
  }

  Replica one_{module_.context(), "one"};
  Replica two_{module_.context(), "two"};
};

TEST_F(ReplicasTest, OneWorksForAProgramAndTheOtherLeavesItAlone) {
  AddMentor(1, 1);
  AddMentee(1);
  const timers::Effect effect = Begin(one_);
  ASSERT_NE(effect, nullptr);
  EXPECT_EQ(Begin(two_), nullptr);
  EXPECT_EQ(Carry(effect), absl::OkStatus());
  EXPECT_EQ(Active(), 1);
}

TEST_F(ReplicasTest, OneTakesOverFromTheFrozenAndWhatThatWritesLateIsRefused) {
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2);
  const timers::Effect late = Begin(one_);
  ASSERT_NE(late, nullptr);
  // Frozen between solving and writing, beyond its lease.
  module_.clock().AdvanceSystem(absl::Seconds(6));
  const timers::Effect effect = Begin(two_);
  ASSERT_NE(effect, nullptr);
  ASSERT_EQ(Carry(effect), absl::OkStatus());
  ASSERT_EQ(Active(), 1);
  const int64_t version = module_.Count("SELECT version FROM matching_pool_version");

  EXPECT_TRUE(absl::IsAborted(Carry(late)));
  EXPECT_EQ(Active(), 1);
  EXPECT_EQ(Reservations(), 1);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_run"), 1);
  EXPECT_EQ(module_.Count("SELECT version FROM matching_pool_version"), version);
  EXPECT_EQ(module_.Events<facts::ProposalMade>().size(), 1u);
  EXPECT_EQ(Begin(one_), nullptr);  // and it knows by now
}

TEST_F(ReplicasTest, TheReplicaThatStaffAskTakesTheProgramOver) {
  AddMentor(1, 2);
  AddMentee(1);
  AddMentee(2);
  const timers::Effect late = Begin(one_);
  ASSERT_NE(late, nullptr);
  EXPECT_EQ(Run().proposals_size(), 2);  // the module itself is a third replica
  EXPECT_TRUE(absl::IsAborted(Carry(late)));
  EXPECT_EQ(Active(), 2);
}

TEST_F(ReplicasTest, APairThatStaffBarWhileItIsBeingProposedIsNotProposed) {
  AddMentor(1, 1);
  AddMentor(2, 1);
  AddMentee(1);
  AddMentee(2);
  const timers::Effect effect = Begin(one_);
  ASSERT_NE(effect, nullptr);
  for (const int mentor : {1, 2}) {
    v1::SetPairBarRequest bar;
    bar.set_mentee_enrolment(MenteeName(1));
    bar.set_mentor_enrolment(MentorName(mentor));
    bar.set_barred(true);
    bar.set_reason("safety");
    ASSERT_TRUE(Call<v1::PairBar>(Staff(), "SetPairBar", bar).ok());
  }
  ASSERT_EQ(Carry(effect), absl::OkStatus());
  EXPECT_EQ(Active(), 1);
  EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_participant "
                          "WHERE active = 1 AND enrolment = 'mentee-2'"),
            1);
}

TEST_F(ReplicasTest, WhatCameAfterThePoolWasReadIsNotForgotten) {
  program::v1::ProgramDefinition definition = Ottawa();
  definition.mutable_formats(0)->mutable_matching()->set_proposing("continuous");
  module_.Publish(definition, 2);
  AddMentor(1, 2);
  AddMentee(1);
  module_.MoveBy(absl::ZeroDuration());
  ASSERT_EQ(Active(), 1);
  // The module has the lease: what follows is taken over from it.
  module_.clock().AdvanceSystem(absl::Seconds(6));
  const timers::Effect effect = Begin(two_);
  ASSERT_NE(effect, nullptr);
  AddMentee(2);  // finds no timer or one that is being served
  ASSERT_EQ(module_.db().Write({.lane_key = "served", .tenant = database::Tenant::All()},
                               [&](database::Transaction& tx) -> absl::Status {
                                 const absl::Status served = tx.Execute(
                                     "DELETE FROM matching_timer WHERE kind = 'cascade'");
                                 return served.ok() ? effect(tx) : served;
                               }),
            absl::OkStatus());
  EXPECT_EQ(Active(), 1);
  module_.clock().AdvanceSystem(absl::Seconds(6));
  module_.MoveBy(absl::ZeroDuration());
  EXPECT_EQ(Active(), 2);
}

// The memory that has followed every change beside one that is built at each: the same people, the
// same pairs, whatever happened.
class FollowingTest : public ReplicasTest {
 protected:
  static constexpr int kMentees = 12;
  static constexpr int kMentors = 5;
  static constexpr const char* kRunOf[] = {kOneToOne, "second", "group"};

  void SetUp() override {
    // Two formats that are solved as assignments, one of them for those who wait, and groups of the same people.
    program::v1::ProgramDefinition several = Ottawa();
    *several.add_formats() = several.formats(0);
    several.mutable_formats(1)->set_code("second");
    several.mutable_formats(1)->set_after_waiting_days(1);
    *several.add_formats() = GroupFormat();
    module_.Publish(several, 2);
    program::v1::ProgramDefinition other = Ottawa();
    other.set_id("other");
    module_.Publish(other);
    EXPECT_EQ(Ready(reg::ENROLMENT_ROLE_MENTOR, 1, Engineer(3), "other"), absl::OkStatus());
    for (int n = 1; n <= kMentees; n += 3) {
      EXPECT_EQ(Ready(reg::ENROLMENT_ROLE_MENTEE, n, Engineer(0), "other",
                      "person-mentee-" + std::to_string(n)),
                absl::OkStatus());
    }
  }

  TestProfile Somebody(int capacity) {
    static constexpr const char* kNocs[] = {"21231", "20012", "21232", "12200"};
    static constexpr const char* kAreas[] = {"K1Z", "K2J", "K1A"};
    TestProfile profile = Engineer(capacity, random_() % 3 == 0 ? "fr" : "en");
    profile.set_noc(kNocs[random_() % 4]);
    profile.set_fsa(kAreas[random_() % 3]);
    formats_ = {"group"};
    if (random_() % 4 != 0) formats_.push_back(kOneToOne);
    if (random_() % 2 == 0) formats_.push_back("second");
    return profile;
  }

  void Happen() {
    const int mentee = static_cast<int>(random_() % kMentees) + 1;
    const int mentor = static_cast<int>(random_() % kMentors) + 1;
    switch (random_() % 11) {
      case 0:
        (void)Ready(reg::ENROLMENT_ROLE_MENTEE, mentee, Somebody(0));
        return;
      case 1:
        (void)Ready(reg::ENROLMENT_ROLE_MENTOR, mentor, Somebody(static_cast<int>(random_() % 3)));
        return;
      case 2:
        (void)SetCapacity(mentor, static_cast<int>(random_() % 3));
        return;
      case 3:
        (void)EndEnrolment((random_() % 2 == 0 ? "mentee-" : "mentor-") +
                           std::to_string(random_() % 2 == 0 ? mentee : mentor));
        return;
      case 4:
        Run(1, kRunOf[random_() % 3]);
        return;
      case 5:
        (void)Override(MenteeName(mentee), MentorName(mentor));
        return;
      case 6:
        (void)Override("enrolments/mentee-other" + std::to_string(mentee),
                       "enrolments/mentor-other1");
        return;
      case 7:
        Bar(mentee, mentor, random_() % 2 == 0);
        return;
      case 8:
        Pin(mentee, mentor, random_() % 4 != 0);
        return;
      case 9:
        Pause(random_() % 2 == 0 ? MenteeName(mentee) : MentorName(mentor), random_() % 2 == 0);
        return;
      default:
        Decline();
        return;
    }
  }
  void Bar(int mentee, int mentor, bool barred) {
    v1::SetPairBarRequest request;
    request.set_mentee_enrolment(MenteeName(mentee));
    request.set_mentor_enrolment(MentorName(mentor));
    request.set_barred(barred);
    if (barred) request.set_reason("safety");
    (void)Call<v1::PairBar>(Staff(), "SetPairBar", request);
  }
  void Pin(int mentee, int mentor, bool pinned) {
    v1::SetPairPinRequest request;
    request.set_mentee_enrolment(MenteeName(mentee));
    request.set_mentor_enrolment(MentorName(mentor));
    request.set_pinned(pinned);
    if (pinned) {
      request.set_reason("knows_both");
      *request.mutable_until_time() =
          resources::ToTimestamp(module_.now() + absl::Hours(10 + random_() % 60));
    }
    (void)Call<v1::PairPin>(Staff(), "SetPairPin", request);
  }
  void Pause(const std::string& enrolment, bool paused) {
    v1::SetPauseRequest request;
    request.set_enrolment(enrolment);
    request.set_paused(paused);
    (void)Call<v1::Pause>(Staff(), "SetPause", request);
  }
  void Decline() {
    v1::ListProposalsRequest list;
    list.set_program(random_() % 3 == 0 ? "programs/other" : kProgram);
    list.set_step(program::v1::ProposalStep::KIND_INTEREST);
    const auto page = Call<v1::ListProposalsResponse>(Staff(), "ListProposals", list);
    if (!page.ok() || page->proposals().empty()) return;
    v1::CancelProposalRequest cancel;
    cancel.set_name(page->proposals(0).name());
    cancel.set_reason("staff_decision");
    (void)Call(Staff(), "CancelProposal", cancel);
  }

  void ExpectTheSame() {
    const auto program = module_.context().programs.InForce(kProgramId, module_.now());
    ASSERT_TRUE(program.ok()) << program.status();
    for (int format = 0; format < 2; ++format) {
      ExpectTheSame(**program, (*program)->definition.formats(format));
    }
  }
  void ExpectTheSame(const program::Program& program, const program::v1::Format& format) {
    const database::ReadOptions reading = {.tenant = database::Tenant::All()};
    auto followed = one_.memories.Follow(program, format, module_.now(), reading);
    ASSERT_TRUE(followed.ok()) << followed.status();
    Memories fresh(module_.db(), Places(), metrics_);
    auto built = fresh.Follow(program, format, module_.now(), reading);
    ASSERT_TRUE(built.ok()) << built.status();
    EXPECT_EQ((*followed)->version(), (*built)->version());
    const store::RunInput::Parts mine = (*followed)->input();
    const store::RunInput::Parts its = (*built)->input();
    for (size_t i = 0; i < mine.size(); ++i) EXPECT_EQ(mine[i]->hash, its[i]->hash) << i;
    EXPECT_EQ(Pairs((*followed)->pool()), Pairs((*built)->pool()));
    const PinnedPairs pinned = (*followed)->Pinned(kMostProposals);
    const PinnedPairs as_built = (*built)->Pinned(kMostProposals);
    ASSERT_EQ(pinned.ready.size(), as_built.ready.size());
    for (size_t i = 0; i < pinned.ready.size(); ++i) {
      EXPECT_EQ(pinned.ready[i].mentee, as_built.ready[i].mentee);
      EXPECT_EQ(pinned.ready[i].mentor, as_built.ready[i].mentor);
    }
    EXPECT_EQ(pinned.unmatched.size(), as_built.unmatched.size());
    seen_pinned_ += static_cast<int>(pinned.ready.size() + pinned.unmatched.size());
  }
  static std::vector<std::pair<std::string, std::string>> Pairs(engine::LivePool& pool) {
    std::vector<std::pair<std::string, std::string>> pairs;
    const absl::StatusOr<engine::Proposals> proposals = pool.Propose();
    EXPECT_TRUE(proposals.ok()) << proposals.status();
    if (!proposals.ok()) return pairs;
    for (const engine::Proposed& one : proposals->proposed) {
      pairs.emplace_back(one.mentee, one.mentor);
    }
    return pairs;
  }

  std::mt19937 random_{20261126};
  metrics::Registry metrics_;
  int seen_pinned_ = 0;
};

TEST_F(FollowingTest, TheMemoryIsThePoolWhateverHappened) {
  for (int i = 0; i < 300 && !HasFailure(); ++i) {
    Happen();
    if (i % 40 == 39) module_.MoveBy(absl::Hours(20));  // expiry, cascades, new days
    ExpectTheSame();
  }
  EXPECT_GT(module_.Count("SELECT COUNT(*) FROM matching_proposal"), 20);
  EXPECT_GT(seen_pinned_, 20);
  const std::string told = one_.metrics.Render();
  EXPECT_NE(told.find("tremplin_matching_memory_changes_total"), std::string::npos);
}

}  // namespace
}  // namespace tremplin::matching::app
