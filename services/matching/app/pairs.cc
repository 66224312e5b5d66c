#include "services/matching/app/pairs.h"

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/reasons.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"
#include "services/matching/store/bars.h"
#include "services/matching/store/pins.h"

namespace tremplin::matching::app {
namespace {

constexpr int kMostPinDays = 60;

absl::Status Refused(const messages::Message& message) {
  return status::Error(absl::StatusCode::kFailedPrecondition, message);
}

// A mentee and a mentor by their enrolments' ids.
struct PairIds {
  std::string mentee, mentor;
};

template <class Request>
absl::StatusOr<PairIds> IdsOf(const Request& request) {
  TREMPLIN_ASSIGN_OR_RETURN(
      std::string mentee,
      resources::IdOf("enrolments", request.mentee_enrolment(), "mentee_enrolment"));
  TREMPLIN_ASSIGN_OR_RETURN(
      std::string mentor,
      resources::IdOf("enrolments", request.mentor_enrolment(), "mentor_enrolment"));
  return PairIds{std::move(mentee), std::move(mentor)};
}

struct Entries {
  store::PoolEntry mentee, mentor;
};

// Both entries, when they are a mentee and a mentor of one program of the caller's.
absl::StatusOr<Entries> ReadPair(database::Reader& reader, const rpc::Principal& principal,
                                 const PairIds& ids) {
  Entries both;
  TREMPLIN_ASSIGN_OR_RETURN(both.mentee, ReadVisibleEntry(reader, principal, ids.mentee));
  TREMPLIN_ASSIGN_OR_RETURN(both.mentor, ReadVisibleEntry(reader, principal, ids.mentor));
  if (both.mentee.side != domain::Side::kMentee || both.mentor.side != domain::Side::kMentor ||
      both.mentee.program != both.mentor.program) {
    return Refused(kOtherProgram);
  }
  return both;
}

absl::Status CheckPin(const v1::SetPairPinRequest& request, absl::Time now) {
  std::vector<status::FieldViolation> violations;
  if (request.pinned()) {
    CheckReason("reason", request.reason(), OverrideReasons(), &violations);
    const absl::Time until = resources::FromTimestamp(request.until_time());
    if (!request.has_until_time() || until <= now || until > now + absl::Hours(24 * kMostPinDays)) {
      violations.push_back(
          status::Violation("until_time", kUntilOutOfRange, {text::Cat(kMostPinDays)}));
    }
  } else {
    if (!request.reason().empty()) {
      violations.push_back(status::Violation("reason", kReasonOnlyWithPin));
    }
    if (request.has_until_time()) {
      violations.push_back(status::Violation("until_time", kUntilUnneeded));
    }
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return absl::OkStatus();
}

// What stands in the way of a pin.
absl::Status MayPin(database::Transaction& tx, const Entries& pair, absl::Time now) {
  if (!pair.mentee.ready || !pair.mentor.ready) return Refused(kEnrolmentNotInPool);
  if (pair.mentee.person == pair.mentor.person) return Refused(kSamePerson);
  TREMPLIN_ASSIGN_OR_RETURN(const bool barred,
                            store::HasBar(tx, pair.mentee.enrolment, pair.mentor.enrolment));
  if (barred) return Refused(kPairBarred);
  TREMPLIN_ASSIGN_OR_RETURN(const auto pin, store::FindPin(tx, pair.mentee.enrolment));
  if (pin.has_value() && pin->until > now && pin->mentor != pair.mentor.enrolment) {
    return Refused(kMenteePinned);
  }
  return absl::OkStatus();
}

v1::PairPin ToProto(const store::Pin& pin) {
  v1::PairPin to;
  to.set_mentee_enrolment(resources::NameOf("enrolments", pin.mentee));
  to.set_mentor_enrolment(resources::NameOf("enrolments", pin.mentor));
  to.set_pinned(true);
  to.set_reason(pin.reason);
  *to.mutable_until_time() = resources::ToTimestamp(pin.until);
  to.set_pinned_by(pin.by);
  *to.mutable_pin_time() = resources::ToTimestamp(pin.at);
  return to;
}

}  // namespace

Pairs::Pairs(database::Database& db, rpc::Commands& commands, program::ProgramStore& programs,
             const timers::Timers& timers, const Ledger& ledger)
    : db_(db), commands_(commands), programs_(programs), timers_(timers), ledger_(ledger) {}

absl::StatusOr<v1::PairBar> Pairs::SetPairBar(const rpc::CallContext& call,
                                              const v1::SetPairBarRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const PairIds ids, IdsOf(request));
  std::vector<status::FieldViolation> violations;
  if (request.barred()) {
    CheckReason("reason", request.reason(), BarReasons(), &violations);
  } else if (!request.reason().empty()) {
    violations.push_back(status::Violation("reason", kReasonOnlyWithBar));
  }
  if (!violations.empty()) return status::InvalidFields(std::move(violations));
  return commands_.Run<v1::PairBar>(
      call, ids.mentee, [&](database::Transaction& tx) -> absl::StatusOr<v1::PairBar> {
        TREMPLIN_ASSIGN_OR_RETURN(const Entries pair, ReadPair(tx, call.principal, ids));
        if (!request.barred()) {
          TREMPLIN_RETURN_IF_ERROR(ledger_.Arrived(tx, pair.mentee.program, call.business_now));
        }
        TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, pair.mentee.program).status());
        TREMPLIN_RETURN_IF_ERROR(store::Touch(tx, {ids.mentee, ids.mentor}));
        if (request.barred()) {
          TREMPLIN_ASSIGN_OR_RETURN(const auto pin, store::FindPin(tx, ids.mentee));
          if (pin.has_value() && pin->mentor == ids.mentor && pin->until > call.business_now) {
            return Refused(kPairPinned);
          }
          TREMPLIN_RETURN_IF_ERROR(
              store::PutBar(tx, {ids.mentee, ids.mentor, pair.mentee.program, request.reason(),
                                 call.principal.id, call.business_now}));
        } else {
          TREMPLIN_RETURN_IF_ERROR(store::DropBar(tx, ids.mentee, ids.mentor));
        }
        v1::PairBar bar;
        bar.set_mentee_enrolment(request.mentee_enrolment());
        bar.set_mentor_enrolment(request.mentor_enrolment());
        bar.set_barred(request.barred());
        bar.set_reason(request.reason());
        return bar;
      });
}

