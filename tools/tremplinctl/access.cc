// organizations, api-keys, roles, sign-in: who takes part in a system, and the keys with which
// their systems and staff come in.
#include <map>
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
#include "tools/tremplinctl/access.h"
#include "tools/tremplinctl/access_messages.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/population.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::ctl {
namespace {

constexpr int kPageSize = 100;

// "agency" for PART_AGENCY: an enum's value without its prefix, in lower case.
std::string Lower(const std::string& name, size_t prefix) {
  return absl::AsciiStrToLower(name.substr(prefix));
}

struct OrganizationOptions {
  std::string id, title_en, title_fr;
  std::vector<std::string> parts;
};

// {"agency", …} as --part and --role take them.
std::map<std::string, registration::v1::Part> Parts() {
  std::map<std::string, registration::v1::Part> parts;
  const auto* values = registration::v1::Part_descriptor();
  for (int i = 0; i < values->value_count(); ++i) {
    if (values->value(i)->number() == 0) continue;
    parts[Lower(values->value(i)->name(), std::string_view("PART_").size())] =
        static_cast<registration::v1::Part>(values->value(i)->number());
  }
  return parts;
}

absl::Status CreateOrganization(const Globals& globals, const OrganizationOptions& options) {
  registration::v1::CreateOrganizationRequest request;
  request.set_organization_id(options.id);
  registration::v1::Organization& organization = *request.mutable_organization();
  organization.set_title_en(options.title_en);
  organization.set_title_fr(options.title_fr);
  for (const std::string& part : options.parts) organization.add_parts(Parts().at(part));
  request.set_request_id(ids::New());
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto created,
                            api->Call<registration::v1::Organization>(
                                text::Cat(kRegistration, "CreateOrganization"), request));
  if (globals.json) {
    PrintJson(created);
  } else {
    Say(globals.language(), kOrganizationCreated, {created.name()});
  }
  return absl::OkStatus();
}

absl::Status ListOrganizations(const Globals& globals) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  registration::v1::ListOrganizationsRequest request;
  request.set_page_size(kPageSize);
  TREMPLIN_ASSIGN_OR_RETURN(const auto all,
                            api->CallAll<registration::v1::ListOrganizationsResponse>(
                                text::Cat(kRegistration, "ListOrganizations"), request));
  if (globals.json) {
    PrintJson(all);
    return absl::OkStatus();
  }
  Table table({"Organization / Organisme", "Title / Nom", "Parts / Rôles"});
  for (const auto& one : all.organizations()) {
    const std::string& title =
        globals.language() == Language::kFrench ? one.title_fr() : one.title_en();
    table.Row({one.name(), title, absl::StrJoin(one.parts(), " ", [](std::string* out, int part) {
                 const std::string& name =
                     registration::v1::Part_Name(static_cast<registration::v1::Part>(part));
                 *out += Lower(name, std::string_view("PART_").size());
               })});
  }
  table.Print({true, true, true});
  return absl::OkStatus();
}

struct KeyOptions {
  std::string role, organization, person, program, out;
  int days = 0;
};

absl::StatusOr<registration::v1::ApiKey> Revoke(Api& api, const std::string& name) {
  registration::v1::RevokeApiKeyRequest request;
  request.set_name(name);
  request.set_request_id(ids::Derive({{"tremplinctl", "revoke", name}}));
  return api.Call<registration::v1::ApiKey>(text::Cat(kRegistration, "RevokeApiKey"), request);
}

absl::Status CreateKey(const Globals& globals, const KeyOptions& options) {
  registration::v1::CreateApiKeyRequest request;
  request.set_role(Roles().at(options.role));
  request.set_organization(Name("organizations", options.organization));
  request.set_person(Name("people", options.person));
  request.set_program(Name("programs", options.program));
  request.set_days(options.days);
  // A second key for the same is wanted while the first is replaced: each call makes one.
  request.set_request_id(ids::New());
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto created,
                            api->Call<registration::v1::CreateApiKeyResponse>(
                                text::Cat(kRegistration, "CreateApiKey"), request));
  // The secret is shown to nobody: it goes into a file that its owner alone can read. A key whose
  // secret nobody has is not left behind.
  if (const absl::Status written = WritePrivate(options.out, text::Cat(created.secret(), "\n"));
      !written.ok()) {
    TREMPLIN_RETURN_IF_ERROR(Revoke(*api, created.api_key().name()).status());
    return written;
  }
  if (globals.json) {
    PrintJson(created.api_key());
  } else {
    Say(globals.language(), kKeyCreated, {created.api_key().name(), options.out});
  }
  return absl::OkStatus();
}

