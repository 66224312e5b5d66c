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
inline constexpr Message kControlCharacter{
    "CONTROL_CHARACTER", "This holds a character that cannot be shown. Type it again.",
    "Ceci contient un caractère qui ne s’affiche pas. Saisissez-le de nouveau."};
inline constexpr Message kExternalIdMalformed{
    "EXTERNAL_ID_MALFORMED", "Give your own key of the referral in 1 to 128 printable characters.",
    "Indiquez votre propre clé de l’aiguillage, de 1 à 128 caractères imprimables."};
inline constexpr Message kDateMalformed{"DATE_MALFORMED", "Give a real date as YYYY-MM-DD.",
                                        "Indiquez une vraie date : AAAA-MM-JJ."};
inline constexpr Message kBornLater{
    "BORN_LATER",
    "The person was born before the file was made. Correct this day or that of the file.",
    "La personne est née avant la date du dossier. Corrigez cette date ou celle du dossier."};
inline constexpr Message kBornLongAgo{
    "BORN_LONG_AGO", "This is more than 120 years before the file was made. Correct it.",
    "C’est plus de 120 ans avant la date du dossier. Corrigez cette date."};
inline constexpr Message kDayOutsideLife{
    "DAY_OUTSIDE_LIFE",
    "Give a day between the person’s birth and the day the file was made, as YYYY-MM-DD.",
    "Indiquez un jour entre la naissance de la personne et la date du dossier : AAAA-MM-JJ."};
inline constexpr Message kEmailMalformed{"EMAIL_MALFORMED", "Give an email such as name@place.ca.",
                                         "Indiquez un courriel comme nom@lieu.ca."};
inline constexpr Message kPhoneMalformed{
    "PHONE_MALFORMED",
    "Give a telephone number of 7 to 15 digits, such as 613-555-0142, or an email.",
    "Indiquez un numéro de téléphone de 7 à 15 chiffres, comme 613-555-0142, ou un courriel."};
inline constexpr Message kCodeUnknown{"CODE_UNKNOWN", "Choose one of: {0}.",
                                      "Choisissez parmi : {0}."};
inline constexpr Message kExternalIdSlash{
    "EXTERNAL_ID_SLASH",
    "The key of somebody who comes by themselves holds no slash. Leave it out.",
    "La clé d’une personne qui vient d’elle-même ne contient pas de barre oblique. Enlevez-la."};
inline constexpr Message kGivenTwice{"GIVEN_TWICE", "This is given twice. Give it once.",
                                     "Ceci est donné deux fois. Donnez-le une seule fois."};

// What is taken and ought to be looked at.
inline constexpr Message kNameGarbled{
    "NAME_GARBLED",
    "This holds letters that no name has: the file was read in a wrong character set before it "
    "came "
    "to us. Correct the name and send it again.",
    "Ceci contient des lettres qu’aucun nom ne contient : le fichier a été lu avec un mauvais jeu "
    "de "
    "caractères avant de nous parvenir. Corrigez le nom et envoyez-le de nouveau."};
inline constexpr Message kPhoneNotDialled{
    "PHONE_NOT_DIALLED",
    "This cannot be dialled. Give a telephone number of 7 to 15 digits, such as 613-555-0142.",
    "Ceci ne peut être composé. Indiquez un numéro de 7 à 15 chiffres, comme 613-555-0142."};
inline constexpr Message kAddressShared{
    "ADDRESS_SHARED",
    "Several people have this address. Check that each can be reached, and give an address of "
    "their "
    "own where there is one.",
    "Plusieurs personnes ont cette adresse. Vérifiez que chacune peut être jointe et indiquez une "
    "adresse qui lui soit propre s’il y en a une."};
inline constexpr Message kZerosLost{
    "ZEROS_LOST",
    "An earlier key of this agency is the same but for zeros before it: a spreadsheet may have "
    "taken "
    "them away. Check whether they are the same person.",
    "Une clé antérieure de cette agence est la même aux zéros initiaux près : un tableur les a "
    "peut-être enlevés. Vérifiez s’il s’agit de la même personne."};
