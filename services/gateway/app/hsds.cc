#include "services/gateway/app/hsds.h"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "common/ids/ids.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "services/gateway/app/messages.h"
#include "services/gateway/transcoding/url.h"

namespace tremplin::gateway {
namespace {

using messages::Language;
using program::v1::Text;
using registration::v1::DirectoryProgram;
using registration::v1::Organization;
using registration::v1::Site;

constexpr int64_t kMostPerPage = 500;
constexpr char kVersion[] = "3.0";
constexpr char kProfile[] = "https://docs.openreferral.org/en/v3.0.1/hsds/";
constexpr char kOpenApi[] =
    "https://raw.githubusercontent.com/openreferral/specification/3.0/schema/openapi.json";

struct Page {
  int64_t number = 1;
  int64_t size = 50;
};

Text TextOf(const std::string& en, const std::string& fr) {
  Text text;
  text.set_en(en);
  text.set_fr(fr);
  return text;
}
Text TitleOf(const Organization& organization) {
  return TextOf(organization.title_en(), organization.title_fr());
}

// One answer. A list holds the one-to-one fields of its items, a single item all that belongs to
// it.
class Writer {
 public:
  explicit Writer(Language language) : french_(language == Language::kFrench) {}

  std::string Take() const { return {buffer_.GetString(), buffer_.GetSize()}; }

  void About() {
    out_.StartObject();
    Put("version", kVersion);
    Put("profile", kProfile);
    Put("openapi_url", kOpenApi);
    out_.EndObject();
  }

  // The envelope of HSDS' lists.
  void List(const Page& page, const std::vector<std::function<void()>>& items) {
    const int64_t total = static_cast<int64_t>(items.size());
    const int64_t pages = (total + page.size - 1) / page.size;
    const int64_t begin = std::min((page.number - 1) * page.size, total);
    const int64_t end = std::min(begin + page.size, total);
    out_.StartObject();
    PutNumber("total_items", total);
    PutNumber("total_pages", pages);
    PutNumber("page_number", page.number);
    PutNumber("size", end - begin);
    PutBool("first_page", page.number == 1);
    PutBool("last_page", page.number >= pages);
    PutBool("empty", begin == end);
    Key("contents");
    out_.StartArray();
    for (int64_t i = begin; i < end; ++i) items[static_cast<size_t>(i)]();
    out_.EndArray();
    out_.EndObject();
  }

  void Service(const DirectoryProgram& program, bool full) {
    out_.StartObject();
    Put("id", ServiceId(program));
    PutName(program.title());
    Put("description", Description(program));
    Put("status", "active");
    Put("application_process", Doors(program));
    Put("eligibility_description", Eligibility(program));
    Put("assured_date", Day(program));
    Key("organization");
    Organization(program.organization(), /*full=*/false);
    if (full) {
      Languages(program);
      Key("service_at_locations");
      out_.StartArray();
      for (const Site& site : program.organization().sites()) {
        out_.StartObject();
        Put("id", Id({"at", program.name(), program.organization().name(), site.id()}));
        Key("location");
        Location(program.organization(), site);
        out_.EndObject();
      }
      out_.EndArray();
    }
    out_.EndObject();
  }

  void Organization(const registration::v1::Organization& organization, bool full) {
    out_.StartObject();
    Put("id", OrganizationId(organization));
    PutName(TitleOf(organization));
    Put("description", In(TitleOf(organization)));
    if (full) {
      Key("locations");
      out_.StartArray();
      for (const Site& site : organization.sites()) Location(organization, site);
      out_.EndArray();
    }
    out_.EndObject();
  }

  void Location(const registration::v1::Organization& organization, const Site& site) {
    out_.StartObject();
    Put("id", LocationId(organization, site));
    Put("location_type", "physical");
    PutName(TextOf(site.title_en(), site.title_fr()));
    if (!site.fsa().empty()) {
      Put("external_identifier", site.fsa());
      Put("external_identifier_type", "CA-FSA");
    }
    out_.EndObject();
  }

