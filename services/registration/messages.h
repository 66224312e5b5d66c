#ifndef TREMPLIN_SERVICES_REGISTRATION_MESSAGES_H_
#define TREMPLIN_SERVICES_REGISTRATION_MESSAGES_H_

#include "common/messages/message.h"

// What registration says to people, in both languages.
namespace tremplin::registration {

using messages::Message;

// Fields.
inline constexpr Message kRequired{"REQUIRED", "This is required.", "Ce champ est requis."};
inline constexpr Message kTooLong{"TOO_LONG", "Give at most {0} characters.",
                                  "Donnez au plus {0} caractères."};
inline constexpr Message kControlCharacter{
    "CONTROL_CHARACTER", "This holds a character that cannot be shown. Type it again.",
    "Ceci contient un caractère qui ne s’affiche pas. Saisissez-le de nouveau."};
inline constexpr Message kTooMany{"TOO_MANY", "Give at most {0}.", "Donnez-en au plus {0}."};
inline constexpr Message kOutOfRange{"OUT_OF_RANGE", "Give a number from {0} to {1}.",
                                     "Donnez un nombre de {0} à {1}."};
inline constexpr Message kRepeated{"REPEATED", "This is given twice. Give it once.",
                                   "Ceci est donné deux fois. Donnez-le une seule fois."};
inline constexpr Message kNotAllowedHere{
    "NOT_ALLOWED_HERE", "This does not go with the rest of the request. Leave it empty.",
    "Ceci ne va pas avec le reste de la demande. Laissez ce champ vide."};
inline constexpr Message kSlugInvalid{
    "ID_INVALID", "Use 1 to 63 lower-case letters, digits and hyphens.",
    "Utilisez de 1 à 63 minuscules sans accent, chiffres et traits d’union."};
inline constexpr Message kBusinessKeyInvalid{
    "BUSINESS_KEY_INVALID", "Use 1 to 128 letters, digits and the signs - _ . : without spaces.",
    "Utilisez de 1 à 128 lettres sans accent, chiffres et signes - _ . : sans espace."};
inline constexpr Message kEmailInvalid{"EMAIL_INVALID",
                                       "Give an address of the form name@place.ca.",
                                       "Donnez une adresse de la forme nom@lieu.ca."};
inline constexpr Message kDateInvalid{
    "DATE_INVALID", "Give a real date of the past as YYYY-MM-DD.",
    "Donnez une date réelle et passée, sous la forme AAAA-MM-JJ."};
inline constexpr Message kLanguageInvalid{"LANGUAGE_INVALID", "Give “en” or “fr”.",
                                          "Donnez « en » ou « fr »."};
inline constexpr Message kNocUnknown{
    "NOC_UNKNOWN", "Give the five digits of a unit group of the NOC 2021.",
    "Donnez les cinq chiffres d’un groupe de base de la CNP 2021."};
inline constexpr Message kNaicsUnknown{
    "NAICS_UNKNOWN", "Give a sector or subsector of the NAICS Canada 2022.",
    "Donnez un secteur ou un sous-secteur du SCIAN Canada 2022."};
inline constexpr Message kFsaInvalid{
    "FSA_INVALID", "Give the first three characters of a Canadian postal code, such as K1N.",
    "Donnez les trois premiers caractères d’un code postal canadien, par exemple K1N."};
inline constexpr Message kSlotInvalid{
    "SLOT_INVALID", "Give a weekly slot such as mon-evening (mon to sun; morning, noon, evening).",
    "Donnez une plage hebdomadaire comme mon-evening (mon à sun ; morning, noon, evening)."};
inline constexpr Message kGoalUnknown{
    "GOAL_UNKNOWN",
    "Give a goal: first_job_in_profession, understand_hiring, network, licensing, "
    "language_at_work, change_of_career or start_a_business.",
    "Donnez un objectif : first_job_in_profession, understand_hiring, network, licensing, "
    "language_at_work, change_of_career ou start_a_business."};
inline constexpr Message kTraitUnknown{
    "TRAIT_UNKNOWN",
    "Give a wish or an attribute by its code, such as immigrant_experience, woman, speaks:ar or "
    "background:africa.",
    "Donnez un souhait ou une caractéristique par son code, par exemple immigrant_experience, "
    "woman, speaks:ar ou background:africa."};
inline constexpr Message kNotWished{
    "NOT_WISHED", "What is required is a wish too. Add it to the wishes.",
    "Ce qui est exigé est aussi un souhait. Ajoutez-le aux souhaits."};
inline constexpr Message kConsentRequired{
    "CONSENT_REQUIRED",
    "This is used for matching with the person’s consent only. Ask for it and say so here, or "
    "leave wishes and attributes out.",
    "Ceci ne sert au jumelage qu’avec le consentement de la personne. Demandez-le et indiquez-le "
    "ici, ou n’inscrivez ni souhaits ni caractéristiques."};
inline constexpr Message kVolunteeredByOthers{
    "VOLUNTEERED_BY_OTHERS", "Only the person and staff of the program say this. Leave it out.",
    "Seuls la personne et le personnel du programme le disent. N’inscrivez rien ici."};
inline constexpr Message kChooseOne{"CHOOSE_ONE", "Choose one of the values offered.",
                                    "Choisissez une des valeurs offertes."};
inline constexpr Message kTimeInvalid{"TIME_INVALID",
                                      "Give a time between the years 2000 and 2200.",
                                      "Donnez un moment entre les années 2000 et 2200."};
inline constexpr Message kKeyHashInvalid{
    "KEY_HASH_INVALID", "Give the SHA-256 of the key in 64 lower-case hexadecimal digits.",
    "Donnez le SHA-256 de la clé en 64 chiffres hexadécimaux minuscules."};

// Organizations, keys, programs.
inline constexpr Message kOrganizationNotFound{
    "ORGANIZATION_NOT_FOUND", "There is no organization {0}. Check its id.",
    "Il n’y a pas d’organisme {0}. Vérifiez son identifiant."};
inline constexpr Message kOrganizationExists{
    "ORGANIZATION_EXISTS", "There is already an organization {0}. Choose another id.",
    "Il y a déjà un organisme {0}. Choisissez un autre identifiant."};
inline constexpr Message kNotAnAgency{
    "NOT_AN_AGENCY", "{0} does not act as an agency here. Name an organization that does.",
    "{0} n’agit pas ici comme agence. Nommez un organisme qui le fait."};
inline constexpr Message kApiKeyNotFound{"API_KEY_NOT_FOUND",
                                         "There is no such key, or it no longer holds.",
                                         "Cette clé n’existe pas ou n’est plus valide."};
inline constexpr Message kProgramNotFound{
    "PROGRAM_NOT_FOUND", "There is no program {0}. Check its id.",
    "Il n’y a pas de programme {0}. Vérifiez son identifiant."};

// People and enrolments.
inline constexpr Message kPersonNotFound{"PERSON_NOT_FOUND",
                                         "There is no such person for you to see.",
                                         "Cette personne n’existe pas ou ne vous est pas visible."};
inline constexpr Message kEnrolmentNotFound{
    "ENROLMENT_NOT_FOUND", "There is no such enrolment for you to see.",
    "Cette inscription n’existe pas ou ne vous est pas visible."};
inline constexpr Message kEnrolmentExists{
    "ENROLMENT_EXISTS", "Somebody is already enrolled under the key {0} in this program.",
    "Une personne est déjà inscrite sous la clé {0} dans ce programme."};
inline constexpr Message kDoorClosed{
    "DOOR_CLOSED", "This program does not take people in this way. Choose one of its doors.",
    "Ce programme n’accueille pas de personnes par cette voie. Choisissez une de ses voies "
    "d’accès."};
inline constexpr Message kOrganizationForeign{
    "ORGANIZATION_FOREIGN", "You propose people for your own organization only, as a proposer.",
    "Vous proposez des personnes pour votre propre organisme seulement, à titre de proposant."};
inline constexpr Message kEnrolmentEnded{
    "ENROLMENT_ENDED", "This enrolment has ended; it can no longer change.",
    "Cette inscription a pris fin ; elle ne peut plus changer."};
inline constexpr Message kStepUnknown{
    "STEP_UNKNOWN", "The program has no step {0}. Choose one of its steps.",
    "Le programme n’a pas d’étape {0}. Choisissez une de ses étapes."};
inline constexpr Message kStepDone{"STEP_DONE", "The step {0} is already done.",
                                   "L’étape {0} est déjà faite."};
inline constexpr Message kStepOutOfOrder{"STEP_OUT_OF_ORDER",
                                         "The step {0} comes first. Do it now.",
                                         "L’étape {0} vient avant. Faites-la d’abord."};
inline constexpr Message kGateResultRequired{
    "GATE_RESULT_REQUIRED", "This step decides who goes on. Say whether the person is invited on.",
    "Cette étape décide de la suite. Dites si la personne est invitée à continuer."};
inline constexpr Message kGateResultRefused{
    "GATE_RESULT_REFUSED", "This step decides nothing. Leave the result of a gate out.",
    "Cette étape ne décide de rien. Ne donnez pas de résultat."};
inline constexpr Message kNotAMentor{"NOT_A_MENTOR", "Only a mentor has a number of places.",
                                     "Seul un mentor, une mentore a un nombre de places."};

// Business time.
inline constexpr Message kNotDemo{"NOT_DEMO",
                                  "Business time can be set in demonstration mode only.",
                                  "L’heure d’affaires ne se règle qu’en mode de démonstration."};
inline constexpr Message kBusinessTimeBackwards{
    "BUSINESS_TIME_BACKWARDS", "Business time is already {0}. It never goes back.",
    "L’heure d’affaires est déjà {0}. Elle ne recule jamais."};

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_MESSAGES_H_