inline constexpr Message kSamePerson{
    "SAME_PERSON", "This is the same person as {0}. They are one, and enrolled once.",
    "C’est la même personne que {0}. Elle n’en fait qu’une et n’est inscrite qu’une fois."};

// Facts.
inline constexpr Message kTooManyFacts{"TOO_MANY_FACTS", "Give at most 100 facts.",
                                       "Donnez au plus 100 faits."};
inline constexpr Message kFactUnknown{
    "FACT_UNKNOWN",
    "None of these programs knows this fact. Check its name in the registry of facts, or leave it "
    "out.",
    "Aucun de ces programmes ne connaît ce fait. Vérifiez son nom dans le registre des faits, ou "
    "ne "
    "l’indiquez pas."};
inline constexpr Message kFactOfOthers{
    "FACT_OF_OTHERS", "This is not asked of the side on which the person comes. Leave it out.",
    "Ceci ne se demande pas à qui vient à ce titre. Ne l’indiquez pas."};
inline constexpr Message kFactDerived{
    "FACT_DERIVED", "This is counted from what else is given. Leave it out.",
    "Ceci se calcule d’après le reste du dossier. Ne l’indiquez pas."};
inline constexpr Message kFactByPerson{
    "FACT_BY_PERSON", "Only the person can state this. Leave it out; they are asked for it.",
    "Seule la personne peut le déclarer. Ne l’indiquez pas; on le lui demandera."};
inline constexpr Message kFactByStaff{
    "FACT_BY_STAFF", "Only staff of the program attest this. Leave it out; they will add it.",
    "Seul le personnel du programme l’atteste. Ne l’indiquez pas; il l’ajoutera."};
inline constexpr Message kFactByAgency{
    "FACT_BY_AGENCY",
    "Only the agency or organization through which the person comes states this. Leave it out.",
    "Seul l’organisme par lequel vient la personne le déclare. Ne l’indiquez pas."};
inline constexpr Message kAttestedByStaff{
    "ATTESTED_BY_STAFF",
    "Only staff of the program attest facts. Leave out who attests, when and "
    "the note.",
    "Seul le personnel du programme atteste des faits. N’indiquez ni qui atteste, ni quand, ni la "
    "note."};

// What is volunteered.
inline constexpr Message kTooManyCodes{"TOO_MANY", "Give at most {0}.", "Donnez-en au plus {0}."};
inline constexpr Message kTraitUnknown{
    "TRAIT_UNKNOWN",
    "Give a wish or an attribute by its code, such as immigrant_experience, woman, speaks:ar or "
    "background:africa.",
    "Donnez un souhait ou une caractéristique par son code, par exemple immigrant_experience, "
    "woman, speaks:ar ou background:africa."};
inline constexpr Message kNotWished{
    "NOT_WISHED", "What is required is a wish too. Add it to the wishes.",
    "Ce qui est exigé est aussi un souhait. Ajoutez-le aux souhaits."};
inline constexpr Message kNotOfThisSide{
    "NOT_OF_THIS_SIDE", "Mentees give wishes, mentors attributes. Leave this empty.",
    "Les mentorés donnent des souhaits, les mentors des caractéristiques. Laissez ce champ vide."};
inline constexpr Message kVolunteeredConsent{
    "CONSENT_REQUIRED",
    "This is used for matching with the person’s consent only. Ask for it and say so here, or "
    "leave wishes and attributes out.",
    "Ceci ne sert au jumelage qu’avec le consentement de la personne. Demandez-le et indiquez-le "
    "ici, ou n’inscrivez ni souhaits ni caractéristiques."};
inline constexpr Message kVolunteeredByOthers{
    "VOLUNTEERED_BY_OTHERS", "Only the person and staff of the program say this. Leave it out.",
    "Seuls la personne et le personnel du programme le disent. N’inscrivez rien ici."};

// How somebody comes.
inline constexpr Message kSideUnknown{"SIDE_UNKNOWN",
                                      "Say whether they come as mentee or as mentor.",
                                      "Indiquez si la personne vient à titre de mentorée ou de "
                                      "mentore."};