absl::StatusOr<v1::PairPin> Pairs::SetPairPin(const rpc::CallContext& call,
                                              const v1::SetPairPinRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const PairIds ids, IdsOf(request));
  TREMPLIN_RETURN_IF_ERROR(CheckPin(request, call.business_now));
  return commands_.Run<v1::PairPin>(
      call, ids.mentee, [&](database::Transaction& tx) -> absl::StatusOr<v1::PairPin> {
        TREMPLIN_ASSIGN_OR_RETURN(const Entries pair, ReadPair(tx, call.principal, ids));
        const std::string& program = pair.mentee.program;
        TREMPLIN_RETURN_IF_ERROR(ledger_.Arrived(tx, program, call.business_now));
        TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, program).status());
        TREMPLIN_RETURN_IF_ERROR(store::Touch(tx, {ids.mentee, ids.mentor}));
        v1::PairPin shown;
        if (request.pinned()) {
          TREMPLIN_RETURN_IF_ERROR(MayPin(tx, pair, call.business_now));
          const store::Pin pin = {ids.mentee,
                                  ids.mentor,
                                  program,
                                  request.reason(),
                                  call.principal.id,
                                  call.business_now,
                                  resources::FromTimestamp(request.until_time())};
          TREMPLIN_RETURN_IF_ERROR(store::PutPin(tx, pin));
          TREMPLIN_RETURN_IF_ERROR(timers_.Set(tx, kPinTimer, ids.mentee, pin.until));
          shown = ToProto(pin);
        } else {
          TREMPLIN_ASSIGN_OR_RETURN(const auto pin, store::FindPin(tx, ids.mentee));
          if (pin.has_value() && pin->mentor == ids.mentor) {
            TREMPLIN_RETURN_IF_ERROR(ledger_.EndPin(tx, *pin));
          }
          shown.set_mentee_enrolment(request.mentee_enrolment());
          shown.set_mentor_enrolment(request.mentor_enrolment());
        }
        return shown;
      });
}

absl::StatusOr<v1::ListPinsResponse> Pairs::ListPins(const rpc::CallContext& call,
                                                     const v1::ListPinsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string program,
                            resources::IdOf("programs", request.program(), "program"));
  if (!MaySeeProgram(call.principal, program)) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  }
  TREMPLIN_RETURN_IF_ERROR(programs_.Version(program, 1).status());
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  const std::string scope = text::Cat("ListPins/", program);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(scope, request.page_token()));
  std::vector<store::Pin> pins;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    TREMPLIN_ASSIGN_OR_RETURN(pins, store::ListPins(reader, program, after, size + 1));
    return absl::OkStatus();
  }));
  v1::ListPinsResponse response;
  if (static_cast<int>(pins.size()) > size) {
    pins.pop_back();
    response.set_next_page_token(resources::PageToken(scope, pins.back().mentee));
  }
  for (const store::Pin& pin : pins) *response.add_pins() = ToProto(pin);
  return response;
}

absl::Status Pairs::EndPin(database::Transaction& tx, const std::string& mentee,
                           absl::Time due) const {
  TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::Pin> pin, store::FindPin(tx, mentee));
  if (!pin.has_value() || pin->until > due) return absl::OkStatus();
  TREMPLIN_RETURN_IF_ERROR(ledger_.Freed(tx, pin->program, due));
  TREMPLIN_RETURN_IF_ERROR(store::NextPoolVersion(tx, pin->program).status());
  return ledger_.EndPin(tx, *pin);
}

}  // namespace tremplin::matching::app