  static std::string Id(std::initializer_list<std::string_view> parts) {
    std::vector<std::string_view> all = {"hsds"};
    all.insert(all.end(), parts.begin(), parts.end());
    return ids::Derive(all);
  }
  static std::string ServiceId(const DirectoryProgram& program) {
    return Id({"service", program.name()});
  }
  static std::string OrganizationId(const registration::v1::Organization& organization) {
    return Id({"organization", organization.name()});
  }
  static std::string LocationId(const registration::v1::Organization& organization,
                                const Site& site) {
    return Id({"location", organization.name(), site.id()});
  }

 private:
  void Key(std::string_view key) {
    out_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
  }
  void Put(std::string_view key, std::string_view text) {
    Key(key);
    out_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  }
  void PutNumber(std::string_view key, int64_t number) {
    Key(key);
    out_.Int64(number);
  }
  void PutBool(std::string_view key, bool value) {
    Key(key);
    out_.Bool(value);
  }
  const std::string& In(const Text& text) const { return french_ ? text.fr() : text.en(); }
  std::string_view In(const messages::Message& message) const {
    return french_ ? message.fr() : message.en();
  }
  void PutName(const Text& text) {
    Put("name", In(text));
    if (text.en() != text.fr()) Put("alternate_name", french_ ? text.en() : text.fr());
  }

  // Who offers it, and how people are brought together.
  std::string Description(const DirectoryProgram& program) const {
    std::string said = In(program.provider());
    for (const DirectoryProgram::Format& format : program.formats()) {
      absl::StrAppend(&said, said.empty() ? "" : "\n", "• ", In(format.title()));
    }
    return said;
  }

  std::string Eligibility(const DirectoryProgram& program) const {
    std::string said;
    for (const DirectoryProgram::Requirement& each : program.mentee_requirements()) {
      absl::StrAppend(&said, said.empty() ? "" : "\n", "• ", In(each.title()), ". ",
                      In(each.explanation()));
    }
    return said;
  }

  std::string Doors(const DirectoryProgram& program) const {
    std::string said;
    for (const int door : program.mentee_doors()) {
      const messages::Message* words = nullptr;
      if (door == program::v1::DOOR_AGENCY) words = &kDoorAgency;
      if (door == program::v1::DOOR_SELF) words = &kDoorSelf;
      if (door == program::v1::DOOR_PROPOSER) words = &kDoorProposer;
      if (words == nullptr) continue;
      absl::StrAppend(&said, said.empty() ? "" : " ", text::Absl(In(*words)));
    }
    return said;
  }

  static std::string Day(const DirectoryProgram& program) {
    return absl::FormatTime("%Y-%m-%d", resources::FromTimestamp(program.publish_time()),
                            absl::UTCTimeZone());
  }

  void Languages(const DirectoryProgram& program) {
    Key("languages");
    out_.StartArray();
    for (const std::string& code : program.languages()) {
      out_.StartObject();
      Put("id", Id({"language", program.name(), code}));
      Put("name", In(code == "fr" ? kFrench : kEnglish));
      Put("code", code);
      out_.EndObject();
    }
    out_.EndArray();
  }