inline constexpr Message kDoorUnknown{
    "DOOR_UNKNOWN", "Choose one of the doors: agency, self or proposer.",
    "Choisissez une des voies d’accès : agence, par soi-même ou proposition."};
inline constexpr Message kDoorNotYours{
    "DOOR_NOT_YOURS",
    "An agency refers and an organization proposes; other doors are not yours. Leave the door out.",
    "Une agence aiguille et un organisme propose; les autres voies ne sont pas les vôtres. "
    "N’indiquez pas de voie d’accès."};
inline constexpr Message kNoAgencyForSelf{
    "NO_AGENCY_FOR_SELF",
    "Who comes by themselves comes through no organization. Leave it out, or choose another door.",
    "Qui vient de soi-même ne passe par aucun organisme. N’en indiquez pas, ou choisissez une "
    "autre "
    "voie."};
inline constexpr Message kDoorClosed{
    "DOOR_CLOSED", "The program {0} does not take people in this way. Choose one of its doors.",
    "Le programme {0} n’accueille pas de personnes par cette voie. Choisissez une de ses voies "
    "d’accès."};
inline constexpr Message kKeyTaken{
    "KEY_TAKEN",
    "This key stands for another entry, which came in another way. Use a key of its own.",
    "Cette clé désigne une autre inscription, arrivée par une autre voie. Utilisez une clé qui lui "
    "soit propre."};
inline constexpr Message kKeySplit{
    "KEY_SPLIT",
    "In these programs this key stands for different entries. Submit for one program at a time.",
    "Dans ces programmes, cette clé désigne des inscriptions différentes. Soumettez pour un "
    "programme à la fois."};
inline constexpr Message kSomebodyElse{"SOMEBODY_ELSE",
                                       "Under this key stands somebody with another name, birth "
                                       "date and email. Give this person a key "
                                       "of their own.",
                                       "Sous cette clé figure une personne dont le nom, la date de "
                                       "naissance et le courriel sont autres. "
                                       "Donnez à celle-ci une clé qui lui soit propre."};
inline constexpr Message kOlderExport{
    "OLDER_EXPORT",
    "This file was made before the one that stands. Apply to further programs with the newest.",
    "Ce dossier est antérieur à celui qui figure déjà. Présentez la demande aux autres programmes "
    "avec le plus récent."};
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
inline constexpr Message kProgramsCount{"PROGRAMS_COUNT", "Name 1 to 30 different programs.",
                                        "Nommez de 1 à 30 programmes différents."};
inline constexpr Message kItemsCount{"ITEMS_COUNT", "Send 1 to 500 referrals at a time.",
                                     "Envoyez de 1 à 500 aiguillages à la fois."};
inline constexpr Message kOrganizationNotFound{"ORGANIZATION_NOT_FOUND",
                                               "There is no organization {0}. Check the name.",
                                               "Il n’y a pas d’organisme {0}. Vérifiez le nom."};
inline constexpr Message kPlacedStaff{
    "NOT_FOR_PLACED_STAFF",
    "This key is for the people of one organization; this goes beyond them. Ask the program’s own "
    "staff.",
    "Cette clé vaut pour les personnes d’un seul organisme; ceci va au-delà. Adressez-vous au "
    "personnel du programme."};
inline constexpr Message kCursorBeyondEnd{
    "CURSOR_BEYOND_END",
    "This cursor is beyond the end of the feed: it is of another system, or of a time before a "
    "restore. Begin again without a cursor; entries that you know come again.",
    "Ce curseur dépasse la fin du fil : il vient d’un autre système, ou d’avant une restauration. "
    "Recommencez sans curseur; des entrées déjà connues reviendront."};
inline constexpr Message kReferralNotFound{"REFERRAL_NOT_FOUND",
                                           "There is no referral {0}. Check the reference.",
                                           "Il n’y a pas d’aiguillage {0}. Vérifiez la référence."};
inline constexpr Message kApplicationNotFound{
    "APPLICATION_NOT_FOUND", "There is no application {0}. Check the reference.",
    "Il n’y a pas de demande {0}. Vérifiez la référence."};
