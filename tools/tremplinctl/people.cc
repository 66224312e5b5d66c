// people search|correct|suggestions|links|link|unlink|apart: who somebody is and how they are
// reached; who may be one person, and who is, as staff say.
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/people_messages.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::ctl {
namespace {

namespace ref = referral::v1;

constexpr char kReferral[] = "tremplin.referral.v1.ReferralService/";
constexpr int kPageSize = 100;

struct Pair {
  std::string one, other;
  bool confirm = false;
  bool preview = false;
};

std::string ReferralName(const std::string& id) {
  return id.find('/') != std::string::npos ? id : resources::NameOf("referrals", id);
}

std::string Word(Language language, const std::string& code) {
  if (code == "email") return Text(language, kWordEmail);
  if (code == "name_and_birth_date") return Text(language, kWordNameAndBirthDate);
  if (code == "name") return Text(language, kWordName);
  if (code == "birth_date") return Text(language, kWordBirthDate);
  return code == "phone" ? Text(language, kWordPhone) : code;
}

template <class Codes>
std::string Words(Language language, const Codes& codes) {
  std::vector<std::string> words;
  for (const std::string& code : codes) words.push_back(Word(language, code));
  return words.empty() ? Text(language, kWordNothing) : absl::StrJoin(words, ", ");
}

// What staff recognize an entry by: name, and the key by which its source knows it.
std::string Who(const ref::LinkParty& party) {
  const std::string source = party.agency().empty()
                                 ? party.external_id()
                                 : text::Cat(party.agency().substr(party.agency().find('/') + 1),
                                             "/", party.external_id());
  return text::Cat(party.given_name(), " ", party.family_name(), " (", source, ")");
}

void PrintPairs(Language language, const google::protobuf::RepeatedPtrField<ref::LinkPair>& pairs) {
  Table table({"One / L’un", "Referral / Aiguillage", "Other / L’autre", "Referral / Aiguillage",
               "Share / En commun", "Differ / Diffèrent"});
  for (const ref::LinkPair& pair : pairs) {
    table.Row({Who(pair.one()), pair.one().referral(), Who(pair.other()), pair.other().referral(),
               Words(language, pair.matched_by()), Words(language, pair.differs())});
  }
  table.Print({true, true, true, true, true, true});
}

template <class Effects>
void PrintEffects(Language language, const Effects& effects) {
  for (const ref::LinkEffect& effect : effects) {
    const auto& text = effect.text();
    std::printf("  - %s\n", (language == Language::kFrench ? text.fr() : text.en()).c_str());
  }
}

absl::Status Suggestions(const Globals& globals, bool kept_apart) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  ref::ListSuggestionsRequest request;
  request.set_page_size(kPageSize);
  request.set_kept_apart(kept_apart);
  TREMPLIN_ASSIGN_OR_RETURN(const auto all, api->CallAll<ref::ListSuggestionsResponse>(
                                                text::Cat(kReferral, "ListSuggestions"), request));
  if (globals.json) {
    PrintJson(all);
  } else if (all.suggestions().empty()) {
    Say(globals.language(), kNoSuggestions);
  } else {
    PrintPairs(globals.language(), all.suggestions());
  }
  return absl::OkStatus();
}

absl::Status Links(const Globals& globals) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  ref::ListLinksRequest request;
  request.set_page_size(kPageSize);
  TREMPLIN_ASSIGN_OR_RETURN(const auto all, api->CallAll<ref::ListLinksResponse>(
                                                text::Cat(kReferral, "ListLinks"), request));
  if (globals.json) {
    PrintJson(all);
  } else if (all.links().empty()) {
    Say(globals.language(), kNoLinks);
  } else {
    PrintPairs(globals.language(), all.links());
  }
  return absl::OkStatus();
}

absl::Status Preview(const Globals& globals, const Pair& pair) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  ref::PreviewLinkRequest request;
  request.set_name(ReferralName(pair.one));
  request.set_other(ReferralName(pair.other));
  TREMPLIN_ASSIGN_OR_RETURN(const auto preview, api->Call<ref::PreviewLinkResponse>(
                                                    text::Cat(kReferral, "PreviewLink"), request));
  if (globals.json) {
    PrintJson(preview);
    return absl::OkStatus();
  }
  const Language language = globals.language();
  std::printf("%s\n%s\n", Who(preview.pair().one()).c_str(), Who(preview.pair().other()).c_str());
  Say(language, kShare, {Words(language, preview.pair().matched_by())});
  Say(language, kDiffer, {Words(language, preview.pair().differs())});
  Say(language, preview.pair().linked() ? kUnlinkWould : kLinkWould);
  PrintEffects(language, preview.effects());
  if (preview.strangers() && !preview.pair().linked()) Say(language, kLinkStrangers);
  return absl::OkStatus();
}

