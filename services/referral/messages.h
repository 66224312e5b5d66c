#ifndef TREMPLIN_SERVICES_REFERRAL_MESSAGES_H_
#define TREMPLIN_SERVICES_REFERRAL_MESSAGES_H_

#include "common/messages/message.h"

// Everything referral says to people.
namespace tremplin::referral {

using messages::Message;

// Fields of a file.
inline constexpr Message kFieldRequired{"REQUIRED", "This must be given.",
                                        "Ceci doit être indiqué."};
inline constexpr Message kFieldTooLong{"TOO_LONG", "This is longer than {0} characters.",
                                       "Ceci compte plus de {0} caractères."};
inline constexpr Message kExternalIdMalformed{
    "EXTERNAL_ID_MALFORMED", "Give your own key of the referral in 1 to 128 printable characters.",
    "Indiquez votre propre clé de l’aiguillage, de 1 à 128 caractères imprimables."};
inline constexpr Message kDateMalformed{"DATE_MALFORMED", "Give a real date as YYYY-MM-DD.",
                                        "Indiquez une vraie date : AAAA-MM-JJ."};
inline constexpr Message kEmailMalformed{"EMAIL_MALFORMED", "Give an email such as name@place.ca.",
                                         "Indiquez un courriel comme nom@lieu.ca."};
inline constexpr Message kPostalCodeMalformed{"POSTAL_CODE_MALFORMED",
                                              "Give a Canadian postal code such as K1Z 9E5.",
                                              "Indiquez un code postal canadien comme K1Z 9E5."};
inline constexpr Message kCodeUnknown{"CODE_UNKNOWN", "Choose one of: {0}.",
                                      "Choisissez parmi : {0}."};
inline constexpr Message kCountryMalformed{
    "COUNTRY_MALFORMED", "Give the country by its two letters (ISO 3166), such as MA.",
    "Indiquez le pays par ses deux lettres (ISO 3166), comme MA."};
inline constexpr Message kNocUnknown{"NOC_UNKNOWN",
                                     "Give one of the 516 unit groups of NOC 2021, such as 21231.",
                                     "Indiquez l’un des 516 groupes de base de la CNP 2021, comme "
                                     "21231."};
inline constexpr Message kYearsMalformed{"YEARS_MALFORMED", "Give whole years, from 0 to 80.",
                                         "Indiquez des années entières, de 0 à 80."};
inline constexpr Message kScoreMalformed{"SCORE_MALFORMED",
                                         "Give a level of the CLB/NCLC scale, from 1 to 12.",
                                         "Indiquez un niveau de l’échelle NCLC/CLB, de 1 à 12."};
inline constexpr Message kAgencyUnknown{
    "AGENCY_UNKNOWN", "This agency is not known. Ask the program to register it.",
    "Cette agence n’est pas connue. Demandez au programme de l’inscrire."};

// Requests.
inline constexpr Message kAgencyOther{"AGENCY_OTHER",
                                      "You can submit referrals of your own agency only.",
                                      "Vous ne pouvez soumettre que les aiguillages de votre "
                                      "propre agence."};
inline constexpr Message kProgramOther{"PROGRAM_OTHER", "You act in program {0} only.",
                                       "Vous n’agissez que dans le programme {0}."};
inline constexpr Message kProgramsCount{"PROGRAMS_COUNT", "Name 1 to 10 different programs.",
                                        "Nommez de 1 à 10 programmes différents."};
inline constexpr Message kItemsCount{"ITEMS_COUNT", "Send 1 to 500 referrals at a time.",
                                     "Envoyez de 1 à 500 aiguillages à la fois."};
inline constexpr Message kReferralNotFound{"REFERRAL_NOT_FOUND",
                                           "There is no referral {0}. Check the reference.",
                                           "Il n’y a pas d’aiguillage {0}. Vérifiez la référence."};
inline constexpr Message kApplicationNotFound{
    "APPLICATION_NOT_FOUND", "There is no application {0}. Check the reference.",
    "Il n’y a pas de demande {0}. Vérifiez la référence."};
inline constexpr Message kReferralSettled{
    "REFERRAL_SETTLED",
    "An application of this referral is settled (admitted or withdrawn), so its file no longer "
    "changes. Reopen a withdrawn application first.",
    "Une demande de cet aiguillage est réglée (admise ou retirée); son dossier ne change plus. "
    "Rouvrez d’abord une demande retirée."};
inline constexpr Message kNotAdmitted{"NOT_ADMITTED",
                                      "The application is not admitted; its file is not given.",
                                      "La demande n’est pas admise; son dossier n’est pas "
                                      "communiqué."};
inline constexpr Message kLinkToItself{"LINK_TO_ITSELF", "Name two different referrals.",
                                       "Nommez deux aiguillages différents."};

// Transitions that do not exist, by the state that refuses them.
inline constexpr Message kStateReceived{"STATE_RECEIVED",
                                        "The application is received; this cannot be done to it "
                                        "now.",
                                        "La demande est reçue; cette action n’est pas possible "
                                        "maintenant."};
inline constexpr Message kStateUnderReview{"STATE_UNDER_REVIEW",
                                           "The application is under review already.",
                                           "La demande est déjà à l’étude."};
inline constexpr Message kStateAdmitted{
    "STATE_ADMITTED",
    "The application is admitted. What follows is done on the enrolment that came of it.",
    "La demande est admise. La suite se fait sur l’inscription qui en découle."};
inline constexpr Message kStateReturned{
    "STATE_RETURNED",
    "The application was returned to the agency. It is resubmitted with a changed file, or "
    "reopened.",
    "La demande a été retournée à l’agence. On la soumet de nouveau avec un dossier modifié, ou on "
    "la rouvre."};
inline constexpr Message kStateWaitlisted{"STATE_WAITLISTED",
                                          "The application is on the waiting list already.",
                                          "La demande est déjà sur la liste d’attente."};
inline constexpr Message kStateWithdrawn{"STATE_WITHDRAWN",
                                         "The application was withdrawn. Reopen it first.",
                                         "La demande a été retirée. Rouvrez-la d’abord."};
inline constexpr Message kNotEligible{
    "NOT_ELIGIBLE",
    "These criteria neither pass nor are exempted: {0}. Return the application with these reasons, "
    "or exempt from them with a reason.",
    "Ces critères ne sont ni remplis ni visés par une exemption : {0}. Retournez la demande avec "
    "ces raisons, ou accordez une exemption motivée."};
inline constexpr Message kConsentNeeded{
    "CONSENT_NEEDED", "No referral moves without the client’s consent to share the file.",
    "Aucun aiguillage n’avance sans le consentement de la personne à la communication de son "
    "dossier."};
inline constexpr Message kReasonsRequired{"REASONS_REQUIRED", "Give at least one reason.",
                                          "Donnez au moins une raison."};
inline constexpr Message kReasonUnknown{
    "REASON_UNKNOWN", "Give a criterion of the program, no_place or unreachable.",
    "Indiquez un critère du programme, no_place ou unreachable."};
inline constexpr Message kExemptionUnknown{"EXEMPTION_UNKNOWN",
                                           "Exempt only from criteria that do not pass.",
                                           "N’exemptez que de critères non remplis."};
inline constexpr Message kExemptionReason{
    "EXEMPTION_REASON",
    "Give the reason of the exemption: equivalent_experience, documents_seen or "
    "director_decision.",
    "Indiquez le motif de l’exemption : equivalent_experience, documents_seen ou "
    "director_decision."};

// Reasons staff give beside the criteria.
inline constexpr Message kNoPlace{"NO_PLACE", "The program has no place free at the moment.",
                                  "Le programme n’a pas de place libre en ce moment."};
inline constexpr Message kUnreachable{
    "UNREACHABLE",
    "The program could not reach the client. Check the contact details and refer again.",
    "Le programme n’a pas pu joindre la personne. Vérifiez les coordonnées et refaites "
    "l’aiguillage."};

// Milestones of the status feed.
inline constexpr Message kMilestoneReceived{"RECEIVED", "The program received the referral.",
                                            "Le programme a reçu l’aiguillage."};
inline constexpr Message kMilestoneUnderReview{
    "UNDER_REVIEW", "Staff are studying the application.", "Le personnel étudie la demande."};
inline constexpr Message kMilestoneAdmitted{"ADMITTED", "The client is admitted to the program.",
                                            "La personne est admise au programme."};
inline constexpr Message kMilestoneReturned{"RETURNED",
                                            "The application is returned to the agency.",
                                            "La demande est retournée à l’agence."};
inline constexpr Message kMilestoneWaitlisted{"WAITLISTED",
                                              "The client is on the program’s waiting list.",
                                              "La personne est sur la liste d’attente du "
                                              "programme."};
inline constexpr Message kMilestoneWithdrawn{"WITHDRAWN", "The application is withdrawn.",
                                             "La demande est retirée."};
inline constexpr Message kMilestoneReopened{"REOPENED", "The application is open again.",
                                            "La demande est rouverte."};
inline constexpr Message kMilestoneEnrolled{"ENROLLED", "The client is enrolled.",
                                            "La personne est inscrite."};
inline constexpr Message kMilestoneReady{
    "READY", "The client completed the preparation and may be matched.",
    "La personne a terminé la préparation et peut être jumelée."};
inline constexpr Message kMilestoneMatched{"MATCHED", "The client is matched with a mentor.",
                                           "La personne est jumelée."};
inline constexpr Message kMilestoneStarted{"STARTED",
                                           "The agreement is signed; the mentorship has begun.",
                                           "L’entente est signée; le mentorat a commencé."};
inline constexpr Message kMilestoneCompleted{"COMPLETED", "The mentorship is completed.",
                                             "Le mentorat est terminé."};
inline constexpr Message kMilestoneEndedEarly{"ENDED_EARLY", "The mentorship ended early.",
                                              "Le mentorat a pris fin avant terme."};
inline constexpr Message kMilestoneOutcome{"OUTCOME", "The client answered about their employment.",
                                           "La personne a répondu au sujet de son emploi."};

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_MESSAGES_H_
