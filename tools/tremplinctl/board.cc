// matching approve, pin, pause, what-if: what a coordinator decides on the board.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_format.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/board_messages.h"
#include "tools/tremplinctl/board_requests.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/messages.h"
#include "tremplin/matching/v1/matching.pb.h"

namespace tremplin::ctl {
namespace {

namespace v1 = matching::v1;

constexpr char kMatching[] = "tremplin.matching.v1.MatchingService/";
constexpr int kMostApprovals = 500;

struct ApproveOptions {
  std::string program = "ottawa-career-mentoring";
  std::vector<std::string> names;
  bool all = false;
};

struct PinOptions {
  std::string program = "ottawa-career-mentoring";
  std::string mentee, mentor, reason, until;
  bool lift = false;
  bool list = false;
};

struct PauseOptions {
  std::string enrolment, until;
  bool resume = false;
};

struct WhatIfOptions {
  std::string program = "ottawa-career-mentoring";
  WhatIf changes;
};

std::string DayOf(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M UTC", resources::FromTimestamp(time),
                          absl::UTCTimeZone());
}

// Everything of the program that awaits approval, what is due first comes first.
absl::StatusOr<std::vector<std::string>> Suggested(Api& api, const std::string& program) {
  v1::ListProposalsRequest request;
  request.set_program(program);
  request.set_state(v1::Proposal::STATE_OPEN);
  request.set_step(program::v1::ProposalStep::KIND_STAFF_APPROVAL);
  request.set_order_by("due_time");
  request.set_page_size(kMostApprovals);
  TREMPLIN_ASSIGN_OR_RETURN(const auto all, api.CallAll<v1::ListProposalsResponse>(
                                                text::Cat(kMatching, "ListProposals"), request));
  std::vector<std::string> names;
  for (const v1::Proposal& one : all.proposals()) names.push_back(one.name());
  return names;
}

absl::Status Approve(const Globals& globals, const ApproveOptions& options) {
  if (options.names.empty() == !options.all) {
    return status::Error(absl::StatusCode::kInvalidArgument, kNamesOrAll);
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  const std::string program = FullName("programs", options.program);
  std::vector<std::string> names = options.names;
  if (options.all) {
    TREMPLIN_ASSIGN_OR_RETURN(names, Suggested(*api, program));
  }
  v1::BatchApproveProposalsResponse all;
  for (size_t first = 0; first < names.size(); first += kMostApprovals) {
    v1::BatchApproveProposalsRequest request;
    request.set_program(program);
    request.set_request_id(ids::New());
    for (size_t i = first; i < std::min(names.size(), first + kMostApprovals); ++i) {
      request.add_items()->set_name(FullName("proposals", names[i]));
    }
    TREMPLIN_ASSIGN_OR_RETURN(const auto response,
                              api->Call<v1::BatchApproveProposalsResponse>(
                                  text::Cat(kMatching, "BatchApproveProposals"), request));
    all.mutable_results()->MergeFrom(response.results());
    all.set_approved(all.approved() + response.approved());
  }
  if (globals.json) {
    PrintJson(all);
    return absl::OkStatus();
  }
  const bool french = globals.language() == Language::kFrench;
  for (const auto& result : all.results()) {
    if (result.error_reason().empty()) continue;
    Warn(globals.language(), kNotApproved,
         {result.name(), french ? result.error().fr() : result.error().en()});
  }
  Say(globals.language(), kApproved, {text::Cat(all.approved()), text::Cat(all.results_size())});
  return absl::OkStatus();
}

void TellPin(const Globals& globals, const v1::PairPin& pin) {
  if (!pin.pinned()) {
    return Say(globals.language(), kPinLifted, {pin.mentee_enrolment(), pin.mentor_enrolment()});
  }
  Say(globals.language(), kPinTold,
      {pin.mentee_enrolment(), pin.mentor_enrolment(), DayOf(pin.until_time()), pin.reason()});
}

absl::Status ListPins(const Globals& globals, const PinOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  v1::ListPinsRequest request;
  request.set_program(FullName("programs", options.program));
  TREMPLIN_ASSIGN_OR_RETURN(const auto all, api->CallAll<v1::ListPinsResponse>(
                                                text::Cat(kMatching, "ListPins"), request));
  if (globals.json) {
    PrintJson(all);
    return absl::OkStatus();
  }
  for (const v1::PairPin& pin : all.pins()) TellPin(globals, pin);
  if (all.pins().empty()) Say(globals.language(), kNothing);
  return absl::OkStatus();
}

absl::Status Pin(const Globals& globals, const PinOptions& options) {
  if (options.list) return ListPins(globals, options);
  v1::SetPairPinRequest request;
  request.set_request_id(ids::New());
  request.set_mentee_enrolment(FullName("enrolments", options.mentee));
  request.set_mentor_enrolment(FullName("enrolments", options.mentor));
  request.set_pinned(!options.lift);
  request.set_reason(options.reason);
  if (!options.until.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(*request.mutable_until_time(), TimeOf(options.until));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto pin,
                            api->Call<v1::PairPin>(text::Cat(kMatching, "SetPairPin"), request));
  if (globals.json) {
    PrintJson(pin);
  } else {
    TellPin(globals, pin);
  }
  return absl::OkStatus();
}

absl::Status Pause(const Globals& globals, const PauseOptions& options) {
  v1::SetPauseRequest request;
  request.set_request_id(ids::New());
  request.set_enrolment(FullName("enrolments", options.enrolment));
  request.set_paused(!options.resume);
  if (!options.until.empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(*request.mutable_until_time(), TimeOf(options.until));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto pause,
                            api->Call<v1::Pause>(text::Cat(kMatching, "SetPause"), request));
  if (globals.json) {
    PrintJson(pause);
  } else if (!pause.paused()) {
    Say(globals.language(), kResumed, {pause.enrolment()});
  } else if (pause.has_until_time()) {
    Say(globals.language(), kPausedUntil, {pause.enrolment(), DayOf(pause.until_time())});
  } else {
    Say(globals.language(), kPausedOpenly, {pause.enrolment()});
  }
  return absl::OkStatus();
}

std::string MatchedOf(const v1::RunReport::Group& group) {
  return absl::StrFormat("%d / %d", group.matched(), group.mentees());
}

// How many of a group are matched in a run, "–" where it has nobody of it.
std::string MatchedIn(const v1::Run& run, const v1::RunReport::Group& group) {
  for (const v1::RunReport::Group& one : run.report().groups()) {
    if (one.attribute() == group.attribute() && one.group() == group.group()) return MatchedOf(one);
  }
  return "–";
}

void PrintWhatIf(Language language, const v1::SimulateRunResponse& response) {
  const v1::Run& now = response.now();
  const v1::Run& then = response.then();
  Table table(
      {Text(language, kFigureHeading), Text(language, kNowHeading), Text(language, kThenHeading)});
  const auto row = [&](const messages::Message& title, int64_t before, int64_t after) {
    table.Row({Text(language, title), text::Cat(before), text::Cat(after)});
  };
  row(kMenteesFigure, now.mentees(), then.mentees());
  row(kPlacesFigure, now.free_places(), then.free_places());
  row(kPinnedFigure, now.pinned(), then.pinned());
  row(kChosenFigure, now.chosen(), then.chosen());
  row(kPointsFigure, now.points(), then.points());
  for (const v1::RunReport::Group& group : now.report().groups()) {
    table.Row({Text(language, kGroupFigure, {group.attribute(), group.group()}), MatchedOf(group),
               MatchedIn(then, group)});
  }
  table.Row({Text(language, kCertifiedFigure), Text(language, now.certified() ? kYes : kNo),
             Text(language, then.certified() ? kYes : kNo)});
  table.Print({true, false, false});
  for (const auto& effect : response.effects()) {
    const bool gains = effect.kind() == "gains";
    Say(language, gains ? kGains : kLoses,
        {effect.mentee_enrolment(), effect.mentor_enrolment(),
         language == Language::kFrench ? effect.text().fr() : effect.text().en()});
  }
  if (response.effects_left_out() > 0) {
    Say(language, kEffectsLeftOut, {text::Cat(response.effects_left_out())});
  }
}

absl::Status TryWhatIf(const Globals& globals, const WhatIfOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const v1::SimulateRunRequest request,
                            RequestOf(options.program, options.changes));
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto response, api->Call<v1::SimulateRunResponse>(
                                                     text::Cat(kMatching, "SimulateRun"), request));
  if (globals.json) {
    PrintJson(response);
  } else {
    PrintWhatIf(globals.language(), response);
  }
  return absl::OkStatus();
}

