// phone list|done: people whom mail does not reach, with their number and what they are to be told.
#include "tools/tremplinctl/phone.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/phone_messages.h"
#include "tremplin/notification/v1/notification.pb.h"
#include "tremplin/referral/v1/referral.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl {
namespace {

namespace note = notification::v1;

constexpr char kNotification[] = "tremplin.notification.v1.NotificationService/";
constexpr char kGetPerson[] = "tremplin.registration.v1.RegistrationService/GetPerson";
constexpr char kGetReferral[] = "tremplin.referral.v1.ReferralService/GetReferral";
constexpr int kPageSize = 100;

// Who is to be told, and how they are reached.
struct Reached {
  std::string name;
  std::string phone;
};

template <class Person>
Reached ReachedOf(const Person& person) {
  return {text::Cat(person.given_name(), " ", person.family_name()), person.phone()};
}

absl::StatusOr<Reached> Ask(Api& api, const note::Message& message) {
  if (message.recipient_kind() == note::Message::RECIPIENT_KIND_APPLICANT) {
    referral::v1::GetReferralRequest request;
    request.set_name(message.recipient());
    TREMPLIN_ASSIGN_OR_RETURN(const auto found,
                              api.Call<referral::v1::Referral>(kGetReferral, request));
    return ReachedOf(found.file());
  }
  registration::v1::GetPersonRequest request;
  request.set_name(message.recipient());
  TREMPLIN_ASSIGN_OR_RETURN(const auto found,
                            api.Call<registration::v1::Person>(kGetPerson, request));
  return ReachedOf(found);
}

std::string Why(Language language, const std::string& reason) {
  const std::pair<const char*, const Message*> known[] = {{"no_address", &kWhyNoAddress},
                                                          {"address_malformed", &kWhyMalformed},
                                                          {"refused", &kWhyRefused},
                                                          {"unsubscribed", &kWhyUnsubscribed},
                                                          {"expired", &kWhyExpired}};
  for (const auto& [code, message] : known) {
    if (reason == code) return Text(language, *message);
  }
  return reason;
}

absl::StatusOr<std::vector<std::string>> RowOf(Api& api, Language language,
                                               const note::Task& task) {
  note::GetMessageRequest request;
  request.set_name(task.about());
  TREMPLIN_ASSIGN_OR_RETURN(
      const auto message, api.Call<note::Message>(text::Cat(kNotification, "GetMessage"), request));
  // Who was erased meanwhile has no name any more.
  const absl::StatusOr<Reached> asked = Ask(api, message);
  if (!asked.ok() && !absl::IsNotFound(asked.status())) return asked.status();
  const Reached reached = asked.value_or(Reached{"–", "–"});
  const auto& subject = message.subject();
  return std::vector<std::string>{
      task.name(),
      reached.name,
      reached.phone,
      language == Language::kFrench ? subject.fr() : subject.en(),
      Why(language, task.reason()),
      absl::FormatTime("%Y-%m-%d", resources::FromTimestamp(task.ask_time()),
                       absl::LocalTimeZone())};
}

absl::Status List(const Globals& globals, const std::string& program) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  note::ListTasksRequest request;
  request.set_kind("to_phone");
  request.set_page_size(kPageSize);
  if (!program.empty()) {
    request.set_program(
        program.find('/') != std::string::npos ? program : resources::NameOf("programs", program));
  }
  TREMPLIN_ASSIGN_OR_RETURN(const auto all, api->CallAll<note::ListTasksResponse>(
                                                text::Cat(kNotification, "ListTasks"), request));
  if (globals.json) {
    PrintJson(all);
    return absl::OkStatus();
  }
  if (all.tasks().empty()) {
    Say(globals.language(), kNobodyToPhone);
    return absl::OkStatus();
  }
  Table table({"Task / Tâche", "Who / Qui", "Phone / Téléphone", "Message", "Why / Pourquoi",
               "Since / Depuis"});
  for (const note::Task& task : all.tasks()) {
    TREMPLIN_ASSIGN_OR_RETURN(std::vector<std::string> row, RowOf(*api, globals.language(), task));
    table.Row(std::move(row));
  }
  table.Print({true, true, true, true, true, true});
  return absl::OkStatus();
}

absl::Status Done(const Globals& globals, const std::string& task, const std::string& resolution) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  note::SettleTaskRequest request;
  request.set_name(task.find('/') != std::string::npos ? task : resources::NameOf("tasks", task));
  request.set_resolution(resolution);
  request.set_request_id(ids::New());
  TREMPLIN_ASSIGN_OR_RETURN(const auto settled,
                            api->Call<note::Task>(text::Cat(kNotification, "SettleTask"), request));
  if (globals.json) {
    PrintJson(settled);
  } else {
    Say(globals.language(), kPhoned, {settled.name()});
  }
  return absl::OkStatus();
}

}  // namespace

void AddPhone(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* phone =
      app.add_subcommand("phone", "people whom mail does not reach / personnes à appeler");
  phone->require_subcommand(1);
  CLI::App* list = phone->add_subcommand("list", "who, their number, what to tell / la liste");
  auto program = std::make_shared<std::string>();
  list->add_option("--program", *program, "where the key is bound to none");
  list->callback([&globals, &result, program] { result = List(globals, *program); });
  CLI::App* done = phone->add_subcommand("done", "they were told, or need not be / c’est fait");
  auto task = std::make_shared<std::string>();
  auto resolution = std::make_shared<std::string>("done");
  done->add_option("task", *task, "of the list")->required();
  done->add_option("--resolution", *resolution, "done, not_needed or other")
      ->check(CLI::IsMember({"done", "not_needed", "other"}))
      ->capture_default_str();
  done->callback(
      [&globals, &result, task, resolution] { result = Done(globals, *task, *resolution); });
}

}  // namespace tremplin::ctl
