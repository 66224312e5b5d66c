// Who may be one person, and who is: suggestions, links and their undoing.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"
#include "services/referral/domain/likeness.h"
#include "services/referral/messages.h"
#include "services/referral/store/application_store.h"
#include "services/referral/store/link_store.h"

namespace tremplin::referral::app {

struct Service::Compared {
  VisibleReferral visible;
  File file;
};

namespace {

constexpr char kReferrals[] = "referrals";

struct Two {
  std::string one;
  std::string other;
};

// The two referrals that a request names.
template <class Request>
absl::StatusOr<Two> TwoOf(const Request& request) {
  Two two;
  TREMPLIN_ASSIGN_OR_RETURN(two.one, resources::IdOf(kReferrals, request.name(), "name"));
  TREMPLIN_ASSIGN_OR_RETURN(two.other, resources::IdOf(kReferrals, request.other(), "other"));
  if (two.one == two.other) {
    return status::InvalidFields({status::Violation("other", kLinkToItself)});
  }
  return two;
}

// On which everything about a pair runs: a link and its undoing keep their order.
const std::string& LaneOf(const Two& two) { return std::min(two.one, two.other); }

v1::LinkParty ToParty(const ReferralRow& row, const File& file) {
  v1::LinkParty party;
  party.set_referral(resources::NameOf(kReferrals, row.id));
  party.set_agency(resources::NameOf("organizations", row.agency));
  party.set_external_id(row.external_id);
  party.set_side(row.side);
  party.set_door(row.door);
  party.set_given_name(file.given_name);
  party.set_family_name(file.family_name);
  party.set_birth_date(file.birth_date);
  party.set_email(file.email);
  party.set_phone(file.phone);
  return party;
}

const messages::Message& DifferenceOf(const std::string& what) {
  if (what == "name") return kDiffersName;
  if (what == "birth_date") return kDiffersBirthDate;
  return what == "email" ? kDiffersEmail : kDiffersPhone;
}

absl::Status Strangers(const Likeness& likeness) {
  status::ErrorDetail detail{.reason = std::string(kLinkOfStrangers.reason()),
                             .en = std::string(kLinkOfStrangers.en()),
                             .fr = std::string(kLinkOfStrangers.fr()),
                             .violations = {}};
  for (const std::string& what : likeness.differs) {
    detail.violations.push_back(status::Violation(what, DifferenceOf(what)));
  }
  return status::WithDetail(absl::StatusCode::kFailedPrecondition, detail);
}

v1::LinkEffect EffectOf(const messages::Message& message, std::string code,
                        const program::Program* program = nullptr) {
  v1::LinkEffect effect;
  effect.set_code(std::move(code));
  std::string_view en;
  std::string_view fr;
  if (program != nullptr) {
    effect.set_program(resources::NameOf("programs", program->id));
    en = program->definition.name().en();
    fr = program->definition.name().fr();
  }
  effect.mutable_text()->set_en(status::Fill(message.en(), {en}));
  effect.mutable_text()->set_fr(status::Fill(message.fr(), {fr}));
  return effect;
}

// Everybody who is linked with one of the two, each once.
absl::StatusOr<std::set<std::string>> Around(database::Reader& reader, const Two& two) {
  std::set<std::string> around;
  for (const std::string& id : {two.one, two.other}) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> linked, store::LinkedWith(reader, id));
    around.insert(linked.begin(), linked.end());
  }
  return around;
}

// Of the applications of one person to one program on one side, the one that came first counts.
template <class Event>
absl::Status AddCounted(database::Reader& reader, const std::vector<std::string>& person,
                        Event* event) {
  std::map<std::pair<std::string, Side>, std::vector<ApplicationRow>> by_program;
  for (const std::string& id : person) {
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<ApplicationRow> rows, store::ApplicationsOf(reader, id));
    for (ApplicationRow& row : rows) {
      by_program[{row.program, row.side}].push_back(std::move(row));
    }
  }
  for (const auto& [program, rows] : by_program) {
    const auto first = std::min_element(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
      return std::tie(a.created, a.agency, a.external_id, a.id) <
             std::tie(b.created, b.agency, b.external_id, b.id);
    });
    for (const ApplicationRow& row : rows) {
      events::v1::CountedAs* counted = event->add_applications();
      counted->set_application(row.id);
      counted->set_counts_as(first->id);
      counted->set_program(row.program);
    }
  }
  return absl::OkStatus();
}

