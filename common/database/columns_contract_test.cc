// Rows by their columns, in every engine. Part of the suite of database_contract_test.cc.
#include "common/database/columns.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/database/contract_fixture.h"
#include "common/status/macros.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace tremplin::database {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

enum class Mood { kGood = 1, kBad };
enum class Shade { kNone, kDark };

std::string_view NameOf(Mood mood) { return mood == Mood::kGood ? "good" : "bad"; }
std::string_view NameOf(Shade shade) { return shade == Shade::kDark ? "dark" : ""; }
std::optional<Mood> MoodOf(std::string_view name) {
  if (name == "good") return Mood::kGood;
  if (name == "bad") return Mood::kBad;
  return std::nullopt;
}
absl::StatusOr<Mood> MoodOrError(std::string_view name) {
  const std::optional<Mood> mood = MoodOf(name);
  if (!mood.has_value()) return absl::DataLossError("no mood");
  return *mood;
}
Shade ShadeOf(std::string_view name) { return name == "dark" ? Shade::kDark : Shade::kNone; }

// As a protobuf message is read and written.
struct Note {
  std::string text;
  std::string SerializeAsString() const { return "note:" + text; }
  bool ParseFromString(const std::string& bytes) {
    if (!bytes.starts_with("note:")) return false;
    text = bytes.substr(5);
    return true;
  }
  friend bool operator==(const Note&, const Note&) = default;
};

struct Inner {
  double fraction = 0;
  Mood mood = Mood::kGood;
  friend bool operator==(const Inner&, const Inner&) = default;
};

struct Thing {
  std::string id = {};
  int number = 0;
  Inner inner = {};
  Note note = {};
  friend bool operator==(const Thing&, const Thing&) = default;
};

constexpr char kTable[] = "probe_value";

const Columns<Thing>& ThingColumns() {
  static const auto* columns = new Columns<Thing>(
      kTable, {At<&Thing::id>("id").Fixed(), At<&Thing::number>("number"),
               At<&Thing::inner, &Inner::fraction>("fraction").Fixed(),
               As<Coded<Mood, NameOf, MoodOf>, &Thing::inner, &Inner::mood>("words"),
               As<Message, &Thing::note>("payload")});
  return *columns;
}

Thing SomeThing() {
  return {.id = "a", .number = 7, .inner = {0.5, Mood::kBad}, .note = {"hello"}};
}

TEST(Columns, MakeTheTextOfStatements) {
  const Columns<Thing>& columns = ThingColumns();
  EXPECT_EQ(columns.List(), "id, number, fraction, words, payload");
  EXPECT_EQ(columns.Select("WHERE id = $1"),
            "SELECT id, number, fraction, words, payload FROM probe_value WHERE id = $1");
  EXPECT_EQ(columns.Select("WHERE t.id = $1", "t"),
            "SELECT t.id, t.number, t.fraction, t.words, t.payload FROM probe_value t WHERE t.id = "
            "$1");
  EXPECT_EQ(columns.Insert(),
            "INSERT INTO probe_value (id, number, fraction, words, payload) VALUES ($1, $2, $3, "
            "$4, $5)");
  EXPECT_EQ(columns.Upsert("id"),
            columns.Insert() +
                " ON CONFLICT (id) DO UPDATE SET number = excluded.number, words = excluded.words, "
                "payload = excluded.payload");
  EXPECT_EQ(columns.Update(1, " WHERE id = $1"),
            "UPDATE probe_value SET number = $2, words = $3, payload = $4 WHERE id = $1");
  EXPECT_EQ(columns.Only({"words"}).Update(1, " WHERE id = $1"),
            "UPDATE probe_value SET words = $2 WHERE id = $1");
  EXPECT_EQ(columns.size(), 5u);
}

TEST(Columns, SayWhoWritesAndWhoReads) {
  const Columns<Thing> columns(
      kTable,
      {At<&Thing::id>("id"), At<&Thing::number>("number").OnlyRead(),
       Computed<Thing>("words", [](const Thing& thing) -> Value { return thing.id + "!"; })},
      {"owner"});
  EXPECT_EQ(columns.List("t"), "t.owner, t.id, t.number");
  EXPECT_EQ(columns.Insert(), "INSERT INTO probe_value (owner, id, words) VALUES ($1, $2, $3)");
  EXPECT_EQ(columns.size(), 3u);
  EXPECT_THAT(columns.Inserted({.id = "a"}, {"o"}),
              ElementsAre(Value("o"), Value("a"), Value("a!")));
  EXPECT_EQ(columns.Read(Row({"o", "b", int64_t{4}})).value(), (Thing{.id = "b", .number = 4}));
}

TEST_P(DatabaseContract, ARowComesBackByItsColumns) {
  static const std::string insert = ThingColumns().Insert();
  static const std::string upsert = ThingColumns().Upsert("id");
  static const std::string update = ThingColumns().Update(1, " WHERE id = $1");
  static const std::string find = ThingColumns().Select("WHERE v.id = $1", "v");
  std::vector<std::optional<Thing>> found;
  EXPECT_EQ(
      db().Write(Key("k"),
                 [&](Transaction& tx) -> absl::Status {
                   const auto look = [&]() -> absl::Status {
                     TREMPLIN_ASSIGN_OR_RETURN(found.emplace_back(),
                                               ThingColumns().ReadOne(tx.Query(find, {"a"})));
                     return absl::OkStatus();
                   };
                   TREMPLIN_RETURN_IF_ERROR(look());
                   TREMPLIN_RETURN_IF_ERROR(
                       tx.Execute(insert, ThingColumns().Inserted(SomeThing())));
                   TREMPLIN_RETURN_IF_ERROR(look());
                   const Thing next = {"b", 8, {0.25, Mood::kGood}, {"next"}};
                   TREMPLIN_RETURN_IF_ERROR(
                       tx.Execute(update, ThingColumns().Changed(next, {SomeThing().id})));
                   TREMPLIN_RETURN_IF_ERROR(look());
                   const Thing last = {"a", 9, {0.125, Mood::kBad}, {"last"}};
                   TREMPLIN_RETURN_IF_ERROR(tx.Execute(upsert, ThingColumns().Inserted(last)));
                   return look();
                 }),
      absl::OkStatus());
  // What is fixed stays.
  EXPECT_THAT(found,
              ElementsAre(std::nullopt, SomeThing(), Thing{"a", 8, {0.5, Mood::kGood}, {"next"}},
                          Thing{"a", 9, {0.5, Mood::kBad}, {"last"}}));
}

