#include "common/classification/tables.h"

#include <algorithm>
#include <string>

#include "common/classification/vocabulary.h"
#include "common/text/text.h"

namespace tremplin::classification {
namespace {

constexpr std::string_view kTables[] = {"noc",  "naics", "country", "postal_code", "area",
                                        "slot", "goal",  "trait",   "language"};

// Sorted, three bytes an entry.
constexpr std::string_view kCountries =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS "
    "BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC "
    "EE "
    "EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK "
    "HM "
    "HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB "
    "LC "
    "LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ "
    "NA "
    "NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU "
    "RW "
    "SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN "
    "TO "
    "TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW ";
constexpr std::string_view kLanguages =
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy "
    "da "
    "de dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy "
    "hz "
    "ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li "
    "ln "
    "lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa "
    "pi "
    "pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th "
    "ti "
    "tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu ";

bool HoldsPair(std::string_view list, std::string_view code) {
  if (code.size() != 2) return false;
  for (size_t i = 0; i + 2 < list.size(); i += 3) {
    if (list.substr(i, 2) == code) return true;
  }
  return false;
}

constexpr std::string_view kDays[] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::string_view kParts[] = {"morning", "noon", "evening"};

bool IsOneOf(absl::Span<const std::string_view> values, std::string_view value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool IsDigits(std::string_view text, size_t least, size_t most) {
  return text.size() >= least && text.size() <= most &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "54", "541" or "31-33".
bool IsNaicsForm(std::string_view text) {
  if (text.size() == 5 && text[2] == '-') {
    return IsDigits(text.substr(0, 2), 2, 2) && IsDigits(text.substr(3), 2, 2);
  }
  return IsDigits(text, 2, 3);
}

}  // namespace

absl::Span<const std::string_view> TableNames() { return kTables; }
bool IsTable(std::string_view name) { return IsOneOf(kTables, name); }

bool IsCountry(std::string_view text) { return HoldsPair(kCountries, text); }
bool IsLanguage(std::string_view text) { return HoldsPair(kLanguages, text); }

bool IsSlot(std::string_view text) {
  return text.size() > 4 && text[3] == '-' && IsOneOf(kDays, text.substr(0, 3)) &&
         IsOneOf(kParts, text.substr(4));
}

bool IsArea(std::string_view text) {
  if (text.size() != 3) return false;
  const bool small =
      std::any_of(text.begin(), text.end(), [](char c) { return c >= 'a' && c <= 'z'; });
  return !small && IsPostalCode(text::Cat(text, "1A1"));
}

bool MayHold(std::string_view table, std::string_view code) {
  if (table == "noc") return IsDigits(code, 5, 5);
  if (table == "naics") return IsNaicsForm(code);
  if (table == "country") return IsCountry(code);
  if (table == "postal_code") return IsPostalCode(code);
  if (table == "area") return IsArea(code);
  if (table == "slot") return IsSlot(code);
  if (table == "goal") return FindGoal(code) != nullptr;
  if (table == "trait") return FindTrait(code) != nullptr;
  if (table == "language") return IsLanguage(code);
  return false;
}

bool Holds(const Classification& tables, std::string_view table, std::string_view code) {
  if (table == "noc") return tables.IsNocUnitGroup(code);
  if (table == "naics") return tables.IsNaics(code);
  return MayHold(table, code);
}

}  // namespace tremplin::classification
