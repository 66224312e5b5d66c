// What-if: a run as it would be, and as it would be after some changes.

#include <limits>
#include <string>

#include "services/matching/testing/fixture.h"

namespace tremplin::matching {
namespace {

using Change = v1::SimulateRunRequest::Change;

class SimulationTest : public MatchingTest {
 protected:
  SimulationTest() { request_.set_program(kProgram); }

  Change& Add() { return *request_.add_changes(); }
  absl::StatusOr<v1::SimulateRunResponse> Simulate(const rpc::Principal& as = Staff()) {
    return Call<v1::SimulateRunResponse>(as, "SimulateRun", request_);
  }
  // The answer, which changed nothing.
  v1::SimulateRunResponse Answered() {
    const std::string version = "SELECT version FROM matching_pool_version";
    const int64_t before = module_.Count(version);
    const auto response = Simulate();
    EXPECT_TRUE(response.ok()) << response.status();
    EXPECT_EQ(module_.Count(version), before);
    EXPECT_EQ(Active(), 0);
    EXPECT_EQ(module_.Count("SELECT COUNT(*) FROM matching_run"), 0);
    return response.ok() ? *response : v1::SimulateRunResponse();
  }
  void Bar(int mentee, int mentor) {
    v1::SetPairBarRequest request;
    request.set_mentee_enrolment(MenteeName(mentee));
    request.set_mentor_enrolment(MentorName(mentor));
    request.set_barred(true);
    request.set_reason("safety");
    ASSERT_TRUE(Call<v1::PairBar>(Staff(), "SetPairBar", request).ok());
  }

  v1::SimulateRunRequest request_;
};

TEST_F(SimulationTest, OneMorePlaceIsOneMoreProposal) {
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2);
  Add().mutable_places()->set_mentor_enrolment(MentorName(1));
  request_.mutable_changes(0)->mutable_places()->set_more(1);
  const v1::SimulateRunResponse response = Answered();
  EXPECT_EQ(response.now().chosen(), 1);
  EXPECT_EQ(response.then().chosen(), 2);
  EXPECT_EQ(response.now().free_places(), 1);
  EXPECT_EQ(response.then().free_places(), 2);
  EXPECT_TRUE(response.now().certified());
  EXPECT_TRUE(response.then().certified());
  EXPECT_GT(response.then().points(), response.now().points());
  EXPECT_EQ(response.then().report().all().matched(), 2);
  EXPECT_GT(response.then().report().groups_size(), 0);
  EXPECT_EQ(response.now().name(), "");
  ASSERT_EQ(response.effects_size(), 1);
  EXPECT_EQ(response.effects(0).kind(), "gains");
  EXPECT_EQ(response.effects(0).mentee_enrolment(), MenteeName(2));
  EXPECT_EQ(response.effects(0).mentor_enrolment(), MentorName(1));
  EXPECT_FALSE(response.effects(0).text().fr().empty());
  EXPECT_EQ(response.gains(), 1);
  EXPECT_EQ(response.losses(), 0);
  // And it is what the run then does.
  ASSERT_EQ(SetCapacity(1, 2), absl::OkStatus());
  EXPECT_EQ(Run().proposals_size(), 2);
}

TEST_F(SimulationTest, WhoIsLeftOutLosesAndMakesRoom) {
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2);
  Add().set_leave_out(MenteeName(1));
  v1::SimulateRunResponse response = Answered();
  ASSERT_EQ(response.effects_size(), 2);
  EXPECT_EQ(response.effects(0).mentee_enrolment(), MenteeName(1));
  EXPECT_EQ(response.effects(0).kind(), "loses");
  EXPECT_EQ(response.effects(0).reason(), "left_out");
  EXPECT_EQ(response.effects(1).kind(), "gains");
  EXPECT_EQ(response.then().mentees(), 1);

  request_.mutable_changes(0)->set_leave_out(MentorName(1));
  response = Answered();
  EXPECT_EQ(response.then().mentors(), 0);
  ASSERT_EQ(response.effects_size(), 1);
  EXPECT_EQ(response.effects(0).kind(), "loses");
  EXPECT_NE(response.effects(0).reason(), "left_out");
  EXPECT_FALSE(response.effects(0).text().en().empty());
  EXPECT_EQ(response.losses(), 1);
}

TEST_F(SimulationTest, ABarAndAPolicyAreTriedTogetherOrAlone) {
  AddMentor(1, 1);
  AddMentee(1);
  Bar(1, 1);
  Change::Bar& bar = *Add().mutable_bar();
  bar.set_mentee_enrolment(MenteeName(1));
  bar.set_mentor_enrolment(MentorName(1));
  EXPECT_EQ(Answered().then().chosen(), 1);
  Add().set_minimum_score(1);
  EXPECT_EQ(Answered().then().chosen(), 0);
  // Of two that say the same the later one counts.
  Add().set_minimum_score(0.1);
  EXPECT_EQ(Answered().then().chosen(), 1);
  Add().set_objective("coverage");
  Add().set_waiting_bonus(10);
  Add().set_candidates(1);
  program::v1::Weight& weight = *Add().mutable_weight();
  weight.set_criterion("waiting");
  weight.set_weight(5);
  const v1::SimulateRunResponse response = Answered();
  EXPECT_EQ(response.now().objective(), "quality");
  EXPECT_EQ(response.then().objective(), "coverage");
  EXPECT_EQ(response.then().chosen(), 1);
}