// Sends a request about the pair and says what came of it.
template <class Request, class Response>
absl::Status Change(const Globals& globals, const Pair& pair, const char* method, Request request,
                    const Message& done) {
  request.set_name(ReferralName(pair.one));
  request.set_other(ReferralName(pair.other));
  request.set_request_id(ids::New());
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto answer,
                            api->Call<Response>(text::Cat(kReferral, method), request));
  if (globals.json) {
    PrintJson(answer);
    return absl::OkStatus();
  }
  Say(globals.language(), done, {request.name(), request.other()});
  if constexpr (requires { answer.effects(); }) PrintEffects(globals.language(), answer.effects());
  return absl::OkStatus();
}

absl::Status Link(const Globals& globals, const Pair& pair) {
  if (pair.preview) return Preview(globals, pair);
  ref::LinkReferralsRequest request;
  request.set_confirm_strangers(pair.confirm);
  return Change<ref::LinkReferralsRequest, ref::LinkReferralsResponse>(
      globals, pair, "LinkReferrals", request, kLinked);
}

absl::Status Unlink(const Globals& globals, const Pair& pair) {
  if (pair.preview) return Preview(globals, pair);
  return Change<ref::UnlinkReferralsRequest, ref::UnlinkReferralsResponse>(
      globals, pair, "UnlinkReferrals", {}, kUnlinked);
}

absl::Status KeepApart(const Globals& globals, const Pair& pair) {
  return Change<ref::KeepApartRequest, ref::KeepApartResponse>(globals, pair, "KeepApart", {},
                                                               kKeptApart);
}

struct Query {
  std::string text, external_id, agency, program, state;
  bool mentors = false;
};

// "STATE_RECEIVED" of "received".
absl::StatusOr<ref::Application::State> StateOf(const std::string& text) {
  ref::Application::State state = ref::Application::STATE_UNSPECIFIED;
  if (text.empty()) return state;
  if (!ref::Application::State_Parse(text::Cat("STATE_", absl::AsciiStrToUpper(text)), &state)) {
    return absl::InvalidArgumentError(text::Cat("--state ", text));
  }
  return state;
}

std::string Name(std::string_view collection, const std::string& id) {
  return id.empty() || id.find('/') != std::string::npos ? id : resources::NameOf(collection, id);
}

absl::Status Search(const Globals& globals, const Query& query) {
  ref::SearchReferralsRequest request;
  request.set_query(query.text);
  request.set_external_id(query.external_id);
  request.set_agency(Name("organizations", query.agency));
  request.set_program(Name("programs", query.program));
  if (query.mentors) request.set_side(program::v1::SUBJECT_MENTOR);
  request.set_page_size(kPageSize);
  TREMPLIN_ASSIGN_OR_RETURN(const ref::Application::State state, StateOf(query.state));
  request.set_state(state);
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto all, api->CallAll<ref::SearchReferralsResponse>(
                                                text::Cat(kReferral, "SearchReferrals"), request));
  if (globals.json) {
    PrintJson(all);
    return absl::OkStatus();
  }
  if (all.referrals().empty()) {
    Say(globals.language(), kNobodyFound);
    return absl::OkStatus();
  }
  Table table({"Name / Nom", "Source / Source", "Key / Clé", "Referral / Aiguillage",
               "Programs / Programmes"});
  for (const ref::Referral& one : all.referrals()) {
    table.Row({text::Cat(one.given_name(), " ", one.family_name()), one.agency(), one.external_id(),
               one.name(),
               absl::StrJoin(one.applications(), ", ", [](std::string* out, const auto& each) {
                 const std::string& code = ref::Application::State_Name(each.state());
                 *out += text::Cat(
                     each.program().substr(each.program().find('/') + 1), " ",
                     absl::AsciiStrToLower(code.substr(std::string_view("STATE_").size())));
               })});
  }
  table.Print({true, true, true, true, true});
  return absl::OkStatus();
}

struct Correction {
  std::string referral, given_name, family_name, email, phone, language;
  bool history = false;
};

absl::Status History(const Globals& globals, const Correction& correction) {
  ref::ListCorrectionsRequest request;
  request.set_name(ReferralName(correction.referral));
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto all, api->Call<ref::ListCorrectionsResponse>(
                                                text::Cat(kReferral, "ListCorrections"), request));
  if (globals.json) {
    PrintJson(all);
    return absl::OkStatus();
  }
  if (all.corrections().empty()) Say(globals.language(), kNeverCorrected);
  for (const auto& each : all.corrections()) {
    const absl::Time at = resources::FromTimestamp(each.time());
    Say(globals.language(), kCorrectedBy,
        {absl::FormatTime("%Y-%m-%d %H:%M UTC", at, absl::UTCTimeZone()), each.by()});
    for (const auto& change : each.changes()) {
      std::printf("  %s: %s → %s\n", change.field().c_str(), change.before().c_str(),
                  change.after().c_str());
    }
  }
  return absl::OkStatus();
}

