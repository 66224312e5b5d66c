#include "common/classification/vocabulary.h"

#include <algorithm>

namespace tremplin::classification {
namespace {

constexpr Term kGoals[] = {
    {"first_job_in_profession",
     {"FIRST_JOB_IN_PROFESSION", "a first job in the profession",
      "un premier emploi dans la profession"}},
    {"understand_hiring",
     {"UNDERSTAND_HIRING", "how hiring works here", "comment on embauche ici"}},
    {"network", {"NETWORK", "a professional network", "un réseau professionnel"}},
    {"licensing", {"LICENSING", "a licence to practise", "un permis d’exercice"}},
    {"language_at_work", {"LANGUAGE_AT_WORK", "the language of work", "la langue du travail"}},
    {"change_of_career", {"CHANGE_OF_CAREER", "a change of career", "un changement de carrière"}},
    {"start_a_business",
     {"START_A_BUSINESS", "starting a business", "le démarrage d’une entreprise"}},
};

constexpr Term kTraits[] = {
    {"immigrant_experience",
     {"IMMIGRANT_EXPERIENCE", "immigrated to Canada", "a immigré au Canada"}},
    {"trained_abroad",
     {"TRAINED_ABROAD", "was trained outside Canada", "s’est formé·e hors du Canada"}},
    {"changed_career", {"CHANGED_CAREER", "changed careers", "a changé de carrière"}},
    {"parent", {"PARENT", "is a parent", "est parent"}},
    {"woman", {"WOMAN", "is a woman", "est une femme"}},
    {"man", {"MAN", "is a man", "est un homme"}},
    {"background:africa", {"BACKGROUND_AFRICA", "has roots in Africa", "a des racines en Afrique"}},
    {"background:asia", {"BACKGROUND_ASIA", "has roots in Asia", "a des racines en Asie"}},
    {"background:caribbean",
     {"BACKGROUND_CARIBBEAN", "has roots in the Caribbean", "a des racines dans les Caraïbes"}},
    {"background:europe", {"BACKGROUND_EUROPE", "has roots in Europe", "a des racines en Europe"}},
    {"background:latin_america",
     {"BACKGROUND_LATIN_AMERICA", "has roots in Latin America",
      "a des racines en Amérique latine"}},
    {"background:middle_east",
     {"BACKGROUND_MIDDLE_EAST", "has roots in the Middle East", "a des racines au Moyen-Orient"}},
    {"background:oceania",
     {"BACKGROUND_OCEANIA", "has roots in Oceania", "a des racines en Océanie"}},
    {"speaks:am", {"SPEAKS_AM", "speaks Amharic", "parle amharique"}},
    {"speaks:ar", {"SPEAKS_AR", "speaks Arabic", "parle arabe"}},
    {"speaks:bn", {"SPEAKS_BN", "speaks Bengali", "parle bengali"}},
    {"speaks:es", {"SPEAKS_ES", "speaks Spanish", "parle espagnol"}},
    {"speaks:fa", {"SPEAKS_FA", "speaks Persian or Dari", "parle persan ou dari"}},
    {"speaks:hi", {"SPEAKS_HI", "speaks Hindi", "parle hindi"}},
    {"speaks:ht", {"SPEAKS_HT", "speaks Haitian Creole", "parle créole haïtien"}},
    {"speaks:pa", {"SPEAKS_PA", "speaks Punjabi", "parle pendjabi"}},
    {"speaks:ps", {"SPEAKS_PS", "speaks Pashto", "parle pachto"}},
    {"speaks:pt", {"SPEAKS_PT", "speaks Portuguese", "parle portugais"}},
    {"speaks:ru", {"SPEAKS_RU", "speaks Russian", "parle russe"}},
    {"speaks:so", {"SPEAKS_SO", "speaks Somali", "parle somali"}},
    {"speaks:sw", {"SPEAKS_SW", "speaks Swahili", "parle swahili"}},
    {"speaks:tl", {"SPEAKS_TL", "speaks Tagalog", "parle tagalog"}},
    {"speaks:uk", {"SPEAKS_UK", "speaks Ukrainian", "parle ukrainien"}},
    {"speaks:ur", {"SPEAKS_UR", "speaks Urdu", "parle ourdou"}},
    {"speaks:vi", {"SPEAKS_VI", "speaks Vietnamese", "parle vietnamien"}},
    {"speaks:zh", {"SPEAKS_ZH", "speaks a Chinese language", "parle une langue chinoise"}},
};

const Term* Find(absl::Span<const Term> terms, std::string_view code) {
  const auto found =
      std::find_if(terms.begin(), terms.end(), [&](const Term& one) { return one.code == code; });
  return found == terms.end() ? nullptr : &*found;
}

}  // namespace

absl::Span<const Term> Goals() { return kGoals; }
absl::Span<const Term> Traits() { return kTraits; }
const Term* FindGoal(std::string_view code) { return Find(kGoals, code); }
const Term* FindTrait(std::string_view code) { return Find(kTraits, code); }

}  // namespace tremplin::classification