TEST_F(SimulationTest, AWeightChangesThePoints) {
  AddMentor(1, 1);
  AddMentee(1);
  program::v1::Weight& weight = *Add().mutable_weight();
  weight.set_criterion("waiting");  // of somebody who has not waited
  weight.set_weight(1000);
  request_.add_changes()->set_minimum_score(0);
  const v1::SimulateRunResponse response = Answered();
  EXPECT_EQ(response.then().chosen(), 1);
  EXPECT_LT(response.then().points(), response.now().points() / 2);
}

TEST_F(SimulationTest, PinnedPairsTakePartAsTheyAre) {
  AddMentor(1, 1);
  AddMentee(1);
  AddMentee(2);
  v1::SetPairPinRequest pin;
  pin.set_mentee_enrolment(MenteeName(2));
  pin.set_mentor_enrolment(MentorName(1));
  pin.set_pinned(true);
  pin.set_reason("knows_both");
  *pin.mutable_until_time() = resources::ToTimestamp(module_.now() + absl::Hours(24));
  ASSERT_TRUE(Call<v1::PairPin>(Staff(), "SetPairPin", pin).ok());
  Add().mutable_places()->set_mentor_enrolment(MentorName(1));
  request_.mutable_changes(0)->mutable_places()->set_more(-1);
  const v1::SimulateRunResponse response = Answered();
  EXPECT_EQ(response.now().pinned(), 1);
  EXPECT_EQ(response.now().chosen(), 0);
  EXPECT_EQ(response.then().pinned(), 0);
  ASSERT_EQ(response.effects_size(), 1);
  EXPECT_EQ(response.effects(0).mentee_enrolment(), MenteeName(2));
  EXPECT_EQ(response.effects(0).reason(), "pinned");
}

TEST_F(SimulationTest, ManyEffectsAreCountedAndCutShort) {
  AddMentor(1, 1);
  for (int i = 1; i <= 211; ++i) AddMentee(i);
  for (int i = 0; i < 11; ++i) {
    Add().mutable_places()->set_mentor_enrolment(MentorName(1));
    request_.mutable_changes(i)->mutable_places()->set_more(20);
  }
  const v1::SimulateRunResponse response = Answered();
  EXPECT_EQ(response.then().chosen(), 211);
  EXPECT_EQ(response.gains(), 210);
  EXPECT_EQ(response.effects_size(), 200);
  EXPECT_EQ(response.effects_left_out(), 10);
}

TEST_F(SimulationTest, EveryFaultIsNamedInBothLanguages) {
  AddMentor(1, 1);
  AddMentee(1);
  Add();
  Change::Places& places = *Add().mutable_places();
  places.set_mentor_enrolment(MenteeName(1));
  places.set_more(21);
  Add().set_leave_out("enrolments/nobody");
  Change::Bar& bar = *Add().mutable_bar();
  bar.set_mentee_enrolment(MentorName(1));
  bar.set_mentor_enrolment(MentorName(1));
  Add().set_objective("happiness");
  Add().set_minimum_score(std::numeric_limits<double>::quiet_NaN());
  Add().mutable_weight()->set_criterion("charm");
  program::v1::Weight& weight = *Add().mutable_weight();
  weight.set_criterion("occupation");
  weight.set_weight(-1);
  Add().set_waiting_bonus(51);
  Add().set_candidates(0);
  Change::Places& none = *Add().mutable_places();
  none.set_mentor_enrolment(MentorName(1));
  const auto refused = Simulate();
  ASSERT_EQ(refused.status().code(), absl::StatusCode::kInvalidArgument);
  std::vector<std::string> fields;
  for (const status::FieldViolation& one : status::DetailOf(refused.status()).violations) {
    fields.push_back(one.field);
    EXPECT_FALSE(one.en.empty() || one.fr.empty()) << one.field;
  }
  const std::vector<std::string> expected = {"changes[0]",
                                             "changes[1].places.more",
                                             "changes[1].places.mentor_enrolment",
                                             "changes[2].leave_out",
                                             "changes[3].bar.mentee_enrolment",
                                             "changes[4].objective",
                                             "changes[5].minimum_score",
                                             "changes[6].weight.criterion",
                                             "changes[7].weight.weight",
                                             "changes[8].waiting_bonus",
                                             "changes[9].candidates",
                                             "changes[10].places.more"};
  EXPECT_EQ(fields, expected);
  request_.clear_changes();
  EXPECT_EQ(Simulate().status().code(), absl::StatusCode::kInvalidArgument);
  for (int i = 0; i < 21; ++i) Add().set_candidates(5);
  EXPECT_EQ(Simulate().status().code(), absl::StatusCode::kInvalidArgument);
  request_.mutable_changes()->DeleteSubrange(0, 20);
  EXPECT_EQ(Simulate(Staff("another")).status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace tremplin::matching
