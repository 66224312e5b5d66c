// mail show|on|off: whether somebody is sent mail, and what they say of it.
#include "tools/tremplinctl/mail.h"

#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/mail_messages.h"
#include "tremplin/notification/v1/notification.pb.h"

namespace tremplin::ctl {
namespace {

using notification::v1::MailPreference;

constexpr char kNotification[] = "tremplin.notification.v1.NotificationService/";

struct MailOptions {
  std::string of;
  std::string told;
};

const Message& WordOf(MailPreference::Told told) {
  if (told == MailPreference::TOLD_IN_PERSON) return kToldInPerson;
  if (told == MailPreference::TOLD_BY_PHONE) return kToldByPhone;
  return told == MailPreference::TOLD_IN_WRITING ? kToldInWriting : kToldThemselves;
}

absl::Status Show(const Globals& globals, const absl::StatusOr<MailPreference>& preference) {
  TREMPLIN_RETURN_IF_ERROR(preference.status());
  if (globals.json) {
    PrintJson(*preference);
  } else if (!preference->has_set_time()) {
    Say(globals.language(), kMailIsSent, {preference->recipient()});
  } else {
    Say(globals.language(), preference->wanted() ? kMailIsSentSince : kNoMailIsSent,
        {preference->recipient(),
         absl::FormatTime("%Y-%m-%d", resources::FromTimestamp(preference->set_time()),
                          absl::LocalTimeZone()),
         Text(globals.language(), WordOf(preference->told()))});
  }
  return absl::OkStatus();
}

absl::Status Get(const Globals& globals, const MailOptions& options) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  notification::v1::GetMailPreferenceRequest request;
  request.set_recipient(options.of);
  return Show(globals,
              api->Call<MailPreference>(text::Cat(kNotification, "GetMailPreference"), request));
}

absl::Status Set(const Globals& globals, const MailOptions& options, bool wanted) {
  static const std::map<std::string, MailPreference::Told> kTold = {
      {"in_person", MailPreference::TOLD_IN_PERSON},
      {"by_phone", MailPreference::TOLD_BY_PHONE},
      {"in_writing", MailPreference::TOLD_IN_WRITING}};
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  notification::v1::SetMailPreferenceRequest request;
  request.set_recipient(options.of);
  request.set_wanted(wanted);
  if (const auto told = kTold.find(options.told); told != kTold.end()) {
    request.set_told(told->second);
  }
  request.set_request_id(ids::New());
  return Show(globals,
              api->Call<MailPreference>(text::Cat(kNotification, "SetMailPreference"), request));
}

std::shared_ptr<MailOptions> AddOf(CLI::App& command) {
  auto options = std::make_shared<MailOptions>();
  command.add_option("of", options->of, "people/…, or referrals/… of who applied by themselves")
      ->required();
  return options;
}

}  // namespace

void AddMail(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* mail = app.add_subcommand("mail", "whether somebody is sent mail / envoi de courriels");
  mail->require_subcommand(1);
  CLI::App* show = mail->add_subcommand("show", "as it stands / état actuel");
  const std::shared_ptr<MailOptions> shown = AddOf(*show);
  show->callback([&globals, &result, shown] { result = Get(globals, *shown); });
  const auto add_set = [&](const char* name, const char* what, bool wanted) {
    CLI::App* command = mail->add_subcommand(name, what);
    const std::shared_ptr<MailOptions> options = AddOf(*command);
    command->add_option("--told", options->told, "staff: how the person told you")
        ->check(CLI::IsMember({"in_person", "by_phone", "in_writing"}));
    command->callback(
        [&globals, &result, options, wanted] { result = Set(globals, *options, wanted); });
  };
  add_set("on", "the person wants mail again / la personne en veut de nouveau", true);
  add_set("off", "the person wants none / la personne n’en veut plus", false);
}

}  // namespace tremplin::ctl
