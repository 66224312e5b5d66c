#ifndef TREMPLIN_TOOLS_TREMPLINCTL_MATCHING_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_MATCHING_MESSAGES_H_

#include "common/messages/message.h"

// What `matching simulate` says, in both languages.
namespace tremplin::ctl {

inline constexpr messages::Message kSimulationProgress{"SIMULATION_PROGRESS", "Policies",
                                                       "Politiques"};
inline constexpr messages::Message kNoPairs{
    "NO_PAIRS", "{0} has no format of one and one: seasons are simulated of these alone.",
    "{0} n’a aucune formule à une personne de chaque côté : la simulation n’en joue pas d’autres."};
inline constexpr messages::Message kNobodyEligible{"NOBODY_ELIGIBLE",
                                                   "{0} has no row of an eligible mentee.",
                                                   "{0} n’a aucune ligne de personne admissible."};
inline constexpr messages::Message kSimulated{
    "SIMULATED",
    "{0}: {1} eligible mentees of {2} rows, {3} eligible mentors with {4} places. Seed {5}, "
    "patience {6} days on average.",
    "{0} : {1} personnes admissibles sur {2} lignes, {3} mentors admissibles offrant {4} places. "
    "Graine {5}, patience de {6} jours en moyenne."};
inline constexpr messages::Message kPolicyHeading{"POLICY_HEADING", "Policy", "Politique"};
inline constexpr messages::Message kMatchedHeading{"MATCHED_HEADING", "Matched", "Jumelés"};
inline constexpr messages::Message kLeftHeading{"LEFT_HEADING", "Left", "Partis"};
inline constexpr messages::Message kScoreHeading{"SCORE_HEADING", "Mean score", "Score moyen"};
inline constexpr messages::Message kWaitHeading{"WAIT_HEADING", "Wait p50/p90/p99",
                                                "Attente p50/p90/p99"};
inline constexpr messages::Message kLanguageGapHeading{"LANGUAGE_GAP_HEADING", "Language",
                                                       "Langue"};
inline constexpr messages::Message kOccupationGapHeading{"OCCUPATION_GAP_HEADING", "Occupation",
                                                         "Profession"};
inline constexpr messages::Message kOriginGapHeading{"ORIGIN_GAP_HEADING", "Origin", "Origine"};
inline constexpr messages::Message kGapsExplained{
    "GAPS_EXPLAINED",
    "Matched and left: of all mentees. Score: of 1. Wait: days from arrival until both said yes. "
    "Language, occupation (broad category), origin (region of the country of training): the least "
    "match rate of a group over the greatest, groups of at least 5; 1.00 is even. Gender is not in "
    "the files.",
    "Jumelés et partis : de toutes les personnes. Score : sur 1. Attente : jours de l’arrivée "
    "jusqu’aux deux oui. Langue, profession (grande catégorie), origine (région du pays de "
    "formation) : le plus petit taux de jumelage d’un groupe sur le plus grand, groupes d’au moins "
    "5 ; 1.00 est l’égalité. Le genre n’est pas dans les fichiers."};
inline constexpr messages::Message kBothEngines{
    "BOTH_ENGINES", "The season by the greedy engine and by the optimum ({0}):",
    "La saison selon le moteur glouton et selon l’optimum ({0}) :"};
inline constexpr messages::Message kFirstCome{"FIRST_COME", "{0}, first come",
                                              "{0}, premier arrivé"};
inline constexpr messages::Message kOptimum{"OPTIMUM", "{0}, {1}, bonus {2}",
                                            "{0}, {1}, prime {2}"};
inline constexpr messages::Message kOptimumAtOnce{"OPTIMUM_AT_ONCE", "{0}, best pair, bonus {1}",
                                                  "{0}, meilleure paire, prime {1}"};
inline constexpr messages::Message kContinuousName{"CONTINUOUS_NAME", "continuous", "en continu"};
inline constexpr messages::Message kDailyName{"DAILY_NAME", "daily", "chaque jour"};
inline constexpr messages::Message kWeeklyName{"WEEKLY_NAME", "weekly", "chaque semaine"};
inline constexpr messages::Message kMonthlyName{"MONTHLY_NAME", "monthly", "chaque mois"};
inline constexpr messages::Message kQualityName{"QUALITY_NAME", "quality", "qualité"};
inline constexpr messages::Message kCoverageName{"COVERAGE_NAME", "coverage", "couverture"};
inline constexpr messages::Message kStableName{"STABLE_NAME", "stable", "stable"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_MATCHING_MESSAGES_H_
