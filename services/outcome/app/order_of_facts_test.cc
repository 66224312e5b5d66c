// Whatever the order in which facts come, the same is known of them.

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "services/outcome/testing/fixture.h"

namespace tremplin::outcome {
namespace {

// One telling: what, under which key, when.
struct Told {
  std::shared_ptr<const google::protobuf::Message> fact;
  std::string key;
  absl::Time at;
};

template <class Fact>
Told Tell(Fact fact, const std::string& key, absl::Time at) {
  return {std::make_shared<Fact>(std::move(fact)), key, at};
}

// A random history of two participations: two overlapping engagements, meetings, and for some the
// leaving. Facts of one key are in their order.
std::vector<Told> RandomHistory(std::mt19937& random, absl::Time from) {
  const auto day = [&](int least, int most) {
    return from + absl::Hours(std::uniform_int_distribution<int>(least * 24, most * 24)(random));
  };
  std::vector<Told> history;
  for (const int n : {1, 2}) {
    history.push_back(Tell(Created(n), Created(n).enrolment(), from));
    if (random() % 2 == 0) history.push_back(Tell(Left(n), Left(n).enrolment(), day(10, 300)));
  }
  for (const std::string id : {"a", "b"}) {
    const auto ref = Engagement(id, {1, 2});
    const absl::Time began = day(1, 60);
    const absl::Time met = day(1, 90);
    const absl::Time ended = began + (day(5, 120) - from);
    history.push_back(Tell(Of<session::events::v1::EngagementStarted>(ref), id, began));
    history.push_back(Tell(Met(ref, "s-" + id, met, {1, 2}), id, met));
    if (random() % 3 == 0) {
      auto left = Of<session::events::v1::ParticipantLeft>(ref);
      *left.mutable_participant() = Mentee(2);
      history.push_back(Tell(left, id, began + (ended - began) / 2));
    }
    if (random() % 4 != 0) history.push_back(Tell(CompletedAt(ref, ended), id, ended));
  }
  return history;
}

// The same facts in another order, each key's in its own.
std::vector<Told> Shuffled(const std::vector<Told>& history, std::mt19937& random) {
  std::map<std::string, std::vector<Told>> by_key;
  std::vector<std::string> turns;
  for (const Told& told : history) {
    by_key[told.key].push_back(told);
    turns.push_back(told.key);
  }
  std::shuffle(turns.begin(), turns.end(), random);
  std::vector<Told> shuffled;
  std::map<std::string, size_t> next;
  for (const std::string& key : turns) shuffled.push_back(by_key[key][next[key]++]);
  return shuffled;
}

// Every row of a table in a text, by its columns; what is not known reads "-".
std::string Rows(testing::OneModule& module, const std::string& table,
                 const std::vector<std::string>& columns, const std::string& order) {
  std::string line = "''";
  for (const std::string& column : columns) {
    line += " || ' ' || COALESCE(CAST(" + column + " AS TEXT), '-')";
  }
  const std::string sql = "SELECT " + line + " FROM " + table + " ORDER BY " + order;
  const auto read = database::ReadRows(module.db(), {.tenant = database::Tenant::All()}, sql);
  EXPECT_TRUE(read.ok()) << read.status();
  std::string rows;
  for (const database::Row& row : read->rows) rows += row.Text(0) + "\n";
  return rows;
}

// What is known and due. How often a row changed on the way differs with the order.
std::string RowsOf(testing::OneModule& module) {
  return Rows(module, "outcome_follow_up",
              {"enrolment", "person", "stage", "state", "open_us", "close_us", "left_us",
               "program_version", "business_key"},
              "enrolment, stage") +
         Rows(module, "outcome_enrolment",
              {"id", "person", "role", "created_us", "first_meeting_us", "ended_us"}, "id") +
         Rows(module, "outcome_fact", {"code", "key", "at_us"}, "code, key") +
         Rows(module, "outcome_counter", {"code", "count"}, "code");
}

TEST(OutcomeOrder, GivesTheSameRows_InWhateverOrderFactsCome) {
  const absl::Time from = Local(2026, 1, 5, 10);
  std::mt19937 random(20261129);
  for (int round = 0; round < 10; ++round) {
    std::string first;
    const std::vector<Told> history = RandomHistory(random, from);
    for (int order = 0; order < 3; ++order) {
      SCOPED_TRACE("history " + std::to_string(round) + ", order " + std::to_string(order));
      testing::OneModule module(Spec(), from);
      module.Publish(Definition());
      for (const Told& told : order == 0 ? history : Shuffled(history, random)) {
        ASSERT_TRUE(module.Deliver(*told.fact, told.key, told.at).ok());
      }
      module.MoveTo(from + absl::Hours(24 * 700));  // every window has closed
      const std::string rows = RowsOf(module);
      EXPECT_NE(rows.find("baseline"), std::string::npos);
      if (order == 0) first = rows;
      EXPECT_EQ(rows, first);
    }
  }
}

}  // namespace
}  // namespace tremplin::outcome
