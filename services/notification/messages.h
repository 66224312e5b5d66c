#ifndef TREMPLIN_SERVICES_NOTIFICATION_MESSAGES_H_
#define TREMPLIN_SERVICES_NOTIFICATION_MESSAGES_H_

#include "common/messages/message.h"

// What notification says to people, in both languages.
namespace tremplin::notification {

using messages::Message;

inline constexpr Message kMessageNotFound{
    "MESSAGE_NOT_FOUND", "There is no such message, or it is not addressed to you.",
    "Ce message n’existe pas, ou il ne vous est pas adressé."};

// Subject and body of each template; names are filled in at delivery, never here.
inline constexpr Message kProposalMadeSubject{"PROPOSAL_MADE", "A match is proposed to you",
                                              "Un jumelage vous est proposé"};
inline constexpr Message kProposalMadeBody{
    "PROPOSAL_MADE",
    "Please study the proposal and answer: yes, no, or ask for more. Declining is without blame.",
    "Étudiez la proposition et répondez : oui, non, ou demandez des précisions. On peut décliner "
    "sans reproche."};
inline constexpr Message kContactMeetingSubject{"CONTACT_MEETING_TO_HOLD",
                                                "A contact meeting is to be held",
                                                "Une rencontre de contact est à tenir"};
inline constexpr Message kContactMeetingBody{
    "CONTACT_MEETING_TO_HOLD",
    "Both sides of a proposal are interested. Hold the contact meeting with both of them.",
    "Les deux côtés d’une proposition sont intéressés. Tenez la rencontre de contact avec eux."};
inline constexpr Message kMetSubject{"CONTACT_MEETING_HELD", "Would you like to go on together?",
                                     "Souhaitez-vous continuer ensemble ?"};
inline constexpr Message kMetBody{
    "CONTACT_MEETING_HELD",
    "You have met. Please accept the match or decline it. Either answer is without blame.",
    "Vous vous êtes rencontrés. Acceptez ou déclinez le jumelage, sans reproche dans les deux "
    "cas."};
inline constexpr Message kToSignSubject{"AGREEMENT_TO_SIGN", "Your mentoring agreement is ready",
                                        "Votre entente de mentorat est prête"};
inline constexpr Message kToSignBody{
    "AGREEMENT_TO_SIGN", "Both of you accepted the match. Please sign the mentoring agreement.",
    "Vous avez tous deux accepté le jumelage. Veuillez signer l’entente de mentorat."};
inline constexpr Message kLapsedSubject{"AGREEMENT_LAPSED", "The agreement was not signed in time",
                                        "L’entente n’a pas été signée à temps"};
inline constexpr Message kLapsedBody{
    "AGREEMENT_LAPSED", "The match is off and the place is free. You may be matched again.",
    "Le jumelage est annulé et la place est libre. Un nouveau jumelage est possible."};
inline constexpr Message kReviewSubject{"REVIEW_DUE", "A monthly review is due",
                                        "Un suivi mensuel est à faire"};
inline constexpr Message kReviewBody{
    "REVIEW_DUE", "Review this mentorship with both sides and record how it goes.",
    "Faites le point avec les deux côtés et consignez l’état du "
    "mentorat."};
inline constexpr Message kFollowUpSubject{"FOLLOW_UP_OPEN", "How is your work going?",
                                          "Où en êtes-vous dans votre emploi ?"};
inline constexpr Message kFollowUpBody{
    "FOLLOW_UP_OPEN",
    "Please tell us whether you work, and in which kind of job. It takes a minute.",
    "Dites-nous si vous travaillez, et dans quel genre d’emploi. Cela prend une minute."};
inline constexpr Message kReminderSubject{"FOLLOW_UP_REMINDER",
                                          "A reminder: how is your work going?",
                                          "Un rappel : où en êtes-vous dans votre emploi ?"};
inline constexpr Message kReminderBody{
    "FOLLOW_UP_REMINDER", "We have not heard from you yet. Your answer helps those who come next.",
    "Nous n’avons pas encore de vos nouvelles. Votre réponse aide les personnes suivantes."};
inline constexpr Message kReturnedSubject{"APPLICATION_RETURNED", "A referral came back to you",
                                          "Un aiguillage vous est retourné"};
inline constexpr Message kReturnedBody{
    "APPLICATION_RETURNED", "The reasons, and what can be done next, are in the referral.",
    "Les raisons, et ce qu’il est possible de faire, sont dans l’aiguillage."};
inline constexpr Message kAdmittedSubject{"APPLICATION_ADMITTED", "Your client is admitted",
                                          "Votre client·e est admis·e"};
inline constexpr Message kAdmittedBody{
    "APPLICATION_ADMITTED",
    "The program invites your client to its needs analysis and orientation.",
    "Le programme invite votre client·e à l’analyse des besoins et à l’orientation."};
inline constexpr Message kWaitlistedSubject{"APPLICATION_WAITLISTED", "Your client is waitlisted",
                                            "Votre client·e est en liste d’attente"};
inline constexpr Message kWaitlistedBody{
    "APPLICATION_WAITLISTED", "The program has no place yet and will tell you when there is one.",
    "Le programme n’a pas encore de place et vous avertira dès qu’il y en aura une."};
inline constexpr Message kReadySubject{"ENROLMENT_READY", "You are ready to be matched",
                                       "Vous êtes prêt·e pour un jumelage"};
inline constexpr Message kReadyBody{
    "ENROLMENT_READY", "Every step is done. We will write to you when a match is proposed.",
    "Toutes les étapes sont faites. Nous vous écrirons dès qu’un jumelage sera proposé."};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_MESSAGES_H_