inline constexpr Message kNotAdmitted{"NOT_ADMITTED",
                                      "The application is not admitted; its file is not given.",
                                      "La demande n’est pas admise; son dossier n’est pas "
                                      "communiqué."};
inline constexpr Message kLinkToItself{"LINK_TO_ITSELF", "Name two different referrals.",
                                       "Nommez deux aiguillages différents."};
inline constexpr Message kLinkOfStrangers{
    "LINK_OF_STRANGERS",
    "These two share neither e-mail nor name and birth date. Look at what differs; if they are one "
    "person all the same, confirm it (confirm_strangers).",
    "Ces deux dossiers n’ont en commun ni courriel, ni nom et date de naissance. Voyez ce qui "
    "diffère; s’il s’agit malgré tout d’une seule personne, confirmez-le (confirm_strangers)."};
inline constexpr Message kQueryMalformed{
    "QUERY_MALFORMED",
    "Give an e-mail address, or one to eight words of a name; three letters of a longer word do.",
    "Donnez une adresse courriel, ou d’un à huit mots d’un nom ; trois lettres d’un mot plus long "
    "suffisent."};
inline constexpr Message kApplicationWithdrawn{
    "APPLICATION_WITHDRAWN",
    "The application to {0} was withdrawn, so this file is not judged. Whoever withdrew it or "
    "staff "
    "of the program reopens it (ReopenApplication of {1}); it is judged on the newest file then.",
    "La demande à {0} a été retirée : ce dossier n’est donc pas évalué. L’organisme qui l’a "
    "retirée "
    "ou le personnel du programme la rouvre (ReopenApplication de {1}) ; elle est alors évaluée "
    "sur "
    "le dossier le plus récent."};
inline constexpr Message kNotLinked{"NOT_LINKED", "These two are not linked.",
                                    "Ces deux dossiers ne sont pas liés."};
inline constexpr Message kLinkedAlready{
    "LINKED_ALREADY", "These two are linked as one person. Undo the link first.",
    "Ces deux dossiers sont liés : une seule personne. Annulez d’abord le lien."};
inline constexpr Message kDiffersName{"DIFFERS_NAME", "The names differ.", "Les noms diffèrent."};
inline constexpr Message kDiffersBirthDate{"DIFFERS_BIRTH_DATE", "The birth dates differ.",
                                           "Les dates de naissance diffèrent."};
inline constexpr Message kDiffersEmail{"DIFFERS_EMAIL", "The e-mail addresses differ.",
                                       "Les adresses courriel diffèrent."};
inline constexpr Message kDiffersPhone{"DIFFERS_PHONE", "The phone numbers differ.",
                                       "Les numéros de téléphone diffèrent."};

// What a link of two entries, or undoing it, changes.
inline constexpr Message kEffectOnePerson{
    "ONE_PERSON",
    "Both entries are one person from now on: one mentor at a time, once in every figure. Each "
    "source goes on seeing its own entry only.",
    "Les deux dossiers désignent désormais une seule personne : un seul mentor à la fois, comptée "
    "une seule fois. Chaque source continue de ne voir que son propre dossier."};
inline constexpr Message kEffectOneEnrolment{
    "ONE_ENROLMENT",
    "In {0} they are one enrolment: that which is ready, else came first, goes on, and the other "
    "stands behind it until the link is undone.",
    "Dans {0}, une seule inscription compte : celle qui est prête, sinon la première, se poursuit, "
    "et l’autre reste en retrait tant que le lien existe."};
inline constexpr Message kEffectNeverPaired{
    "NEVER_PAIRED", "In {0} the person is mentee and mentor, and is never proposed to themselves.",
    "Dans {0}, la personne est à la fois mentorée et mentore : elle n’est jamais jumelée à "
    "elle-même."};
inline constexpr Message kEffectTwoPeople{
    "TWO_PEOPLE", "The two entries are two people again, as before the link.",
    "Les deux dossiers désignent de nouveau deux personnes, comme avant le lien."};
inline constexpr Message kEffectOwnEnrolment{
    "OWN_ENROLMENT",
    "In {0} each has an enrolment of their own again, where it stood before the link.",
    "Dans {0}, chacune retrouve sa propre inscription, là où elle en était avant le lien."};

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
    "CONSENT_NEEDED",
    "Nobody is admitted without their consent to share the file. Ask for it and submit again.",
    "Nul n’est admis sans son consentement à la communication du dossier. Demandez-le et soumettez "
    "de nouveau."};