// Tells that the two were linked, or are no more, with what everybody around them counts as.
template <class Event>
absl::Status TellPair(database::Transaction& tx, const Deps& deps, const CallContext& call,
                      const Two& two) {
  Event event;
  event.set_referral(two.one);
  event.set_other(two.other);
  TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> one, store::LinkedWith(tx, two.one));
  TREMPLIN_RETURN_IF_ERROR(AddCounted(tx, one, &event));
  if (std::find(one.begin(), one.end(), two.other) == one.end()) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> other,
                              store::LinkedWith(tx, two.other));
    TREMPLIN_RETURN_IF_ERROR(AddCounted(tx, other, &event));
  }
  return deps.outbox.Append(tx, LaneOf(two), call.business_now, event, call.traceparent);
}

}  // namespace

absl::StatusOr<Service::Compared> Service::ToCompare(database::Reader& reader,
                                                     const CallContext& call,
                                                     const std::string& id) {
  TREMPLIN_ASSIGN_OR_RETURN(VisibleReferral visible, FindVisibleReferral(reader, call, id));
  TREMPLIN_ASSIGN_OR_RETURN(const v1::AdmittedFile kept,
                            OpenFile(reader, id, visible.referral.revision));
  return Compared{std::move(visible), FileOf(kept.file())};
}

absl::StatusOr<std::vector<v1::LinkEffect>> Service::EffectsOf(database::Reader& reader,
                                                               const CallContext& call,
                                                               const std::string& one,
                                                               const std::string& other,
                                                               bool undone) {
  std::map<std::string, std::map<Side, int>> entries;  // of the two, by program and side
  TREMPLIN_ASSIGN_OR_RETURN(const std::set<std::string> around, Around(reader, {one, other}));
  for (const std::string& id : around) {
    const absl::StatusOr<VisibleReferral> visible = FindVisibleReferral(reader, call, id);
    if (absl::IsNotFound(visible.status())) continue;  // of a program that is not the caller's
    if (!visible.ok()) return visible.status();
    for (const ApplicationRow& row : visible->applications) {
      if (row.state != State::kWithdrawn) ++entries[row.program][row.side];
    }
  }
  std::vector<v1::LinkEffect> effects = {undone ? EffectOf(kEffectTwoPeople, "two_people")
                                                : EffectOf(kEffectOnePerson, "one_person")};
  for (const auto& [id, sides] : entries) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::shared_ptr<const program::Program> program,
                              deps_.programs.InForce(reader, id, call.business_now));
    for (const auto& [side, count] : sides) {
      if (count < 2) continue;
      effects.push_back(undone ? EffectOf(kEffectOwnEnrolment, "own_enrolment", program.get())
                               : EffectOf(kEffectOneEnrolment, "one_enrolment", program.get()));
    }
    if (sides.size() > 1 && !undone) {
      effects.push_back(EffectOf(kEffectNeverPaired, "never_paired", program.get()));
    }
  }
  return effects;
}

absl::StatusOr<std::vector<v1::LinkPair>> Service::ToPairs(
    database::Reader& reader, const CallContext& call, const std::vector<store::PairRow>& rows) {
  std::vector<v1::LinkPair> pairs;
  for (const store::PairRow& row : rows) {
    const absl::StatusOr<Compared> one = ToCompare(reader, call, row.referral);
    const absl::StatusOr<Compared> other = ToCompare(reader, call, row.other);
    // Of a program that is not the caller's, or erased.
    if (absl::IsNotFound(one.status()) || absl::IsNotFound(other.status())) continue;
    if (!one.ok()) return one.status();
    if (!other.ok()) return other.status();
    const Likeness likeness = Compare(one->file, other->file);
    v1::LinkPair& pair = pairs.emplace_back();
    *pair.mutable_one() = ToParty(one->visible.referral, one->file);
    *pair.mutable_other() = ToParty(other->visible.referral, other->file);
    if (likeness.email) pair.add_matched_by("email");
    if (likeness.person) pair.add_matched_by("name_and_birth_date");
    for (const std::string& what : likeness.differs) pair.add_differs(what);
    pair.set_linked(row.linked);
    pair.set_kept_apart(row.apart);
    pair.set_by(row.by);
    *pair.mutable_time() = resources::ToTimestamp(row.at);
  }
  return pairs;
}

