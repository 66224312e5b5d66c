#include "common/intake/columns.h"

#include <initializer_list>
#include <utility>

#include "common/person/normal.h"

namespace tremplin::intake {
namespace {

using program::v1::Fact;
using program::v1::FactRegistry;
using referral::v1::ReferralFile;

struct Typed {
  const char* name;
  std::initializer_list<const char*> headers_en;
  std::initializer_list<const char*> headers_fr;
};

// A row's key and what of a file is typed; facts are the registry's. How a mentor was found is told
// by lists of mentors and used by nobody, unless the registry has it as a fact.
constexpr char kRecruitedThrough[] = "recruited_through";
const Typed kTyped[] = {
    {kAgencyColumn, {"referring agency"}, {"organisme", "organisme d’aiguillage"}},
    {kExternalIdColumn, {"file number", "mentor_id"}, {"numéro de dossier", "numéro"}},
    {"given_name", {"first name", "given names"}, {"prénom", "prénoms"}},
    {"family_name", {"last name", "surname"}, {"nom", "nom de famille"}},
    {"birth_date", {"date of birth"}, {"date de naissance"}},
    {"email", {"e-mail", "e-mail address"}, {"courriel", "adresse courriel"}},
    {"phone", {"telephone", "phone number"}, {"téléphone", "numéro de téléphone"}},
    {"language", {"language of correspondence"}, {"langue de correspondance"}},
    {"referred_on", {"date of referral"}, {"date d’aiguillage"}},
};

// They are found as facts are: without case, accents, blanks, hyphens and underscores.
const program::Registry& TypedColumns() {
  static const auto& columns = *[] {
    FactRegistry registry;
    for (const Typed& typed : kTyped) {
      Fact& fact = *registry.add_facts();
      fact.set_name(typed.name);
      for (const char* header : typed.headers_en) fact.add_headers_en(header);
      for (const char* header : typed.headers_fr) fact.add_headers_fr(header);
    }
    registry.add_facts()->set_name(kRecruitedThrough);
    return new program::Registry(std::move(registry));
  }();
  return columns;
}

bool IsTyped(const std::string& column) {
  for (const Typed& typed : kTyped) {
    if (column == typed.name) return true;
  }
  return false;
}

}  // namespace

Columns::Columns(program::Registry registry, program::v1::Subject side, bool agency_given)
    : registry_(std::move(registry)),
      side_(side),
      required_({kExternalIdColumn, "given_name", "family_name"}) {
  if (side == program::v1::SUBJECT_MENTEE && !agency_given) required_.emplace_back(kAgencyColumn);
}

std::string Columns::NameOf(const std::string& header) const {
  const Fact* fact = registry_.FindHeader(header, side_);
  if (fact != nullptr && !fact->has_derived()) return fact->name();
  const Fact* typed = TypedColumns().FindHeader(header);
  if (typed != nullptr) return typed->name();
  // What only the other side is asked is no fault of a file that both share.
  fact = registry_.FindHeader(header);
  return fact == nullptr || fact->has_derived() ? "" : fact->name();
}

absl::StatusOr<std::unique_ptr<Sheet>> Columns::Open(const std::string& path,
                                                     const std::string& name) const {
  return Sheet::Open(
      path, required_, [this](const std::string& header) { return NameOf(header); }, name);
}

absl::StatusOr<std::unique_ptr<Sheet>> Columns::Open(Source source, const std::string& name) const {
  return Sheet::Open(std::move(source), name, required_,
                     [this](const std::string& header) { return NameOf(header); });
}

std::string AgencyOf(const Sheet& row) { return person::Line(row[kAgencyColumn]); }

std::string ExternalIdOf(const Sheet& row) { return person::Line(row[kExternalIdColumn]); }

ReferralFile Columns::ToFile(const Sheet& row) const {
  ReferralFile file;
  const google::protobuf::Descriptor& fields = *ReferralFile::descriptor();
  for (const std::string& column : row.columns()) {
    const std::string& cell = row[column];
    if (person::Line(cell).empty()) continue;
    if (IsTyped(column)) {
      const auto* field = fields.FindFieldByName(column);
      if (field != nullptr) file.GetReflection()->SetString(&file, field, row[column]);
      continue;
    }
    const Fact* fact = registry_.Find(column);
    if (fact == nullptr) continue;
    *file.add_facts() = program::FromCell(*fact, cell);
  }
  if (file.language().empty()) {
    const std::vector<std::string> languages =
        program::ValuesOf(registry_, file.facts(), program::v1::MATCHING_USE_LANGUAGES, side_);
    if (!languages.empty()) file.set_language(languages.front());
  }
  return file;
}

}  // namespace tremplin::intake
