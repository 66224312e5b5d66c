#ifndef TREMPLIN_COMMON_PROGRAM_MESSAGES_H_
#define TREMPLIN_COMMON_PROGRAM_MESSAGES_H_

#include "common/messages/message.h"

// What is said about program definitions.
namespace tremplin::program {

inline constexpr messages::Message kProgramNotFound{
    "PROGRAM_NOT_FOUND", "There is no program {0}, or none in force at that time.",
    "Il n’y a pas de programme {0}, ou aucune version n’est en vigueur à ce moment."};
inline constexpr messages::Message kDefinitionUnreadable{
    "DEFINITION_UNREADABLE", "The definition cannot be read. Line {0}, column {1}: {2}",
    "La définition ne peut pas être lue. Ligne {0}, colonne {1} : {2}"};
inline constexpr messages::Message kTextMissing{
    "TEXT_MISSING", "Give this text in English and in French; one of them is missing.",
    "Donnez ce texte en français et en anglais; l’un des deux manque."};
inline constexpr messages::Message kRequired{"REQUIRED", "This must be given.",
                                             "Ceci doit être indiqué."};
inline constexpr messages::Message kIdMalformed{
    "ID_MALFORMED", "Use lower-case letters, digits and hyphens, beginning with a letter.",
    "Employez des lettres minuscules, des chiffres et des traits d’union, en commençant par une "
    "lettre."};
inline constexpr messages::Message kTimeZoneUnknown{
    "TIME_ZONE_UNKNOWN", "This is no IANA time zone, such as America/Toronto.",
    "Ce n’est pas un fuseau horaire de l’IANA, comme America/Toronto."};
inline constexpr messages::Message kDateMalformed{
    "DATE_MALFORMED", "Give a real date as YYYY-MM-DD.", "Indiquez une vraie date : AAAA-MM-JJ."};
inline constexpr messages::Message kReviewTooEarly{
    "REVIEW_TOO_EARLY", "The review is due after the day from which the version is in force.",
    "La révision se fait après le jour de l’entrée en vigueur."};
inline constexpr messages::Message kDoubled{"DOUBLED", "The same code is given twice: {0}.",
                                            "Le même code figure deux fois : {0}."};
inline constexpr messages::Message kPredicateMissing{
    "PREDICATE_MISSING", "The criterion says nothing about what it asks: choose a predicate.",
    "Le critère ne dit pas ce qu’il exige : choisissez un prédicat."};
inline constexpr messages::Message kNegative{"NEGATIVE", "This cannot be negative.",
                                             "Ceci ne peut pas être négatif."};
inline constexpr messages::Message kWeightUnknown{
    "WEIGHT_UNKNOWN",
    "Matching weighs occupation, industry, language, proximity, availability, level, goals, "
    "preference and waiting.",
    "Le jumelage pondère occupation, industry, language, proximity, availability, level, goals, "
    "preference et waiting."};
inline constexpr messages::Message kLessonOutOfRange{
    "LESSON_OUT_OF_RANGE", "This is between 1 and 3, or 0 for what is usual.",
    "Ceci se situe entre 1 et 3, ou 0 pour la valeur habituelle."};
inline constexpr messages::Message kOutOfRange{"OUT_OF_RANGE", "This is between 0 and 1.",
                                               "Ceci se situe entre 0 et 1."};
inline constexpr messages::Message kChoiceUnknown{"CHOICE_UNKNOWN", "Give one of: {0}.",
                                                  "Donnez l’une de ces valeurs : {0}."};

}  // namespace tremplin::program

#endif  // TREMPLIN_COMMON_PROGRAM_MESSAGES_H_