  const bool french_;
  rapidjson::StringBuffer buffer_;
  rapidjson::Writer<rapidjson::StringBuffer> out_{buffer_};
};

// Where the target points, behind kHsdsPath.
struct Where {
  std::string collection;  // "services"; "": the root
  std::string id;          // "": the list
  Page page;
};

absl::Status WrongPage() { return status::Error(absl::StatusCode::kInvalidArgument, kHsdsPage); }

absl::Status ReadPage(std::string_view query, Page& page) {
  const auto parameters = transcoding::ParseQuery(query);
  if (!parameters.has_value()) return WrongPage();
  std::set<std::string> seen;
  for (const auto& [name, value] : *parameters) {
    if (!seen.insert(name).second) return WrongPage();
    int64_t number = 0;
    const bool read = absl::SimpleAtoi(value, &number) && number >= 1;
    if (name == "page" && read && number <= INT32_MAX) {
      page.number = number;
    } else if (name == "per_page" && read && number <= kMostPerPage) {
      page.size = number;
    } else {
      return WrongPage();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Where> Find(std::string_view target) {
  std::string_view path = target.substr(kHsdsPath.size());
  const size_t question = path.find('?');
  Where where;
  const std::string_view query =
      question == std::string_view::npos ? "" : path.substr(question + 1);
  TREMPLIN_RETURN_IF_ERROR(ReadPage(query, where.page));
  path = path.substr(0, question);
  if (path.starts_with('/')) path.remove_prefix(1);
  const size_t slash = path.find('/');
  where.collection = path.substr(0, slash);
  if (slash != std::string_view::npos) where.id = path.substr(slash + 1);
  const bool list = where.id.empty() && slash == std::string_view::npos;
  if ((!list || where.collection.empty()) && !query.empty()) return WrongPage();
  if (!list && where.id.empty()) where.id = "/";  // "services/" is no list
  return where;
}

// Whatever there is, by id; in the order in which it is listed.
class Everything {
 public:
  explicit Everything(const registration::v1::ListDirectoryProgramsResponse& directory) {
    std::map<std::string, const Organization*> organizations;
    for (const DirectoryProgram& program : directory.programs()) {
      programs_.push_back(&program);
      organizations.emplace(program.organization().name(), &program.organization());
    }
    for (const auto& [name, organization] : organizations) organizations_.push_back(organization);
  }

  // What is to be written of each of a collection, with its id; `full` with all that belongs to it.
  // Nothing where there is no such collection.
  std::vector<std::pair<std::string, std::function<void()>>> Of(const std::string& collection,
                                                                Writer& out, bool full,
                                                                bool& known) const {
    std::vector<std::pair<std::string, std::function<void()>>> items;
    known = true;
    if (collection == "services") {
      for (const DirectoryProgram* each : programs_) {
        items.emplace_back(Writer::ServiceId(*each),
                           [&out, each, full] { out.Service(*each, full); });
      }
    } else if (collection == "organizations") {
      for (const Organization* each : organizations_) {
        items.emplace_back(Writer::OrganizationId(*each),
                           [&out, each, full] { out.Organization(*each, full); });
      }
    } else if (collection == "locations") {
      for (const Organization* each : organizations_) {
        for (const Site& site : each->sites()) {
          items.emplace_back(Writer::LocationId(*each, site),
                             [&out, each, &site] { out.Location(*each, site); });
        }
      }
    } else {
      known = false;
    }
    return items;
  }

 private:
  std::vector<const DirectoryProgram*> programs_;
  std::vector<const Organization*> organizations_;
};

}  // namespace

bool IsHsds(std::string_view target) {
  if (!target.starts_with(kHsdsPath)) return false;
  const std::string_view rest = target.substr(kHsdsPath.size());
  return rest.empty() || rest.front() == '/' || rest.front() == '?';
}

absl::StatusOr<std::string> HsdsJson(
    std::string_view target, const registration::v1::ListDirectoryProgramsResponse& directory,
    Language language) {
  TREMPLIN_ASSIGN_OR_RETURN(const Where where, Find(target));
  Writer out(language);
  if (where.collection.empty() && where.id.empty()) {
    out.About();
    return out.Take();
  }
  bool known = false;
  const auto items =
      Everything(directory).Of(where.collection, out, /*full=*/!where.id.empty(), known);
  if (known && where.id.empty()) {
    std::vector<std::function<void()>> writers;
    for (const auto& [id, write] : items) writers.push_back(write);
    out.List(where.page, writers);
    return out.Take();
  }
  for (const auto& [id, write] : items) {
    if (id != where.id) continue;
    write();
    return out.Take();
  }
  return status::Error(absl::StatusCode::kNotFound, kHsdsNotFound);
}

}  // namespace tremplin::gateway
