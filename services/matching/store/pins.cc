#include "services/matching/store/pins.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/database/columns.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::matching::store {
namespace {

using database::Params;

constexpr std::string_view kDrop = "DELETE FROM matching_pin WHERE mentee_enrolment = $1";

constexpr std::string_view kOfMentee = "WHERE mentee_enrolment = $1";
constexpr std::string_view kOfProgram =
    "WHERE program_id = $1 AND mentee_enrolment > $2 ORDER BY mentee_enrolment LIMIT $3";
constexpr std::string_view kInForce =
    "WHERE program_id = $1 AND until_us > $2 ORDER BY mentee_enrolment";
constexpr std::string_view kOfEither =
    "WHERE mentee_enrolment = $1 OR mentor_enrolment = $1 ORDER BY mentee_enrolment";

const database::Columns<Pin>& PinColumns() {
  using database::As;
  using database::At;
  using database::Micros;
  static const auto* columns = new database::Columns<Pin>(
      "matching_pin",
      {At<&Pin::mentee>("mentee_enrolment").Fixed(), At<&Pin::mentor>("mentor_enrolment"),
       At<&Pin::program>("program_id").Fixed(), At<&Pin::reason>("reason"),
       At<&Pin::by>("pinned_by"), As<Micros, &Pin::at>("pinned_us"),
       As<Micros, &Pin::until>("until_us")});
  return *columns;
}

absl::StatusOr<std::vector<Pin>> Pins(database::Reader& reader, std::string_view which,
                                      Params params) {
  static const auto* select = new std::string(PinColumns().Select(""));
  return PinColumns().ReadAll(reader.Query(text::Cat(*select, which), std::move(params)));
}

}  // namespace

absl::Status PutPin(database::Transaction& tx, const Pin& pin) {
  static const auto* sql = new std::string(PinColumns().Upsert("mentee_enrolment"));
  return tx.Execute(*sql, PinColumns().Inserted(pin));
}

absl::Status DropPin(database::Transaction& tx, std::string_view mentee) {
  return tx.Execute(kDrop, {std::string(mentee)});
}

absl::StatusOr<std::optional<Pin>> FindPin(database::Reader& reader, std::string_view mentee) {
  TREMPLIN_ASSIGN_OR_RETURN(std::vector<Pin> pins, Pins(reader, kOfMentee, {std::string(mentee)}));
  if (pins.empty()) return std::nullopt;
  return std::move(pins[0]);
}

absl::StatusOr<std::vector<Pin>> ListPins(database::Reader& reader, std::string_view program,
                                          std::string_view after, int limit) {
  return Pins(reader, kOfProgram, {std::string(program), std::string(after), int64_t{limit}});
}

absl::StatusOr<std::vector<Pin>> PinsInForce(database::Reader& reader, std::string_view program,
                                             absl::Time now) {
  return Pins(reader, kInForce, {std::string(program), clock::ToMicros(now)});
}

absl::StatusOr<std::vector<Pin>> PinsOf(database::Reader& reader, std::string_view enrolment) {
  return Pins(reader, kOfEither, {std::string(enrolment)});
}

}  // namespace tremplin::matching::store