Answer<v1::ListSuggestionsResponse> Service::ListSuggestions(
    const CallContext& call, const v1::ListSuggestionsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const int page_size, resources::PageSize(request.page_size()));
  const std::string scope =
      text::Cat("suggestions/", call.principal.program, "/", request.kept_apart() ? 1 : 0);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  v1::ListSuggestionsResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        response.Clear();
        TREMPLIN_ASSIGN_OR_RETURN(
            std::vector<store::PairRow> rows,
            store::ListSuggestions(reader, request.kept_apart(), UnpackKey(last), page_size + 1));
        if (rows.size() > static_cast<size_t>(page_size)) {
          rows.resize(static_cast<size_t>(page_size));
          response.set_next_page_token(
              resources::PageToken(scope, Pack(store::KeyOf(rows.back()))));
        }
        TREMPLIN_ASSIGN_OR_RETURN(std::vector<v1::LinkPair> pairs, ToPairs(reader, call, rows));
        for (v1::LinkPair& pair : pairs) *response.add_suggestions() = std::move(pair);
        return absl::OkStatus();
      }));
  return response;
}

Answer<v1::ListLinksResponse> Service::ListLinks(const CallContext& call,
                                                 const v1::ListLinksRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const int page_size, resources::PageSize(request.page_size()));
  const std::string scope = text::Cat("links/", call.principal.program);
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  v1::ListLinksResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        response.Clear();
        TREMPLIN_ASSIGN_OR_RETURN(std::vector<store::PairRow> rows,
                                  store::ListLinks(reader, UnpackKey(last), page_size + 1));
        if (rows.size() > static_cast<size_t>(page_size)) {
          rows.resize(static_cast<size_t>(page_size));
          response.set_next_page_token(
              resources::PageToken(scope, Pack(store::KeyOf(rows.back()))));
        }
        TREMPLIN_ASSIGN_OR_RETURN(std::vector<v1::LinkPair> pairs, ToPairs(reader, call, rows));
        for (v1::LinkPair& pair : pairs) *response.add_links() = std::move(pair);
        return absl::OkStatus();
      }));
  return response;
}

Answer<v1::PreviewLinkResponse> Service::PreviewLink(const CallContext& call,
                                                     const v1::PreviewLinkRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Two two, TwoOf(request));
  v1::PreviewLinkResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        response.Clear();
        // Whom the caller may not see does not exist.
        TREMPLIN_RETURN_IF_ERROR(FindVisibleReferral(reader, call, two.one).status());
        TREMPLIN_RETURN_IF_ERROR(FindVisibleReferral(reader, call, two.other).status());
        TREMPLIN_ASSIGN_OR_RETURN(std::optional<store::PairRow> row,
                                  store::FindPair(reader, two.one, two.other));
        if (!row.has_value())
          row = store::PairRow{.referral = two.one, .other = two.other, .by = {}, .at = {}};
        TREMPLIN_ASSIGN_OR_RETURN(std::vector<v1::LinkPair> pairs, ToPairs(reader, call, {*row}));
        if (pairs.empty()) return ReferralNotFound(two.other);  // erased
        response.set_strangers(pairs[0].matched_by().empty());
        *response.mutable_pair() = std::move(pairs[0]);
        TREMPLIN_ASSIGN_OR_RETURN(std::vector<v1::LinkEffect> effects,
                                  EffectsOf(reader, call, two.one, two.other, row->linked));
        for (v1::LinkEffect& effect : effects) *response.add_effects() = std::move(effect);
        return absl::OkStatus();
      }));
  return response;
}

