#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_STAGE_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_STAGE_H_

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/civil_time.h"
#include "common/ids/ids.h"
#include "common/program/facts.h"
#include "common/status/error.h"
#include "tools/tremplinctl/api.h"
#include "tools/tremplinctl/workers.h"
#include "tremplin/options/v1/options.pb.h"
#include "tremplin/program/v1/program.pb.h"

// What the parts of a season share. A season is deterministic: what people do is drawn from the
// seed, their business key and the step; never from generated ids, the order of arrival or the
// clock of the machine.
namespace tremplin::ctl::season {

// Draws of a season. Thread-safe.
class Draws {
 public:
  explicit Draws(uint64_t seed) : seed_(std::to_string(seed)) {}
  // In [0, 1).
  double Unit(std::string_view key, std::string_view step) const;
  bool Chance(std::string_view key, std::string_view step, double probability) const {
    return Unit(key, step) < probability;
  }
  // low to high, both possible.
  int Between(std::string_view key, std::string_view step, int low, int high) const;
  const std::string& seed() const { return seed_; }

 private:
  std::string seed_;
};

// One thing somebody does on a day. Actions of one lane (a resource) run one after another in the
// order of (key, step), different lanes at once.
struct Action {
  std::string lane;
  std::string key;   // business key of whom it is about
  std::string step;  // "answer/interest/mentee"
  std::function<absl::Status()> run;
};

// What everybody is going to do, by day. Thread-safe.
class Agenda {
 public:
  void Plan(absl::CivilDay day, Action action);
  // The day is to be visited though nothing is planned yet.
  void Visit(absl::CivilDay day);
  std::optional<absl::CivilDay> Next() const;
  // Takes the lanes of all days up to `day`, in an order that does not depend on who planned first.
  std::vector<std::vector<Action>> Take(absl::CivilDay day);

 private:
  mutable std::mutex mutex_;
  std::map<absl::CivilDay, std::vector<Action>> days_;
};

struct Enrolled {
  std::string enrolment;  // resource name
  std::string person;     // resource name
  std::string key;        // business key
  options::v1::Role role = options::v1::ROLE_MENTEE;
};

// One program of a season and what its players share.
class Stage {
 public:
  Stage(Api& api, Workers& workers, uint64_t seed, program::v1::ProgramDefinition definition);

  Api& api;
  Workers& workers;
  const Draws draws;
  Agenda agenda;
  // What may compete for one place with what others do on the same day: done after everything else,
  // one at a time, each at rest before the next.
  Agenda in_turn;
  const program::v1::ProgramDefinition definition;  // bound
  const program::Registry registry;
  const std::string program;  // resource name
  absl::TimeZone zone;
  absl::CivilDay today;
  absl::Time now;
  std::string coordinator;                      // credentials
  std::map<std::string, std::string> agencies;  // agency → credential
  // Mentees come by themselves too; people tell of jobs, set goals, leave groups: what the sample's
  // season does not play.
  bool by_themselves = false;

  // Plans an action `days` from today, at least one.
  void In(int days, Action action) { agenda.Plan(today + std::max(days, 1), std::move(action)); }

  void AddParticipant(Enrolled participant);
  // nullptr when there is none; lives as long as the stage.
  const Enrolled* Find(const std::string& enrolment) const;
  // The person's own API key, made on first use; who they are is asked for when nobody said so.
  absl::StatusOr<std::string> CredentialOf(const std::string& enrolment);

  // A call with a request id that follows from seed, key and step. nullopt when a rule refused it
  // (FAILED_PRECONDITION): somebody or time was faster, and the season goes on.
  template <class Response, class Request>
  absl::StatusOr<std::optional<Response>> Act(const std::string& credential,
                                              const std::string& method, Request request,
                                              const std::string& key, const std::string& step) {
    request.set_request_id(ids::Derive({{"season", draws.seed(), method, key, step}}));
    absl::StatusOr<Response> response = api.CallAs<Response>(credential, method, request);
    if (response.ok()) return std::optional<Response>(*std::move(response));
    if (!absl::IsFailedPrecondition(response.status())) return response.status();
    Refused(method, status::ReasonOf(response.status()));
    return std::optional<Response>();
  }

  // How often which rule refused what, for the summary.
  std::map<std::string, int64_t> refused() const;

 private:
  void Refused(const std::string& method, const std::string& reason);

  mutable std::mutex mutex_;
  std::map<std::string, Enrolled> participants_;
  std::map<std::string, std::string> credentials_;
  std::map<std::string, int64_t> refused_;
};

// Every page of a list call. `items` picks the repeated field of a response.
template <class Response, class Request, class Item>
absl::StatusOr<std::vector<Item>> ListAll(
    Stage& stage, const std::string& method, Request request,
    const google::protobuf::RepeatedPtrField<Item>& (Response::*items)() const) {
  std::vector<Item> all;
  request.set_program(stage.program);
  request.set_page_size(500);
  while (true) {
    absl::StatusOr<Response> page = stage.api.CallAs<Response>(stage.coordinator, method, request);
    if (!page.ok()) return page.status();
    for (const Item& item : ((*page).*items)()) all.push_back(item);
    if (page->next_page_token().empty()) return all;
    request.set_page_token(page->next_page_token());
  }
}

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_STAGE_H_