absl::Status ListKeys(const Globals& globals) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  registration::v1::ListApiKeysRequest request;
  request.set_page_size(kPageSize);
  TREMPLIN_ASSIGN_OR_RETURN(const auto all, api->CallAll<registration::v1::ListApiKeysResponse>(
                                                text::Cat(kRegistration, "ListApiKeys"), request));
  if (globals.json) {
    PrintJson(all);
    return absl::OkStatus();
  }
  Table table({"Key / Clé", "Role / Rôle", "For / Pour", "Program / Programme", "Until / Jusqu’au",
               "Revoked / Révoquée"});
  for (const registration::v1::ApiKey& key : all.api_keys()) {
    const absl::Time until = absl::FromUnixSeconds(key.expire_time().seconds());
    table.Row({key.name(), WordOf(key.role()),
               key.organization().empty() ? key.person() : key.organization(), key.program(),
               absl::FormatTime("%Y-%m-%d", until, absl::UTCTimeZone()),
               key.revoked() ? Text(globals.language(), kRevokedYes) : ""});
  }
  table.Print({true, true, true, true, true, true});
  return absl::OkStatus();
}

absl::Status RevokeKey(const Globals& globals, const std::string& key) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, globals.Open());
  TREMPLIN_ASSIGN_OR_RETURN(const auto revoked, Revoke(*api, Name("apiKeys", key)));
  if (globals.json) {
    PrintJson(revoked);
  } else {
    Say(globals.language(), kKeyRevoked, {revoked.name()});
  }
  return absl::OkStatus();
}

void AddOrganizations(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* group = app.add_subcommand("organizations", "who takes part / organismes");
  group->require_subcommand(1);
  auto options = std::make_shared<OrganizationOptions>();
  CLI::App* create = group->add_subcommand("create", "an organization / créer un organisme");
  create->add_option("id", options->id, "lower-case letters, digits and hyphens")->required();
  create->add_option("--title-en", options->title_en, "its name in English")->required();
  create->add_option("--title-fr", options->title_fr, "its name in French")->required();
  create->add_option("--part", options->parts, "what it does here; several may be given")
      ->required()
      ->check(CLI::IsMember(KeysOf(Parts())));
  create->callback(
      [&globals, &result, options] { result = CreateOrganization(globals, *options); });
  group->add_subcommand("list", "all of them / tous")->callback([&globals, &result] {
    result = ListOrganizations(globals);
  });
}

void AddKeys(CLI::App& app, const Globals& globals, absl::Status& result) {
  CLI::App* group = app.add_subcommand("api-keys", "keys of systems and staff / clés d’accès");
  group->require_subcommand(1);
  auto options = std::make_shared<KeyOptions>();
  CLI::App* create = group->add_subcommand("create", "a key, into a file / créer une clé");
  create->add_option("--role", options->role, "who comes in with it")
      ->required()
      ->check(CLI::IsMember(KeysOf(Roles())));
  create->add_option("--organization", options->organization, "of an agency or organization");
  create->add_option("--person", options->person, "of a mentee or mentor");
  create->add_option("--program", options->program, "the only program it acts in");
  create->add_option("--days", options->days, "until it expires (default 365)")
      ->check(CLI::Range(1, 400));
  create->add_option("--out", options->out, "the file that gets the secret, mode 600")->required();
  create->callback([&globals, &result, options] { result = CreateKey(globals, *options); });
  group->add_subcommand("list", "all of them, without secrets / toutes")
      ->callback([&globals, &result] { result = ListKeys(globals); });
  auto name = std::make_shared<std::string>();
  CLI::App* revoke = group->add_subcommand("revoke", "a key, for good / révoquer une clé");
  revoke->add_option("key", *name, "as the list names it")->required();
  revoke->callback([&globals, &result, name] { result = RevokeKey(globals, *name); });
}

}  // namespace

std::map<std::string, options::v1::Role> Roles() {
  std::map<std::string, options::v1::Role> roles;
  const auto* values = options::v1::Role_descriptor();
  for (int i = 0; i < values->value_count(); ++i) {
    const int number = values->value(i)->number();
    // A service's credential is its certificate, never a key.
    if (number == options::v1::ROLE_UNSPECIFIED || number == options::v1::ROLE_SERVICE) continue;
    roles[Lower(values->value(i)->name(), std::string_view("ROLE_").size())] =
        static_cast<options::v1::Role>(number);
  }
  return roles;
}

std::string WordOf(options::v1::Role role) {
  return Lower(options::v1::Role_Name(role), std::string_view("ROLE_").size());
}

std::string Name(std::string_view collection, const std::string& id) {
  return id.empty() || id.find('/') != std::string::npos ? id : resources::NameOf(collection, id);
}

void AddAccess(CLI::App& app, const Globals& globals, absl::Status& result) {
  AddOrganizations(app, globals, result);
  AddKeys(app, globals, result);
  AddSignIn(app, globals, result);
}

}  // namespace tremplin::ctl