Answer<v1::LinkReferralsResponse> Service::LinkReferrals(const CallContext& call,
                                                         const v1::LinkReferralsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Two two, TwoOf(request));
  return deps_.commands.Run<v1::LinkReferralsResponse>(
      call, LaneOf(two),
      [&](database::Transaction& tx) -> absl::StatusOr<v1::LinkReferralsResponse> {
        TREMPLIN_ASSIGN_OR_RETURN(const Compared one, ToCompare(tx, call, two.one));
        TREMPLIN_ASSIGN_OR_RETURN(const Compared other, ToCompare(tx, call, two.other));
        const Likeness likeness = Compare(one.file, other.file);
        if (likeness.Strangers() && !request.confirm_strangers()) return Strangers(likeness);
        v1::LinkReferralsResponse response;
        TREMPLIN_ASSIGN_OR_RETURN(std::vector<v1::LinkEffect> effects,
                                  EffectsOf(tx, call, two.one, two.other, /*undone=*/false));
        for (v1::LinkEffect& effect : effects) *response.add_effects() = std::move(effect);
        TREMPLIN_ASSIGN_OR_RETURN(
            const bool linked,
            store::Link(tx, two.one, two.other, call.principal.id, call.business_now));
        if (!linked) return response;
        TREMPLIN_RETURN_IF_ERROR(TellPair<events::v1::ReferralsLinked>(tx, deps_, call, two));
        return response;
      });
}

Answer<v1::UnlinkReferralsResponse> Service::UnlinkReferrals(
    const CallContext& call, const v1::UnlinkReferralsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Two two, TwoOf(request));
  return deps_.commands.Run<v1::UnlinkReferralsResponse>(
      call, LaneOf(two),
      [&](database::Transaction& tx) -> absl::StatusOr<v1::UnlinkReferralsResponse> {
        TREMPLIN_RETURN_IF_ERROR(FindVisibleReferral(tx, call, two.one).status());
        TREMPLIN_RETURN_IF_ERROR(FindVisibleReferral(tx, call, two.other).status());
        v1::UnlinkReferralsResponse response;
        TREMPLIN_ASSIGN_OR_RETURN(std::vector<v1::LinkEffect> effects,
                                  EffectsOf(tx, call, two.one, two.other, /*undone=*/true));
        for (v1::LinkEffect& effect : effects) *response.add_effects() = std::move(effect);
        TREMPLIN_ASSIGN_OR_RETURN(
            const bool undone,
            store::Unlink(tx, two.one, two.other, call.principal.id, call.business_now));
        if (!undone) return status::Error(absl::StatusCode::kFailedPrecondition, kNotLinked);
        TREMPLIN_RETURN_IF_ERROR(TellPair<events::v1::ReferralsUnlinked>(tx, deps_, call, two));
        return response;
      });
}

Answer<v1::KeepApartResponse> Service::KeepApart(const CallContext& call,
                                                 const v1::KeepApartRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const Two two, TwoOf(request));
  return deps_.commands.Run<v1::KeepApartResponse>(
      call, LaneOf(two), [&](database::Transaction& tx) -> absl::StatusOr<v1::KeepApartResponse> {
        TREMPLIN_RETURN_IF_ERROR(FindVisibleReferral(tx, call, two.one).status());
        TREMPLIN_RETURN_IF_ERROR(FindVisibleReferral(tx, call, two.other).status());
        TREMPLIN_ASSIGN_OR_RETURN(const std::optional<store::PairRow> row,
                                  store::FindPair(tx, two.one, two.other));
        if (row.has_value() && row->linked) {
          return status::Error(absl::StatusCode::kFailedPrecondition, kLinkedAlready);
        }
        TREMPLIN_RETURN_IF_ERROR(
            store::KeepApart(tx, two.one, two.other, call.principal.id, call.business_now));
        return v1::KeepApartResponse();
      });
}

}  // namespace tremplin::referral::app
