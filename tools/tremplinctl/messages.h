#ifndef TREMPLIN_TOOLS_TREMPLINCTL_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_MESSAGES_H_

#include "common/intake/messages.h"
#include "common/messages/message.h"

// What the command line says, in both languages.
namespace tremplin::ctl {

using intake::kFileEmpty;
using intake::kFileMissing;
using messages::Message;

inline constexpr Message kFileNotWritten{"FILE_NOT_WRITTEN", "{0} cannot be written.",
                                         "{0} ne peut pas être écrit."};
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
inline constexpr Message kRowNote{"ROW_NOTE", "Row {0}, line {1} ({2}): {3}",
                                  "Rangée {0}, ligne {1} ({2}) : {3}"};
inline constexpr Message kKinds{
    "KINDS", "{0} new, {1} changed, {2} as before, {3} older than what stands.",
    "{0} nouvelles, {1} modifiées, {2} inchangées, {3} antérieures à ce qui figure."};
inline constexpr Message kWarned{"WARNED", "{0} rows were taken with a warning.",
                                 "{0} lignes ont été prises avec un avertissement."};
// Of one row.
inline constexpr Message kAsBefore{"AS_BEFORE", "As before: nothing changed.",
                                   "Comme avant : rien n’a changé."};
inline constexpr Message kUpdated{"UPDATED", "Updated with what is new, and judged again.",
                                  "Mise à jour avec ce qui est nouveau, et jugée de nouveau."};
inline constexpr Message kOlder{"OLDER", "This was made before what stands, which stays as it is.",
                                "Ceci est antérieur à ce qui figure déjà et qui reste tel quel."};
inline constexpr Message kIsEligible{"IS_ELIGIBLE", "Every criterion is met.",
                                     "Tous les critères sont remplis."};
inline constexpr Message kIsIncomplete{"IS_INCOMPLETE", "Evidence is missing.",
                                       "Il manque des éléments."};
inline constexpr Message kIsIneligible{"IS_INELIGIBLE", "Criteria are not met.",
                                       "Des critères ne sont pas remplis."};
inline constexpr Message kIsInvalid{"IS_INVALID", "The row cannot be read.",
                                    "La ligne ne peut être lue."};
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
inline constexpr Message kDiskIsFull{
    "DISK_IS_FULL",
    "Disk full ({0}, since {1}): nothing can be stored, and callers are told to come back later "
    "({2}). Make space on the disk of the store (df -h shows it); the rest happens by itself.",
    "Disque plein ({0}, depuis {1}) : rien ne peut être enregistré, et les appelants sont priés de "
    "revenir plus tard ({2}). Libérez de l’espace sur le disque du stockage (df -h le montre) ; le "
    "reste se fait tout seul."};
inline constexpr Message kServerRefuses{
    "SERVER_REFUSES",
    "Refused ({0}, since {1}): {3} does not let the service in ({2}). Put the account, password, "
    "certificate or right in order (tremplinctl config check FILE reads the configuration); it is "
    "tried again by itself, and after a change of the configuration once the service is restarted.",
    "Refusé ({0}, depuis {1}) : {3} n’admet pas le service ({2}). Corrigez le compte, le mot de "
    "passe, le certificat ou le droit (tremplinctl config check FICHIER relit la configuration) ; "
    "l’essai reprend tout seul, et après un changement de configuration au redémarrage du "
    "service."};
inline constexpr Message kPartStopped{
    "PART_STOPPED",
    "Stopped ({0}, since {1}): {3} does not go on ({2}). The service’s log says more; restart the "
    "service once the cause is gone, and look again with tremplinctl status.",
    "Arrêté ({0}, depuis {1}) : {3} ne continue pas ({2}). Le journal du service en dit plus ; "
    "redémarrez le service une fois la cause disparue, puis revoyez avec tremplinctl status."};
inline constexpr Message kStoreAway{
    "STORE_AWAY",
    "Away ({0}): {3} cannot be read ({2}). Bring the server back; the service goes on by itself "
    "(tremplinctl top shows when).",
    "Injoignable ({0}) : lecture impossible de {3} ({2}). Rétablissez le serveur ; le service "
    "reprend tout seul (tremplinctl top montre quand)."};
inline constexpr Message kPartStore{"PART_STORE", "the store", "le stockage"};
inline constexpr Message kPartEventLog{"PART_EVENT_LOG", "the event log",
                                       "le journal des événements"};
inline constexpr Message kPartCache{"PART_CACHE", "the cache", "le cache"};
inline constexpr Message kPartConsumer{"PART_CONSUMER", "the reading of events",
                                       "la lecture des événements"};
inline constexpr Message kPartRelay{"PART_RELAY", "the publishing of events",
                                    "la publication des événements"};
inline constexpr Message kPartTimers{"PART_TIMERS", "the serving of due dates",
                                     "le traitement des échéances"};
inline constexpr Message kPartHousekeeping{"PART_HOUSEKEEPING", "the clearing of what has expired",
                                           "le retrait de ce qui a expiré"};
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
inline constexpr Message kProbeReady{"PROBE_READY", "{0}: takes calls.", "{0} : prêt à servir."};
inline constexpr Message kProbeRefused{"PROBE_REFUSED",
                                       "{0}: runs, but takes no calls now (starting or ending).",
                                       "{0} : en marche, mais ne sert pas encore ou plus."};
inline constexpr Message kProbeSaysWhy{
    "PROBE_SAYS_WHY", "{0}: runs, but takes no calls now ({1}). See: tremplinctl status.",
    "{0} : en marche, mais ne sert pas pour le moment ({1}). Voyez : tremplinctl status."};
inline constexpr Message kProbeDiskFull{
    "PROBE_DISK_FULL",
    "{0}: disk full: what is stored is read, nothing new is taken. Make space; the rest happens by "
    "itself.",
    "{0} : disque plein : ce qui est enregistré se lit, rien de nouveau n’est pris. Libérez de "
    "l’espace ; le reste se fait tout seul."};
inline constexpr Message kProbeUnanswered{"PROBE_UNANSWERED", "{0}: nobody answers.",
                                          "{0} : pas de réponse."};
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
