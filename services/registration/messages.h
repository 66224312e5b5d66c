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
inline constexpr Message kFsaInvalid{
    "FSA_INVALID", "Give the first three characters of a Canadian postal code, such as K1N.",
    "Donnez les trois premiers caractères d’un code postal canadien, par exemple K1N."};
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
inline constexpr Message kFactsNotPublished{
    "FACTS_NOT_PUBLISHED",
    "No registry of facts is published yet. Publish the facts first, then what rests on them.",
    "Aucun registre des faits n’est encore publié. Publiez d’abord les faits, puis ce qui s’appuie "
    "sur eux."};
inline constexpr Message kFactInUse{
    "FACT_IN_USE",
    "The program {1} names the fact {0}. Keep the fact with its type, or publish the program "
    "without it first.",
    "Le programme {1} nomme le fait {0}. Gardez ce fait et son type, ou publiez d’abord le "
    "programme sans lui."};
inline constexpr Message kOrganizationUnknown{
    "ORGANIZATION_UNKNOWN", "There is no organization {0}. Create it first, or correct its id.",
    "Il n’y a pas d’organisme {0}. Créez-le d’abord, ou corrigez son identifiant."};
inline constexpr Message kKeyOfOneProgram{
    "KEY_OF_ONE_PROGRAM",
    "This key acts in the program {0} only. Ask for a key that holds for all programs.",
    "Cette clé n’agit que dans le programme {0}. Demandez une clé valable pour tous les "
    "programmes."};

// People and enrolments.
inline constexpr Message kPersonNotFound{"PERSON_NOT_FOUND",
                                         "There is no such person for you to see.",
                                         "Cette personne n’existe pas ou ne vous est pas visible."};
inline constexpr Message kNoConsentThere{
    "NO_CONSENT_THERE",
    "The person did not come through that organization. Name one of those they came through, or "
    "none for all.",
    "La personne n’est pas venue par cet organisme. Nommez l’un de ceux par lesquels elle est "
    "venue, ou aucun pour tous."};
inline constexpr Message kEnrolmentNotFound{
    "ENROLMENT_NOT_FOUND", "There is no such enrolment for you to see.",
    "Cette inscription n’existe pas ou ne vous est pas visible."};
inline constexpr Message kEnrolmentEnded{
    "ENROLMENT_ENDED", "This enrolment has ended; it can no longer change.",
    "Cette inscription a pris fin ; elle ne peut plus changer."};
inline constexpr Message kEnrolmentBehind{
    "ENROLMENT_BEHIND",
    "This person is enrolled here by another way too, and {0} counts. Do it there, or undo the "
    "link "
    "of the two first.",
    "Cette personne est aussi inscrite ici par une autre voie, et c’est {0} qui compte. Faites-le "
    "là, ou annulez d’abord le lien des deux."};
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
inline constexpr Message kStepNotYours{
    "STEP_NOT_YOURS", "The step {0} is recorded by staff of the program. Ask them.",
    "L’étape {0} est inscrite par le personnel du programme. Adressez-vous à lui."};
inline constexpr Message kFactUnknown{
    "FACT_UNKNOWN", "The program knows no such fact that can be given. Choose one of its facts.",
    "Le programme ne connaît pas de tel fait à donner. Choisissez un de ses faits."};
inline constexpr Message kFactOfOtherSide{
    "FACT_OF_OTHER_SIDE", "This fact is not asked of this side. Leave it out.",
    "Ce fait ne concerne pas cette partie. Ne l’inscrivez pas."};
inline constexpr Message kFactNotForMatching{
    "FACT_NOT_FOR_MATCHING",
    "Matching does not use this fact. Correct it in the file by which the person came.",
    "Le jumelage n’emploie pas ce fait. Corrigez-le dans le dossier par lequel la personne est "
    "venue."};
inline constexpr Message kFactNotYours{
    "FACT_NOT_YOURS", "This fact is stated by others. Ask staff of the program to do it.",
    "Ce fait est énoncé par d’autres. Demandez au personnel du programme de le faire."};

// Who signs in.
inline constexpr Message kEmailWanted{
    "EMAIL_INVALID", "Give an e-mail address, such as amal@example.org.",
    "Donnez une adresse de courriel, par exemple amal@example.org."};
inline constexpr Message kLanguageWanted{"LANGUAGE_INVALID", "Give en or fr.", "Donnez en ou fr."};
inline constexpr Message kAccountOrStaff{
    "ACCOUNT_OR_STAFF", "Name an account, or say who somebody new is: one of the two.",
    "Nommez un compte, ou dites qui est la nouvelle personne : l’un des deux."};
