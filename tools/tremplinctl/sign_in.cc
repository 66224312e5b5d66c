// roles, sign-in: in which roles people act who sign in, and links for whom no mail reaches.
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/access.h"
#include "tools/tremplinctl/access_messages.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/sign_in_messages.h"
#include "tremplin/registration/v1/sign_in.pb.h"

namespace tremplin::ctl {
namespace {

constexpr int kPageSize = 100;
constexpr char kSignIn[] = "tremplin.registration.v1.SignInService/";

struct RoleOptions {
  std::string account, given_name, family_name, email, language = "en";
  std::string role, organization, program, site, issuer, subject;
};

// A person is an account too, under the same id.
std::string AccountOf(const std::string& text) {
  const std::string id = text.substr(text.find('/') + 1);
  return resources::NameOf("accounts", id);
}

absl::Status Grant(const Globals& globals, const RoleOptions& options) {
  registration::v1::GrantRoleRequest request;
  if (!options.account.empty()) request.set_account(AccountOf(options.account));
  if (!options.email.empty()) {
    registration::v1::StaffMember& staff = *request.mutable_staff();
    staff.set_given_name(options.given_name);
    staff.set_family_name(options.family_name);
    staff.set_email(options.email);
    staff.set_language(options.language);
  }
  request.set_role(Roles().at(options.role));
  request.set_organization(Name("organizations", options.organization));
  request.set_program(Name("programs", options.program));
  request.set_site(options.site);
  if (!options.subject.empty()) {
    request.mutable_login()->set_issuer(options.issuer);
    request.mutable_login()->set_subject(options.subject);
  }
  request.set_request_id(ids::New());
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto granted, api->Call<registration::v1::ActingRole>(
                                                    text::Cat(kSignIn, "GrantRole"), request));
  if (globals.json) {
    PrintJson(granted);
  } else {
    Say(globals.language(), kRoleGranted, {granted.name(), granted.account()});
  }
  return absl::OkStatus();
}

absl::Status List(const Globals& globals, const std::string& account) {
  registration::v1::ListRolesRequest request;
  if (!account.empty()) request.set_account(AccountOf(account));
  request.set_page_size(kPageSize);
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto all, api->CallAll<registration::v1::ListRolesResponse>(
                                                text::Cat(kSignIn, "ListRoles"), request));
  if (globals.json) {
    PrintJson(all);
    return absl::OkStatus();
  }
  Table table({"Role / Rôle", "Account / Compte", "As / Comme", "For / Pour", "Program / Programme",
               "Revoked / Révoqué"});
  for (const registration::v1::ActingRole& role : all.roles()) {
    table.Row({role.name(), role.account(), WordOf(role.role()), role.organization(),
               role.program(), role.revoked() ? Text(globals.language(), kRevokedYes) : ""});
  }
  table.Print({true, true, true, true, true, true});
  return absl::OkStatus();
}

absl::Status Revoke(const Globals& globals, const std::string& role) {
  registration::v1::RevokeRoleRequest request;
  request.set_name(Name("roles", role));
  request.set_request_id(ids::Derive({{"tremplinctl", "revoke", request.name()}}));
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto revoked, api->Call<registration::v1::ActingRole>(
                                                    text::Cat(kSignIn, "RevokeRole"), request));
  if (globals.json) {
    PrintJson(revoked);
  } else {
    Say(globals.language(), kRoleRevoked, {revoked.name()});
  }
  return absl::OkStatus();
}

absl::Status Link(const Globals& globals, const std::string& account) {
  registration::v1::CreateSignInLinkRequest request;
  request.set_account(AccountOf(account));
  request.set_request_id(ids::New());
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto link, api->Call<registration::v1::SignInLink>(
                                                 text::Cat(kSignIn, "CreateSignInLink"), request));
  if (globals.json) {
    PrintJson(link);
    return absl::OkStatus();
  }
  const absl::Time until = resources::FromTimestamp(link.expire_time());
  Say(globals.language(), kLinkMade, {absl::FormatTime("%H:%M", until, absl::LocalTimeZone())});
  std::cout << link.url() << "\n";
  return absl::OkStatus();
}

void AddRoles(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* group = app.add_subcommand("roles", "in which people act who sign in / rôles");
  group->require_subcommand(1);
  auto options = std::make_shared<RoleOptions>();
  CLI::App* grant = group->add_subcommand("grant", "to an account, or staff / accorder un rôle");
  CLI::Option* account = grant->add_option("--account", options->account, "accounts/… or people/…");
  CLI::Option* email = grant->add_option("--email", options->email, "of staff without an account")
                           ->excludes(account);
  grant->add_option("--given-name", options->given_name, "theirs")->needs(email);
  grant->add_option("--family-name", options->family_name, "theirs")->needs(email);
  grant->add_option("--their-language", options->language, "en or fr")
      ->needs(email)
      ->check(CLI::IsMember({"en", "fr"}));
  grant->add_option("--role", options->role, "as what they act")
      ->required()
      ->check(CLI::IsMember(KeysOf(Roles())));
  grant->add_option("--organization", options->organization, "for which they act");
  grant->add_option("--program", options->program, "the only program they act in");
  grant->add_option("--site", options->site, "where they work, of the organization's sites");
  CLI::Option* issuer = grant->add_option("--issuer", options->issuer, "who knows their login");
  grant->add_option("--subject", options->subject, "as whom the issuer knows them")->needs(issuer);
  grant->callback([&globals, &result, options] { result = Grant(globals, *options); });
  auto of = std::make_shared<std::string>();
  CLI::App* list = group->add_subcommand("list", "those granted / ceux accordés");
  list->add_option("--account", *of, "of one account");
  list->callback([&globals, &result, of] { result = List(globals, *of); });
  auto name = std::make_shared<std::string>();
  CLI::App* revoke = group->add_subcommand("revoke", "a role, for good / révoquer un rôle");
  revoke->add_option("role", *name, "as the list names it")->required();
  revoke->callback([&globals, &result, name] { result = Revoke(globals, *name); });
}

}  // namespace

void AddSignIn(CLI::App& app, const Globals& globals, absl::Status& result) {
  AddRoles(app, globals, result);
  CLI::App* group = app.add_subcommand("sign-in", "how people come in / connexion");
  group->require_subcommand(1);
  auto account = std::make_shared<std::string>();
  CLI::App* link = group->add_subcommand("link", "to hand over where no mail reaches / lien");
  link->add_option("account", *account, "accounts/… or people/…")->required();
  link->callback([&globals, &result, account] { result = Link(globals, *account); });
}

}  // namespace tremplin::ctl