absl::Status Correct(const Globals& globals, const Correction& correction) {
  if (correction.history) return History(globals, correction);
  ref::CorrectReferralRequest request;
  request.set_name(ReferralName(correction.referral));
  request.set_given_name(correction.given_name);
  request.set_family_name(correction.family_name);
  request.set_email(correction.email);
  request.set_phone(correction.phone);
  request.set_language(correction.language);
  request.set_request_id(ids::New());
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto corrected,
      api->Call<ref::Referral>(text::Cat(kReferral, "CorrectReferral"), request));
  if (globals.json) {
    PrintJson(corrected);
  } else {
    Say(globals.language(), kCorrected, {corrected.name(), text::Cat(corrected.revision())});
  }
  return absl::OkStatus();
}

void AddSearch(CLI::App& people, const Globals& globals, absl::Status& result) {
  auto query = std::make_shared<Query>();
  CLI::App* search = people.add_subcommand("search", "find people / trouver des personnes");
  search->add_option("text", query->text, "words of a name or their beginnings, or an e-mail");
  search->add_option("--external-id", query->external_id, "the key their source knows them by");
  search->add_option("--agency", query->agency, "organization they came through");
  search->add_option("--program", query->program, "program applied to");
  search->add_option("--state", query->state,
                     "received, under_review, admitted, returned, waitlisted or withdrawn");
  search->add_flag("--mentors", query->mentors, "mentors only");
  search->callback([&globals, &result, query] { result = Search(globals, *query); });
}

void AddCorrect(CLI::App& people, const Globals& globals, absl::Status& result) {
  auto correction = std::make_shared<Correction>();
  CLI::App* correct =
      people.add_subcommand("correct", "names, e-mail, phone / noms, courriel, téléphone");
  correct->add_option("referral", correction->referral, "of the person")->required();
  correct->add_option("--given-name", correction->given_name, "as it is to be");
  correct->add_option("--family-name", correction->family_name, "as it is to be");
  correct->add_option("--email", correction->email, "as it is to be");
  correct->add_option("--phone", correction->phone, "as it is to be");
  correct->add_option("--written-to-in", correction->language, "en or fr");
  correct->add_flag("--history", correction->history, "what was corrected, by whom and when");
  correct->callback([&globals, &result, correction] { result = Correct(globals, *correction); });
}

std::shared_ptr<Pair> AddPair(CLI::App& command) {
  auto pair = std::make_shared<Pair>();
  command.add_option("one", pair->one, "a referral")->required();
  command.add_option("other", pair->other, "another referral")->required();
  return pair;
}

}  // namespace

void AddPeople(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* people = app.add_subcommand("people", "who is who / qui est qui");
  people->require_subcommand(1);
  AddSearch(*people, globals, result);
  AddCorrect(*people, globals, result);

  auto kept_apart = std::make_shared<bool>(false);
  CLI::App* suggestions = people->add_subcommand(
      "suggestions", "who may be one person / qui pourrait être une même personne");
  suggestions->add_flag("--kept-apart", *kept_apart, "those that staff kept apart");
  suggestions->callback(
      [&globals, &result, kept_apart] { result = Suggestions(globals, *kept_apart); });

  CLI::App* links = people->add_subcommand("links", "the links that stand / les liens en vigueur");
  links->callback([&globals, &result] { result = Links(globals); });

  CLI::App* link = people->add_subcommand("link", "two are one person / deux ne font qu’un");
  const std::shared_ptr<Pair> linked = AddPair(*link);
  link->add_flag("--preview", linked->preview, "what it would change; nothing is changed");
  link->add_flag("--confirm", linked->confirm, "though they share nothing");
  link->callback([&globals, &result, linked] { result = Link(globals, *linked); });

  CLI::App* unlink = people->add_subcommand("unlink", "undo a link / annuler un lien");
  const std::shared_ptr<Pair> undone = AddPair(*unlink);
  unlink->add_flag("--preview", undone->preview, "what it would change; nothing is changed");
  unlink->callback([&globals, &result, undone] { result = Unlink(globals, *undone); });

  CLI::App* apart = people->add_subcommand("apart", "they are two people / ce sont deux personnes");
  const std::shared_ptr<Pair> two = AddPair(*apart);
  apart->callback([&globals, &result, two] { result = KeepApart(globals, *two); });
}

}  // namespace tremplin::ctl