inline constexpr Message kAccountNotFound{"ACCOUNT_NOT_FOUND",
                                          "There is no such account for you to see.",
                                          "Ce compte n’existe pas ou ne vous est pas visible."};
inline constexpr Message kRoleNotFound{"ROLE_NOT_FOUND", "There is no such role for you to see.",
                                       "Ce rôle n’existe pas ou ne vous est pas visible."};
inline constexpr Message kRoleNotYoursToGrant{
    "ROLE_NOT_YOURS_TO_GRANT",
    "You cannot grant this role. A manager grants roles in their own program, and none of "
    "operators; logins are the operators’ to add.",
    "Vous ne pouvez pas accorder ce rôle. Les gestionnaires accordent des rôles dans leur propre "
    "programme, mais pas ceux d’exploitation; les ouvertures de session par un fournisseur sont "
    "ajoutées par l’exploitation."};
inline constexpr Message kRolesTooMany{"ROLES_TOO_MANY",
                                       "The account has {0} roles already. Revoke some first.",
                                       "Le compte a déjà {0} rôles. Révoquez-en d’abord."};
inline constexpr Message kSiteUnknown{
    "SITE_UNKNOWN", "The organization has no such site. Choose one of its sites.",
    "L’organisme n’a pas de tel lieu. Choisissez un de ses lieux."};
inline constexpr Message kLoginTaken{
    "LOGIN_TAKEN", "This login signs in another account. Check issuer and subject.",
    "Cette identité ouvre déjà un autre compte. Vérifiez le fournisseur et l’identifiant."};
inline constexpr Message kLinkOver{
    "SIGN_IN_LINK_OVER",
    "This link was used already, or is too old. Ask for a new one: each opens once, within 15 "
    "minutes.",
    "Ce lien a déjà servi ou est trop ancien. Demandez-en un nouveau : chacun s’ouvre une seule "
    "fois, dans les 15 minutes."};
inline constexpr Message kNoRoleHere{
    "NO_ROLE_HERE", "You have no role here at present. Ask your program’s staff to give you one.",
    "Vous n’avez actuellement aucun rôle ici. Demandez au personnel de votre programme de vous en "
    "donner un."};
inline constexpr Message kNotASession{
    "NOT_A_SESSION", "This is for who has signed in; you came with an API key.",
    "Ceci s’adresse à qui a ouvert une session; vous êtes venu avec une clé d’API."};
inline constexpr Message kSessionNotFound{"SESSION_NOT_FOUND",
                                          "You have no such session, or it has ended.",
                                          "Vous n’avez pas de telle session, ou elle a pris fin."};
inline constexpr Message kNoIssuer{
    "NO_ISSUER", "No sign-in service is connected here. Sign in with a link sent by e-mail.",
    "Aucun service de connexion n’est relié ici. Connectez-vous par un lien envoyé par courriel."};
inline constexpr Message kSignInOver{
    "SIGN_IN_OVER",
    "This sign-in took too long, was finished already, or was begun in another browser. Begin "
    "anew.",
    "Cette connexion a duré trop longtemps, est déjà terminée ou a commencé dans un autre "
    "navigateur. Recommencez."};
inline constexpr Message kIssuerRefused{
    "ISSUER_REFUSED",
    "The sign-in service did not confirm who you are. Begin anew; if it happens again, tell the "
    "operations team.",
    "Le service de connexion n’a pas confirmé votre identité. Recommencez; si cela se reproduit, "
    "prévenez l’équipe d’exploitation."};
inline constexpr Message kLoginUnknown{
    "LOGIN_UNKNOWN",
    "You are known to the sign-in service but have no role here yet. Ask your program’s staff to "
    "give you one.",
    "Le service de connexion vous connaît, mais vous n’avez pas encore de rôle ici. Demandez au "
    "personnel de votre programme de vous en donner un."};
inline constexpr Message kPathNotOwn{
    "PATH_NOT_OWN", "Give a path of this system, beginning with one slash.",
    "Donnez un chemin de ce système, qui commence par une seule barre oblique."};

// Business time.
inline constexpr Message kNotDemo{"NOT_DEMO",
                                  "Business time can be set in demonstration mode only.",
                                  "L’heure d’affaires ne se règle qu’en mode de démonstration."};
inline constexpr Message kBusinessTimeBackwards{
    "BUSINESS_TIME_BACKWARDS", "Business time is already {0}. It never goes back.",
    "L’heure d’affaires est déjà {0}. Elle ne recule jamais."};

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_MESSAGES_H_
