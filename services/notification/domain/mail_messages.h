#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_MESSAGES_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_MESSAGES_H_

#include "common/messages/message.h"

// What mails say around their message, and the links in them, in both languages.
namespace tremplin::notification {

using messages::Message;

inline constexpr Message kMailGreeting{"MAIL_GREETING", "Hello {0},", "Bonjour {0},"};
inline constexpr Message kMailGreetingNobody{"MAIL_GREETING", "Hello,", "Bonjour,"};
inline constexpr Message kMailChoices{
    "MAIL_CHOICES", "Answer by one of these links; you are asked to confirm:",
    "Répondez par l’un de ces liens; une confirmation vous sera demandée :"};
inline constexpr Message kMailSignIn{"MAIL_SIGN_IN", "Sign in", "Ouvrir une session"};
inline constexpr Message kMailWhy{
    "MAIL_WHY", "You receive this because you take part in, or applied to, {0}.",
    "Vous recevez ce courriel parce que vous participez, ou avez demandé à participer, à {0}."};
inline constexpr Message kMailUnsubscribe{"MAIL_UNSUBSCRIBE", "Receive no more mail",
                                          "Ne plus recevoir de courriels"};
inline constexpr Message kMailTeam{"MAIL_TEAM", "The team of {0}", "L’équipe de {0}"};
inline constexpr Message kMailProgram{"MAIL_PROGRAM", "the program", "ce programme"};

// What a link says, and what follows of it.
inline constexpr Message kSayYes{"LINK_YES", "Yes, that suits me", "Oui, cela me convient"};
inline constexpr Message kSayNo{"LINK_NO", "No, thank you", "Non, merci"};
inline constexpr Message kSayJob{"LINK_JOB", "I have a job", "J’ai un emploi"};
inline constexpr Message kSayNoJob{"LINK_NO_JOB", "I have no job at present",
                                   "Je n’ai pas d’emploi en ce moment"};
inline constexpr Message kAnswerNoted{"ANSWER_NOTED", "Thank you. Your answer is noted.",
                                      "Merci. Votre réponse est notée."};
inline constexpr Message kJobNoted{
    "JOB_NOTED",
    "Thank you, and congratulations. The program’s staff will phone you about your job.",
    "Merci, et félicitations. Le personnel du programme vous téléphonera au sujet de votre "
    "emploi."};
inline constexpr Message kUnsubscribed{
    "UNSUBSCRIBED",
    "You will receive no more mail from us. Where there is something you must know, the program’s "
    "staff will phone you.",
    "Vous ne recevrez plus de courriels de notre part. S’il y a quelque chose que vous devez "
    "savoir, le personnel du programme vous téléphonera."};
inline constexpr Message kLinkUsed{
    "LINK_USED",
    "This message was answered already; nothing was changed. To change an answer, get in touch "
    "with the program’s staff.",
    "Ce message a déjà reçu une réponse; rien n’a changé. Pour modifier une réponse, communiquez "
    "avec le personnel du programme."};
inline constexpr Message kLinkUnknown{
    "LINK_UNKNOWN",
    "This link leads nowhere. Copy the whole of it from your mail, or get in touch with the "
    "program’s staff.",
    "Ce lien ne mène nulle part. Copiez-le en entier depuis votre courriel ou communiquez avec le "
    "personnel du programme."};
inline constexpr Message kLinkExpired{
    "LINK_EXPIRED", "This link is too old. Get in touch with the program’s staff to answer.",
    "Ce lien est trop ancien. Communiquez avec le personnel du programme pour répondre."};
inline constexpr Message kLinkReasonRequired{"LINK_REASON_REQUIRED",
                                             "Say why, by one of the reasons that are shown.",
                                             "Dites pourquoi, par l’une des raisons indiquées."};

// Why somebody says no, as matching has it.
inline constexpr Message kNoSchedule{"NO_SCHEDULE", "The times do not suit me",
                                     "L’horaire ne me convient pas"};
inline constexpr Message kNoOccupation{"NO_OCCUPATION", "Our occupations are too far apart",
                                       "Nos professions sont trop éloignées"};
inline constexpr Message kNoDistance{"NO_DISTANCE", "It is too far away",
                                     "C’est trop loin de chez moi"};
inline constexpr Message kNoGoals{"NO_GOALS", "I am looking for something else",
                                  "Je cherche autre chose"};
inline constexpr Message kNoPersonal{"NO_PERSONAL", "For personal reasons",
                                     "Pour des raisons personnelles"};
inline constexpr Message kNoOther{"NO_OTHER", "For another reason", "Pour une autre raison"};

// What staff have to do of it.
inline constexpr Message kToPhoneTask{
    "TO_PHONE", "Mail does not reach this person. Phone them, and tell them what the message says.",
    "Les courriels n’atteignent pas cette personne. Téléphonez-lui et transmettez-lui le "
    "message."};
inline constexpr Message kJobToldTask{
    "JOB_TOLD",
    "Somebody answered by a mail’s link that they have a job. Phone them, and record the job in "
    "their follow-up.",
    "Une personne a répondu, par le lien d’un courriel, qu’elle a un emploi. Téléphonez-lui et "
    "consignez l’emploi dans son suivi."};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_MESSAGES_H_
