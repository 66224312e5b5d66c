#ifndef TREMPLIN_SERVICES_SESSION_MESSAGES_H_
#define TREMPLIN_SERVICES_SESSION_MESSAGES_H_

#include "common/messages/message.h"

// What session says to people, in both languages.
namespace tremplin::session {

using messages::Message;

// Not found, or not the caller's to see: nobody learns which.
inline constexpr Message kEngagementNotFound{
    "ENGAGEMENT_NOT_FOUND",
    "There is no such engagement among those you may see. Look it up in your list.",
    "Il n’y a pas d’engagement de ce nom parmi ceux que vous pouvez voir. Cherchez-le dans votre "
    "liste."};
inline constexpr Message kSessionNotFound{
    "SESSION_NOT_FOUND",
    "There is no such session in this engagement. Look it up in its list of sessions.",
    "Il n’y a pas de séance de ce nom dans cet engagement. Cherchez-la dans sa liste de séances."};
inline constexpr Message kProgramNotFound{
    "PROGRAM_NOT_FOUND", "There is no such program among those you may see. Check its name.",
    "Il n’y a pas de programme de ce nom parmi ceux que vous pouvez voir. Vérifiez son nom."};
inline constexpr Message kEnrolmentNotFound{
    "ENROLMENT_NOT_FOUND", "There is no such enrolment among those you may see. Check its name.",
    "Il n’y a pas d’inscription de ce nom parmi celles que vous pouvez voir. Vérifiez son nom."};

// What an engagement's state does not allow.
inline constexpr Message kAgreementPending{
    "AGREEMENT_PENDING", "It begins when all have signed what the start waits for. Sign it first.",
    "Cela commence quand tous ont signé ce que le début attend. Signez d’abord."};
inline constexpr Message kAlreadyActive{"ENGAGEMENT_ACTIVE",
                                        "What the start waited for is signed; it is under way.",
                                        "Ce que le début attendait est signé; c’est en cours."};
inline constexpr Message kEngagementEnded{
    "ENGAGEMENT_ENDED", "It has ended. Ask program staff if something is to be put right.",
    "C’est terminé. Adressez-vous au personnel du programme s’il faut corriger quelque chose."};
inline constexpr Message kNotEndedYet{
    "ENGAGEMENT_NOT_ENDED",
    "It has not ended for this person. Answer when it has, or say so when leaving.",
    "Ce n’est pas terminé pour cette personne. Répondez quand ce le sera, ou dites-le en partant."};
inline constexpr Message kNotInIt{
    "NOT_IN_ENGAGEMENT",
    "This person is not in the engagement, or no longer. Name somebody who is.",
    "Cette personne n’en fait pas partie, ou n’en fait plus partie. Nommez quelqu’un qui en fait "
    "partie."};
inline constexpr Message kLeaveInstead{
    "LEAVE_INSTEAD",
    "The others can go on without you. Leave it, or ask program staff to end it for all.",
    "Les autres peuvent continuer sans vous. Quittez-le, ou demandez au personnel d’y mettre fin "
    "pour tous."};
inline constexpr Message kEnrolmentIsEnded{
    "ENROLMENT_ENDED",
    "Their enrolment has ended, so they cannot be matched again. They may enrol anew.",
    "Leur inscription a pris fin; un nouveau jumelage n’est pas possible. Une nouvelle inscription "
    "l’est."};
inline constexpr Message kAlreadySigned{
    "ALREADY_SIGNED", "You have signed this document already; there is nothing left to do.",
    "Vous avez déjà signé ce document; il n’y a plus rien à faire."};
inline constexpr Message kSigningLate{
    "SIGNING_LATE",
    "The time to sign has run out; the match is lapsing. Program staff can propose again.",
    "Le délai de signature est écoulé; le jumelage devient caduc. Le personnel peut proposer de "
    "nouveau."};
inline constexpr Message kClosing{
    "ENGAGEMENT_CLOSING", "The time after the term has run out; it is closing. Ask program staff.",
    "Le délai après l’échéance est écoulé; cela se clôt. Adressez-vous au personnel du programme."};
inline constexpr Message kNotDueYet{"NOT_DUE_YET", "It is not due yet. Try again when it is.",
                                    "Ce n’est pas encore échu. Réessayez à l’échéance."};
inline constexpr Message kTermNotReached{
    "TERM_NOT_REACHED",
    "The term is not reached: complete it because the goals are met, or end it early.",
    "L’échéance n’est pas atteinte : terminez-le parce que les objectifs sont atteints, ou "
    "mettez-y fin plus tôt."};
inline constexpr Message kNotOverYet{
    "SESSION_NOT_OVER", "A session is logged when it is over. Log this one from {0} on.",
    "Une séance se consigne quand elle est finie. Consignez celle-ci à partir du {0}."};
inline constexpr Message kHeldBeforeStart{
    "HELD_BEFORE_START", "This session began before the engagement did. Check its time.",
    "Cette séance a commencé avant l’engagement. Vérifiez l’heure."};
inline constexpr Message kHeldAfterEnd{
    "HELD_AFTER_END", "This session began after the engagement had ended. Check its time.",
    "Cette séance a commencé après la fin de l’engagement. Vérifiez l’heure."};
inline constexpr Message kLengthUnusual{
    "LENGTH_UNUSUAL",
    "Sessions here last {0} to {1} minutes. Check the length, and confirm it if it is right.",
    "Ici, une séance dure de {0} à {1} minutes. Vérifiez la durée, et confirmez-la si elle est "
    "juste."};
inline constexpr Message kSessionOverlaps{
    "SESSION_OVERLAPS",
    "A session at this time is logged already: {0}. If it is the same meeting, correct that one.",
    "Une séance est déjà consignée à ce moment : {0}. Si c’est la même rencontre, corrigez "
    "celle-là."};
inline constexpr Message kSessionStruck{
    "SESSION_STRUCK", "This session was struck. Log it anew if it was held.",
    "Cette séance a été rayée. Consignez-la de nouveau si elle a eu lieu."};
inline constexpr Message kExtensionTooLong{
    "EXTENSION_TOO_LONG", "The program allows {0} more days at most. Ask for fewer.",
    "Le programme permet au plus {0} jours de plus. Demandez-en moins."};
inline constexpr Message kGoalsTooMany{
    "GOALS_TOO_MANY", "A plan has {0} goals at most. Change one of them instead.",
    "Un plan compte au plus {0} objectifs. Modifiez plutôt l’un d’eux."};
inline constexpr Message kNoIntroductions{
    "NO_INTRODUCTIONS",
    "This format leads to no introductions. Propose a match through program staff.",
    "Ce type de rencontre ne mène à aucune mise en relation. Passez par le personnel du "
    "programme."};
inline constexpr Message kIntroductionsTooMany{
    "INTRODUCTIONS_TOO_MANY",
    "{0} introductions are noted, which is the most. Propose further ones through program staff.",
    "{0} mises en relation sont notées, c’est le maximum. Pour d’autres, passez par le personnel."};
inline constexpr Message kAlreadyIntroduced{
    "ALREADY_INTRODUCED", "This introduction has been noted already; there is nothing left to do.",
    "Cette mise en relation est déjà notée; il n’y a plus rien à faire."};
inline constexpr Message kContinueTooLate{
    "CONTINUE_TOO_LATE",
    "A wish to go on is taken until {0} days after the end. Ask program staff to propose it.",
    "Le souhait de continuer se dit au plus tard {0} jours après la fin. Demandez au personnel de "
    "le proposer."};
inline constexpr Message kContinuationAgreed{
    "CONTINUATION_AGREED", "All have agreed to go on; the next engagement is being made.",
    "Tous ont convenu de continuer; l’engagement suivant se prépare."};

// Faults of a request's fields.
inline constexpr Message kMinutesOutOfRange{
    "MINUTES_OUT_OF_RANGE", "A session lasts 1 to 1440 minutes. Give its length.",
    "Une séance dure de 1 à 1440 minutes. Indiquez sa durée."};
inline constexpr Message kContactRequired{
    "CONTACT_REQUIRED", "Say how they met: in person, by video, by call or by mail.",
    "Dites comment la rencontre a eu lieu : en personne, par vidéo, par appel ou par courriel."};
inline constexpr Message kHeldTimeRequired{"HELD_TIME_REQUIRED", "Say when the session began.",
                                           "Dites quand la séance a commencé."};
inline constexpr Message kAttendedUnknown{
    "ATTENDED_UNKNOWN", "Name only people who were in the engagement on that day.",
    "Ne nommez que des personnes qui en faisaient partie ce jour-là."};
inline constexpr Message kAttendedTooFew{
    "ATTENDED_TOO_FEW", "A session brings at least two people together. Name all who were there.",
    "Une séance réunit au moins deux personnes. Nommez toutes celles qui étaient là."};
inline constexpr Message kCorrectionReasonUnknown{"REASON_UNKNOWN", "Give one of the reasons: {0}.",
                                                  "Donnez l’une des raisons : {0}."};
inline constexpr Message kRatingOutOfRange{"RATING_OUT_OF_RANGE",
                                           "The rating of the time together is 1 to 10. Give one.",
                                           "La note de la rencontre va de 1 à 10. Donnez-en une."};
inline constexpr Message kRatingWithoutMeeting{
    "RATING_WITHOUT_MEETING", "There is nothing to rate when they did not meet. Leave it out.",
    "Il n’y a rien à noter sans rencontre. N’indiquez pas de note."};
inline constexpr Message kReviewStatusRequired{"REVIEW_STATUS_REQUIRED",
                                               "Say whether it is on track or at risk.",
                                               "Dites si cela va bien ou si c’est à risque."};
inline constexpr Message kDaysOutOfRange{"DAYS_OUT_OF_RANGE", "Name 1 to 3650 days.",
                                         "Indiquez de 1 à 3650 jours."};
inline constexpr Message kReasonUnknown{"REASON_UNKNOWN", "Give one of the reasons: {0}.",
                                        "Donnez l’une des raisons : {0}."};
inline constexpr Message kDocumentUnknown{
    "DOCUMENT_UNKNOWN", "Name a document of this format that your side signs.",
    "Nommez un document de ce type d’engagement que votre partie signe."};
inline constexpr Message kDocumentRequired{"DOCUMENT_REQUIRED", "Say which document you sign.",
                                           "Dites quel document vous signez."};
inline constexpr Message kGoalUnknown{
    "GOAL_UNKNOWN", "The plan has no such goal. Take its id from the plan, or add it without one.",
    "Le plan n’a pas cet objectif. Prenez son identifiant dans le plan, ou ajoutez-le sans."};
inline constexpr Message kGoalCodeUnknown{"GOAL_CODE_UNKNOWN",
                                          "Take a goal of the vocabulary, such as {0}.",
                                          "Choisissez un objectif du vocabulaire, comme {0}."};
inline constexpr Message kProgressOutOfRange{"PROGRESS_OUT_OF_RANGE",
                                             "The progress is 0 to 100. Give it in percent.",
                                             "Le progrès va de 0 à 100. Donnez-le en pourcentage."};
inline constexpr Message kPhaseUnknown{"PHASE_UNKNOWN", "Name a phase of this format's definition.",
                                       "Nommez une étape de la définition de ce format."};
inline constexpr Message kFormatUnknown{
    "FORMAT_UNKNOWN", "Name a format as which this one may go on.",
    "Nommez un type d’engagement par lequel celui-ci peut continuer."};
inline constexpr Message kIntroducedThemselves{
    "INTRODUCED_THEMSELVES", "Name somebody who is not in this engagement.",
    "Nommez quelqu’un qui ne fait pas partie de cet engagement."};
inline constexpr Message kIntroducedUnknown{
    "INTRODUCED_UNKNOWN",
    "Name a mentor who is ready in this program, or leave it empty for somebody outside it.",
    "Nommez une personne prête à accompagner dans ce programme, ou laissez vide si elle n’en est "
    "pas."};
inline constexpr Message kRematchRequired{
    "REMATCH_REQUIRED", "Say whether they wish to be matched again: yes or no.",
    "Dites si un nouveau jumelage est souhaité : oui ou non."};
inline constexpr Message kRematchNotYours{
    "REMATCH_NOT_YOURS", "Say only what you wish yourself; the others are asked.",
    "Dites seulement ce que vous souhaitez; on demande aux autres."};
inline constexpr Message kEnrolmentRequired{"ENROLMENT_REQUIRED", "Say whom this is about.",
                                            "Dites de qui il s’agit."};
inline constexpr Message kEnrolmentNotYours{"ENROLMENT_NOT_YOURS",
                                            "Leave it empty: you answer for yourself only.",
                                            "Laissez vide : vous ne répondez que pour vous-même."};

}  // namespace tremplin::session

#endif  // TREMPLIN_SERVICES_SESSION_MESSAGES_H_
