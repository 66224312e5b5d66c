#ifndef TREMPLIN_TOOLS_TREMPLINCTL_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_MESSAGES_H_

#include "common/messages/message.h"

// What the command line says, in both languages.
namespace tremplin::ctl {

using messages::Message;

inline constexpr Message kFileMissing{"FILE_MISSING", "{0} cannot be read.",
                                      "{0} ne peut pas être lu."};
inline constexpr Message kFileNotWritten{"FILE_NOT_WRITTEN", "{0} cannot be written.",
                                         "{0} ne peut pas être écrit."};
inline constexpr Message kFileEmpty{"FILE_EMPTY", "{0} has no header line.",
                                    "{0} n’a pas de ligne d’en-tête."};
inline constexpr Message kColumnsWrong{
    "COLUMNS_WRONG", "The columns of {0} do not fit. Unknown: {1}. Missing: {2}.",
    "Les colonnes de {0} ne conviennent pas. Inconnues : {1}. Manquantes : {2}."};
inline constexpr Message kRowLength{"ROW_LENGTH",
                                    "{0}, line {1}: {2} fields where the header has {3}.",
                                    "{0}, ligne {1} : {2} champs alors que l’en-tête en a {3}."};
inline constexpr Message kConverted{
    "CONVERTED", "{0} is not UTF-8; it was read as Windows-1252.",
    "{0} n’est pas en UTF-8 ; le fichier a été lu en Windows-1252."};
inline constexpr Message kAddressWrong{
    "ADDRESS_WRONG", "An address is service=host:port, with a service of ours: {0}.",
    "Une adresse est service=hôte:port, pour un de nos services : {0}."};
inline constexpr Message kAddressMissing{"ADDRESS_MISSING", "No address is given for {0}.",
                                         "Aucune adresse n’est donnée pour {0}."};
inline constexpr Message kNotSettled{"NOT_SETTLED", "The system did not come to rest in time: {0}.",
                                     "Le système n’est pas revenu au repos à temps : {0}."};
inline constexpr Message kLoaded{
    "LOADED",
    "Loaded: {0} facts, {1} programs, {2} agencies, {3} keys (in {5}), {4} mentors, {6} of them "
    "eligible.",
    "Chargé : {0} faits, {1} programmes, {2} agences, {3} clés (dans {5}), {4} mentors, dont {6} "
    "admissibles."};
inline constexpr Message kImported{
    "IMPORTED", "{0} rows: {1} eligible, {2} incomplete, {3} ineligible, {4} invalid, {5} refused.",
    "{0} lignes : {1} admissibles, {2} incomplètes, {3} non admissibles, {4} illisibles, {5} "
    "refusées."};
inline constexpr Message kDryRun{"DRY_RUN", "Dry run: nothing was stored.",
                                 "Essai : rien n’a été enregistré."};
inline constexpr Message kRefused{"REFUSED", "Row {0} ({1}): {2}", "Ligne {0} ({1}) : {2}"};
inline constexpr Message kKinds{"KINDS", "{0} new, {1} changed, {2} as before.",
                                "{0} nouvelles, {1} modifiées, {2} inchangées."};
inline constexpr Message kNotDemo{
    "NOT_DEMO", "The season needs a system started with --demo: business time must be movable.",
    "La saison demande un système lancé avec --demo : le temps métier doit pouvoir avancer."};
inline constexpr Message kDeadLetters{
    "DEAD_LETTERS", "{0} events ended as dead letters; see: tremplinctl dead-letters list.",
    "{0} événements sont en lettres mortes ; voir : tremplinctl dead-letters list."};
inline constexpr Message kSeasonTooLong{"SEASON_TOO_LONG", "The season did not end by {0}.",
                                        "La saison n’est pas terminée au {0}."};
inline constexpr Message kAgencyUnknown{"AGENCY_UNKNOWN", "There is no key for the agency {0}.",
                                        "Il n’y a pas de clé pour l’agence {0}."};
inline constexpr Message kConfigGood{"CONFIG_GOOD", "{0}: no fault.", "{0} : aucune erreur."};
inline constexpr Message kProgramMissing{"PROGRAM_MISSING", "{0} is not there to be run.",
                                         "{0} est introuvable et ne peut être lancé."};
inline constexpr Message kMigrated{"MIGRATED", "{0}: migrated.", "{0} : migré."};
inline constexpr Message kMigrationFailed{"MIGRATION_FAILED", "{0}: ended with exit code {1}.",
                                          "{0} : terminé avec le code {1}."};
inline constexpr Message kNothing{"NOTHING", "Nothing to show.", "Rien à montrer."};
inline constexpr Message kSettled{"SETTLED", "At rest.", "Au repos."};
inline constexpr Message kDeadLettersWait{
    "DEAD_LETTERS_WAIT",
    "{0} events failed in {1} and hold up what follows them ({2}). See: tremplinctl dead-letters "
    "list; then replay or discard.",
    "{0} événements ont échoué dans {1} et retiennent ce qui les suit ({2}). Voyez : tremplinctl "
    "dead-letters list; puis replay ou discard."};
inline constexpr Message kDiscarded{"DISCARDED",
                                    "Given up; {0} events that waited behind it were applied.",
                                    "Abandonné; {0} événements qui attendaient derrière ont été "
                                    "appliqués."};
inline constexpr Message kRewrapped{
    "REWRAPPED",
    "{0} data keys lie under the current master key now. Once stored answers have expired (48 "
    "hours), the former keys may be taken out of the key file.",
    "{0} clés de données relèvent maintenant de la clé maîtresse actuelle. Une fois les réponses "
    "conservées expirées (48 heures), les anciennes clés peuvent être retirées du fichier."};
inline constexpr Message kBusy{"BUSY", "At work.", "En activité."};
inline constexpr Message kSeasonProgress{"SEASON_PROGRESS", "Season", "Saison"};
inline constexpr Message kImportProgress{"IMPORT_PROGRESS", "Import", "Importation"};
inline constexpr Message kMentorsProgress{"MENTORS_PROGRESS", "Mentors", "Mentors"};
inline constexpr Message kRefusedActions{
    "REFUSED_ACTIONS", "{0} actions of the season were refused by a rule: {1}",
    "{0} actions de la saison ont été refusées par une règle : {1}"};
inline constexpr Message kSuppressed{"SUPPRESSED", "too few", "trop peu"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_MESSAGES_H_