TEST_P(DatabaseContract, WhatCannotBeReadIsDataLoss) {
  ASSERT_EQ(db().Write(Key("k"),
                       [&](Transaction& tx) {
                         return tx.Execute(ThingColumns().Insert(),
                                           {"x", int64_t{1}, 0.5, "sad", Bytes{"note:"}});
                       }),
            absl::OkStatus());
  const absl::StatusOr<std::vector<Thing>> read =
      ThingColumns().ReadAll(ReadRows(db(), {.tenant = Tenant::All()}, ThingColumns().Select("")));
  EXPECT_EQ(read.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(read.status().message()), HasSubstr("probe_value.words of x"));
}

// One value through a codec and back; what is stored in between.
template <class Codec, class M>
std::pair<Value, M> There(const M& value) {
  const Value stored = Codec::Write(value);
  M read;
  EXPECT_EQ(Codec::Read(Row({stored}), 0, &read), absl::OkStatus());
  return {stored, read};
}
template <class Codec, class M>
absl::StatusCode CodeOf(Value stored) {
  M read;
  return Codec::Read(Row({std::move(stored)}), 0, &read).code();
}

TEST(Columns, HoldTimesAndTexts) {
  const absl::Time time = absl::FromUnixSeconds(5);
  const auto pair = [](Value stored, auto value) { return std::pair(std::move(stored), value); };
  EXPECT_EQ(There<Plain>(time), pair(int64_t{5000000}, time));
  EXPECT_EQ(There<Plain>(absl::InfinitePast()), pair({}, absl::InfinitePast()));
  EXPECT_EQ(There<Micros>(absl::InfinitePast()), pair(INT64_MIN, absl::InfinitePast()));
  EXPECT_EQ(There<Micros>(absl::Seconds(2)), pair(int64_t{2000000}, absl::Seconds(2)));
  EXPECT_EQ(There<OrNever>(absl::InfiniteFuture()), pair(int64_t{0}, absl::InfiniteFuture()));
  EXPECT_EQ(There<OrNever>(time), pair(int64_t{5000000}, time));
  EXPECT_EQ(There<OrAtOnce>(absl::InfinitePast()), pair(int64_t{0}, absl::UnixEpoch()));
  EXPECT_EQ(There<Plain>(true), pair(int64_t{1}, true));
  EXPECT_EQ(There<NullIfEmpty>(std::string()), pair({}, std::string()));
  EXPECT_EQ(There<InBytes>(std::string("x")), pair(Bytes{"x"}, std::string("x")));
}

TEST(Columns, HoldEnums) {
  using Optional = Coded<Mood, NameOf, MoodOf>;
  using Failing = Coded<Mood, NameOf, MoodOrError>;
  using Bare = Coded<Shade, NameOf, ShadeOf>;
  using Number = Numbered<Mood::kGood, Mood::kBad>;
  EXPECT_EQ(There<Optional>(Mood::kBad).second, Mood::kBad);
  EXPECT_EQ(There<Optional>(std::optional<Mood>()), std::pair(Value(""), std::optional<Mood>()));
  EXPECT_EQ(There<Optional>(std::optional(Mood::kBad)).second, Mood::kBad);
  EXPECT_EQ(There<Failing>(Mood::kBad).second, Mood::kBad);
  EXPECT_EQ(There<Bare>(Shade::kDark).second, Shade::kDark);
  EXPECT_EQ(There<Number>(Mood::kBad), std::pair(Value(int64_t{2}), Mood::kBad));
  const auto lost = absl::StatusCode::kDataLoss;
  EXPECT_EQ((CodeOf<Optional, Mood>("sad")), lost);
  EXPECT_EQ((CodeOf<Optional, Mood>("")), lost);
  EXPECT_EQ((CodeOf<Optional, std::optional<Mood>>("sad")), lost);
  EXPECT_EQ((CodeOf<Failing, Mood>("sad")), lost);
  EXPECT_EQ((CodeOf<Bare, Shade>("pale")), lost);
  EXPECT_EQ((CodeOf<Bare, Shade>("")), lost);
  EXPECT_EQ((CodeOf<Number, Mood>(int64_t{0})), lost);
  EXPECT_EQ((CodeOf<Number, Mood>(int64_t{3})), lost);
  EXPECT_EQ((CodeOf<Message, Note>(Bytes{"x"})), lost);
}

std::string Reversed(const std::string& text) { return {text.rbegin(), text.rend()}; }
std::optional<std::string> ReadReversed(const std::string& bytes) {
  if (bytes.empty()) return std::nullopt;
  return Reversed(bytes);
}

TEST(Columns, HoldWhatTwoFunctionsPack) {
  using Backwards = Packed<Reversed, ReadReversed>;
  EXPECT_EQ(There<Backwards>(std::string("ab")), std::pair(Value(Bytes{"ba"}), std::string("ab")));
  EXPECT_EQ((CodeOf<Backwards, std::string>(Bytes{})), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace tremplin::database
