#include "services/matching/store/pins.h"

#include <utility>

#include "common/clock/clock.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::matching::store {
namespace {

using database::Params;
using database::Result;
using database::Row;

constexpr std::string_view kPut =
    "INSERT INTO matching_pin (mentee_enrolment, mentor_enrolment, program_id, reason, pinned_by, "
    "pinned_us, until_us) VALUES ($1, $2, $3, $4, $5, $6, $7) "
    "ON CONFLICT (mentee_enrolment) DO UPDATE SET mentor_enrolment = excluded.mentor_enrolment, "
    "reason = excluded.reason, pinned_by = excluded.pinned_by, pinned_us = excluded.pinned_us, "
    "until_us = excluded.until_us";
constexpr std::string_view kDrop = "DELETE FROM matching_pin WHERE mentee_enrolment = $1";

constexpr std::string_view kColumns =
    "SELECT mentee_enrolment, mentor_enrolment, program_id, reason, pinned_by, pinned_us, until_us "
    "FROM matching_pin ";
constexpr std::string_view kOfMentee = "WHERE mentee_enrolment = $1";
constexpr std::string_view kOfProgram =
    "WHERE program_id = $1 AND mentee_enrolment > $2 ORDER BY mentee_enrolment LIMIT $3";
constexpr std::string_view kInForce =
    "WHERE program_id = $1 AND until_us > $2 ORDER BY mentee_enrolment";
constexpr std::string_view kOfEither =
    "WHERE mentee_enrolment = $1 OR mentor_enrolment = $1 ORDER BY mentee_enrolment";

absl::StatusOr<std::vector<Pin>> Pins(database::Reader& reader, std::string_view which,
                                      Params params) {
  TREMPLIN_ASSIGN_OR_RETURN(const Result result,
                            reader.Query(text::Cat(kColumns, which), std::move(params)));
  std::vector<Pin> pins;
  pins.reserve(result.rows.size());
  for (const Row& row : result.rows) {
    pins.push_back({row.Text(0), row.Text(1), row.Text(2), row.Text(3), row.Text(4), row.Time(5),
                    row.Time(6)});
  }
  return pins;
}

}  // namespace

absl::Status PutPin(database::Transaction& tx, const Pin& pin) {
  return tx.Execute(kPut, {pin.mentee, pin.mentor, pin.program, pin.reason, pin.by,
                           clock::ToMicros(pin.at), clock::ToMicros(pin.until)});
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