void AddApprove(CLI::App& matching, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<ApproveOptions>();
  CLI::App* approve = matching.add_subcommand(
      "approve", "approve what the engine suggested / approuver des suggestions");
  approve->add_option("proposals", options->names, "names or ids");
  approve->add_flag("--all", options->all, "everything of the program that awaits approval");
  approve->add_option("--program", options->program, "id")->capture_default_str();
  approve->callback([&globals, &result, options] { result = Approve(globals, *options); });
}

void AddPin(CLI::App& matching, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<PinOptions>();
  CLI::App* pin =
      matching.add_subcommand("pin", "have a pair proposed before any other / épingler une paire");
  CLI::Option* mentee = pin->add_option("mentee", options->mentee, "the mentee's enrolment");
  CLI::Option* mentor = pin->add_option("mentor", options->mentor, "the mentor's enrolment");
  pin->add_option("--reason", options->reason,
                  "knows_both, special_need, re_match or engine_missed");
  pin->add_option("--until", options->until, "date or time, 60 days ahead at most");
  pin->add_flag("--lift", options->lift, "lift the pin");
  pin->add_flag("--list", options->list, "list the pins of --program")
      ->excludes(mentee)
      ->excludes(mentor);
  pin->add_option("--program", options->program, "id")->capture_default_str();
  pin->callback([&globals, &result, options] { result = Pin(globals, *options); });
}