inline constexpr Message kConsentIsThePersons{
    "CONSENT_IS_THE_PERSONS",
    "The person withdrew this consent or limited it, themselves or through staff. They give it "
    "again themselves, or ask staff to.",
    "La personne a retiré ou limité ce consentement, elle-même ou par l’entremise du personnel. "
    "Elle le redonne elle-même ou le demande au personnel."};
inline constexpr Message kConsentTooOften{
    "CONSENT_TOO_OFTEN",
    "This consent was changed too often. Withdraw the application and refer the person anew.",
    "Ce consentement a été modifié trop souvent. Retirez la demande et refaites l’aiguillage."};
inline constexpr Message kConsentDecision{"CONSENT_DECISION",
                                          "Say whether consent is given or withdrawn.",
                                          "Indiquez si le consentement est donné ou retiré."};
inline constexpr Message kConsentExpires{
    "CONSENT_EXPIRES", "Give a time to come, or none; what is withdrawn has none.",
    "Indiquez un moment à venir, ou aucun; un retrait n’en a pas."};
inline constexpr Message kReasonsRequired{"REASONS_REQUIRED", "Give at least one reason.",
                                          "Donnez au moins une raison."};
inline constexpr Message kReasonUnknown{
    "REASON_UNKNOWN", "Give a criterion of the program, no_place or unreachable.",
    "Indiquez un critère du programme, no_place ou unreachable."};
inline constexpr Message kExemptionUnknown{"EXEMPTION_UNKNOWN",
                                           "Exempt only from criteria that do not pass.",
                                           "N’exemptez que de critères non remplis."};
inline constexpr Message kExemptionReason{"EXEMPTION_REASON",
                                          "Give the reason of the exemption, one of: {0}.",
                                          "Indiquez le motif de l’exemption, parmi : {0}."};

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
inline constexpr Message kMilestoneAdmitted{"ADMITTED", "The person is admitted to the program.",
                                            "La personne est admise au programme."};
inline constexpr Message kMilestoneReturned{"RETURNED",
                                            "The application is returned to the agency.",
                                            "La demande est retournée à l’agence."};
inline constexpr Message kMilestoneWaitlisted{"WAITLISTED",
                                              "The person is on the program’s waiting list.",
                                              "La personne est sur la liste d’attente du "
                                              "programme."};
inline constexpr Message kMilestoneWithdrawn{"WITHDRAWN", "The application is withdrawn.",
                                             "La demande est retirée."};
inline constexpr Message kMilestoneReopened{"REOPENED", "The application is open again.",
                                            "La demande est rouverte."};
inline constexpr Message kMilestoneEnrolled{"ENROLLED", "The person is enrolled.",
                                            "La personne est inscrite."};
inline constexpr Message kMilestoneReady{
    "READY", "The person completed the preparation and may be matched.",
    "La personne a terminé la préparation et peut être jumelée."};
inline constexpr Message kMilestoneMatched{"MATCHED", "The person is matched.",
                                           "La personne est jumelée."};
inline constexpr Message kMilestoneStarted{"STARTED", "The mentoring has begun.",
                                           "L’accompagnement a commencé."};
inline constexpr Message kMilestoneCompleted{"COMPLETED", "The mentoring is completed.",
                                             "L’accompagnement est terminé."};
inline constexpr Message kMilestoneEndedEarly{"ENDED_EARLY", "The mentoring ended early.",
                                              "L’accompagnement a pris fin avant terme."};
inline constexpr Message kMilestoneOutcomeAmended{
    "OUTCOME_AMENDED", "What was told of the person’s employment was put right.",
    "Ce qui avait été dit de l’emploi de la personne a été corrigé."};
inline constexpr Message kMilestoneOutcome{
    "OUTCOME", "There is news of the person’s employment.",
    "Il y a du nouveau au sujet de l’emploi de la personne."};

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_MESSAGES_H_