void AddPause(CLI::App& matching, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<PauseOptions>();
  CLI::App* pause =
      matching.add_subcommand("pause", "no new proposals for somebody, for now / mettre en pause");
  pause->add_option("enrolment", options->enrolment, "a mentee's or a mentor's")->required();
  pause->add_option("--until", options->until, "date or time; open when left out");
  pause->add_flag("--resume", options->resume, "end the pause");
  pause->callback([&globals, &result, options] { result = Pause(globals, *options); });
}

void AddWhatIf(CLI::App& matching, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<WhatIfOptions>();
  CLI::App* what_if = matching.add_subcommand(
      "what-if", "a run now and after some changes, side by side / essai d’une exécution");
  WhatIf& changes = options->changes;
  what_if->add_option("--places", changes.places, "MENTOR=N places more, or fewer");
  what_if->add_option("--leave-out", changes.leave_out, "an enrolment that would not be there");
  what_if->add_option("--bar", changes.bar, "MENTEE=MENTOR");
  what_if->add_option("--unbar", changes.unbar, "MENTEE=MENTOR");
  what_if->add_option("--weight", changes.weights, "CRITERION=W");
  what_if->add_option("--objective", changes.objective, "quality, coverage or stable");
  what_if->add_option("--minimum-score", changes.minimum_score, "0 to 1");
  what_if->add_option("--waiting-bonus", changes.waiting_bonus, "points a day, 0 to 50");
  what_if->add_option("--candidates", changes.candidates, "mentors considered, 1 to 500");
  what_if->add_option("--program", options->program, "id")->capture_default_str();
  what_if->callback([&globals, &result, options] { result = TryWhatIf(globals, *options); });
}

}  // namespace

void AddBoard(CLI::App& matching, const Globals& globals, absl::Status& result) {
  AddApprove(matching, globals, result);
  AddPin(matching, globals, result);
  AddPause(matching, globals, result);
  AddWhatIf(matching, globals, result);
}

}  // namespace tremplin::ctl
