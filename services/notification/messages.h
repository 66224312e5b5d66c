#ifndef TREMPLIN_SERVICES_NOTIFICATION_MESSAGES_H_
#define TREMPLIN_SERVICES_NOTIFICATION_MESSAGES_H_

#include "common/messages/message.h"

// What notification says to people, in both languages.
namespace tremplin::notification {

using messages::Message;

inline constexpr Message kTaskNotFound{
    "TASK_NOT_FOUND",
    "There is no such thing to do among those you may see. Look it up in the list.",
    "Cette tâche n’existe pas parmi celles que vous pouvez voir. Cherchez-la dans la liste."};
inline constexpr Message kTaskSettled{"TASK_SETTLED",
                                      "This is settled already; there is nothing left to do.",
                                      "C’est déjà réglé; il n’y a plus rien à faire."};
inline constexpr Message kResolutionUnknown{"RESOLUTION_UNKNOWN",
                                            "Say how it was settled, by one of: {0}.",
                                            "Dites comment c’est réglé, par l’un de : {0}."};
inline constexpr Message kProgramRequired{"PROGRAM_REQUIRED", "Name the program: programs/<id>.",
                                          "Nommez le programme : programs/<id>."};
inline constexpr Message kProgramNotFound{"PROGRAM_NOT_FOUND",
                                          "There is no such program, or it is not yours to see.",
                                          "Ce programme n’existe pas, ou vous n’y avez pas accès."};
inline constexpr Message kMessageNotFound{
    "MESSAGE_NOT_FOUND", "There is no such message, or it is not addressed to you.",
    "Ce message n’existe pas, ou il ne vous est pas adressé."};

inline constexpr Message kRecipientNotFound{
    "RECIPIENT_NOT_FOUND", "There is no such person among those you may see.",
    "Cette personne n’existe pas parmi celles que vous pouvez voir."};
inline constexpr Message kToldRequired{
    "TOLD_REQUIRED", "Say how the person told you: in person, by phone or in writing.",
    "Dites comment la personne vous l’a dit : en personne, par téléphone ou par écrit."};
inline constexpr Message kToldByStaff{
    "TOLD_BY_STAFF", "Only staff say how somebody told them. Leave it out.",
    "Seul le personnel indique comment une personne le lui a dit. Laissez ce champ vide."};

// Webhooks: what each state means, and what cannot be done with one.
inline constexpr Message kWebhookEnabled{
    "WEBHOOK_ENABLED", "Entries of the status feed are sent as they come.",
    "Les entrées du fil de suivi sont envoyées à mesure qu’elles arrivent."};
inline constexpr Message kWebhookDisabled{
    "WEBHOOK_DISABLED",
    "Its owner has turned it off. Turn it on again and it goes on where it stopped.",
    "Son propriétaire l’a désactivé. Réactivez-le : il reprendra où il s’est arrêté."};
inline constexpr Message kWebhookGone{
    "WEBHOOK_GONE",
    "The address answered that it is gone (410), so nothing is sent any more. Give the present "
    "address and turn the webhook on again: it goes on where it stopped.",
    "L’adresse a répondu qu’elle n’existe plus (410); plus rien n’est envoyé. Donnez l’adresse "
    "actuelle et réactivez le webhook : il reprendra où il s’est arrêté."};
inline constexpr Message kWebhookSuspended{
    "WEBHOOK_SUSPENDED",
    "The address has taken nothing for three days, so nothing is sent any more. Put it right, send "
    "a test, and turn the webhook on again: it goes on where it stopped.",
    "L’adresse n’a rien accepté pendant trois jours; plus rien n’est envoyé. Corrigez le problème, "
    "envoyez un test et réactivez le webhook : il reprendra où il s’est arrêté."};

inline constexpr Message kWebhookNotFound{
    "WEBHOOK_NOT_FOUND",
    "There is no such webhook among those you may see. Look it up in the list.",
    "Ce webhook n’existe pas parmi ceux que vous pouvez voir. Cherchez-le dans la liste."};
inline constexpr Message kWebhookUrlMalformed{
    "WEBHOOK_URL_MALFORMED",
    "Give an address of the form https://host/path, of at most 2,000 characters, without # and "
    "spaces.",
    "Donnez une adresse de la forme https://hôte/chemin, d’au plus 2 000 caractères, sans # ni "
    "espaces."};
inline constexpr Message kWebhookNeedsHttps{
    "WEBHOOK_NEEDS_HTTPS", "The address must begin with https://: what is sent is not for others.",
    "L’adresse doit commencer par https:// : ce qui est envoyé ne regarde pas les tiers."};
inline constexpr Message kWebhookUserInfo{
    "WEBHOOK_USER_INFO",
    "Leave user name and password out of the address: check the signature instead.",
    "Retirez le nom d’utilisateur et le mot de passe de l’adresse : vérifiez plutôt la signature."};
inline constexpr Message kWebhookAddressRefused{
    "WEBHOOK_ADDRESS_REFUSED",
    "Nothing is sent to this host: it is not one of the public internet. Give a public one.",
    "Rien n’est envoyé à cet hôte, qui n’est pas de l’internet public. Donnez un hôte public."};
inline constexpr Message kWebhookOrganizationRequired{
    "WEBHOOK_ORGANIZATION_REQUIRED", "Name the agency that the webhook is of: organizations/<id>.",
    "Nommez l’agence à qui est le webhook : organizations/<id>."};
inline constexpr Message kWebhookOrganizationNotFound{
    "ORGANIZATION_NOT_FOUND", "There is no such organization, or it is not yours to see.",
    "Cette organisation n’existe pas, ou vous n’y avez pas accès."};
inline constexpr Message kWebhooksTooMany{
    "WEBHOOKS_TOO_MANY",
    "The organization has {0} webhooks already. Change one, or delete one that is not needed.",
    "L’organisation a déjà {0} webhooks. Modifiez-en un, ou supprimez-en un qui ne sert plus."};
inline constexpr Message kWebhookTestsBusy{
    "WEBHOOK_TESTS_BUSY", "Other tests are under way. Try again in half a minute.",
    "D’autres tests sont en cours. Réessayez dans une demi-minute."};
inline constexpr Message kWebhookReplayFrom{
    "WEBHOOK_REPLAY_FROM", "Say from where: a cursor of the status feed, or a time.",
    "Dites à partir d’où : un curseur du fil de suivi, ou un moment."};

// What somebody is called where the definition cannot be read.
inline constexpr Message kParticipant{"PARTICIPANT", "participant", "personne participante"};

// Subject and body of each template; names are filled in at delivery, never here. {0} is what the
// program calls the one spoken of.
inline constexpr Message kProposalMadeSubject{"PROPOSAL_MADE", "A match is proposed to you",
                                              "Un jumelage vous est proposé"};
inline constexpr Message kProposalMadeBody{
    "PROPOSAL_MADE",
    "Please study the proposal and answer: yes, no, or ask for more. Declining is without blame.",
    "Étudiez la proposition et répondez : oui, non, ou demandez des précisions. Vous pouvez "
    "refuser; "
    "personne ne vous en tiendra rigueur."};
inline constexpr Message kToStudySubject{"PROPOSAL_TO_STUDY", "A proposal awaits your interest",
                                         "Une proposition attend votre réponse"};
inline constexpr Message kToStudyBody{
    "PROPOSAL_TO_STUDY",
    "Please study the proposal and say whether it interests you. Declining is without blame.",
    "Étudiez la proposition et dites si elle vous intéresse. Vous pouvez refuser; personne ne vous "
    "en tiendra rigueur."};
inline constexpr Message kContactMeetingSubject{"CONTACT_MEETING_TO_HOLD",
                                                "A contact meeting is to be held",
                                                "Une rencontre de prise de contact est à tenir"};
inline constexpr Message kContactMeetingBody{
    "CONTACT_MEETING_TO_HOLD",
    "Everyone in a proposal is interested. Hold the contact meeting with all of them.",
    "Toutes les personnes d’une proposition sont intéressées. Tenez la rencontre de prise de "
    "contact "
    "avec elles."};
inline constexpr Message kMetSubject{"CONTACT_MEETING_HELD", "Would you like to go on together?",
                                     "Souhaitez-vous continuer ensemble?"};
inline constexpr Message kMetBody{
    "CONTACT_MEETING_HELD",
    "You have met. Please accept the match or decline it. Either answer is without blame.",
    "Vous vous êtes rencontré·es. Acceptez ou refusez le jumelage; personne ne vous en tiendra "
    "rigueur."};
inline constexpr Message kToAcceptSubject{"PROPOSAL_TO_ACCEPT", "A proposal awaits your answer",
                                          "Une proposition attend votre décision"};
inline constexpr Message kToAcceptBody{
    "PROPOSAL_TO_ACCEPT", "Please accept the match or decline it. Either answer is without blame.",
    "Acceptez ou refusez le jumelage; personne ne vous en tiendra rigueur."};
inline constexpr Message kTakenInSubject{"PROPOSAL_TAKEN_IN", "A proposal of yours was completed",
                                         "Une de vos propositions a été complétée"};
inline constexpr Message kTakenInBody{
    "PROPOSAL_TAKEN_IN",
    "Somebody new ({0}) was taken in where another left. Your own answer stands.",
    "Une nouvelle personne ({0}) a été ajoutée à la place d’une autre. Votre réponse demeure."};
inline constexpr Message kDroppedSubject{"PROPOSAL_DROPPED", "You are no longer part of a proposal",
                                         "Vous ne faites plus partie d’une proposition"};
inline constexpr Message kDroppedBody{
    "PROPOSAL_DROPPED",
    "The proposal goes on without you. You keep your place in the order and may be proposed again.",
    "La proposition se poursuit sans vous. Vous gardez votre rang et pourrez recevoir une autre "
    "proposition."};
inline constexpr Message kProposalLeftSubject{
    "PROPOSAL_LEFT", "Somebody is no longer part of your proposal",
    "Une personne ne fait plus partie de votre proposition"};
inline constexpr Message kProposalLeftBody{
    "PROPOSAL_LEFT", "One of you ({0}) is out; the proposal goes on. Your own answer stands.",
    "Une personne ({0}) s’est retirée; la proposition se poursuit. Votre réponse demeure."};
inline constexpr Message kProposalLeftStaffSubject{"PROPOSAL_LEFT", "A proposal lost a participant",
                                                   "Une proposition a perdu une personne"};
inline constexpr Message kProposalLeftStaffBody{
    "PROPOSAL_LEFT",
    "One participant ({0}) is out; the proposal goes on. See whether the place is to be filled.",
    "Une personne ({0}) s’est retirée; la proposition se poursuit. Voyez s’il faut la remplacer."};
inline constexpr Message kProposalEndedSubject{"PROPOSAL_ENDED", "A proposal has ended",
                                               "Une proposition a pris fin"};
inline constexpr Message kProposalEndedBody{
    "PROPOSAL_ENDED",
    "It did not become a match. You keep your place in the order and may be proposed again.",
    "Elle n’a pas mené à un jumelage. Vous gardez votre rang et pourrez recevoir une autre "
    "proposition."};
inline constexpr Message kProposalEndedStaffSubject{
    "PROPOSAL_ENDED", "A proposal ended because somebody left",
    "Une proposition a pris fin à la suite d’un départ"};
inline constexpr Message kProposalEndedStaffBody{
    "PROPOSAL_ENDED",
    "A participant left the program. The others are free again and keep their place in the order.",
    "Une personne a quitté le programme. Les autres sont de nouveau disponibles et gardent leur "
    "rang."};
inline constexpr Message kToSignSubject{"AGREEMENT_TO_SIGN", "Your agreement is ready",
                                        "Votre entente est prête"};
inline constexpr Message kToSignBody{
    "AGREEMENT_TO_SIGN",
    "All of you accepted the match. Please sign what is to be signed before you start.",
    "Les deux parties ont accepté le jumelage. Veuillez signer ce qui doit l’être avant de "
    "commencer."};
inline constexpr Message kLapsedSubject{"AGREEMENT_LAPSED", "The agreement was not signed",
                                        "L’entente n’a pas été signée"};
inline constexpr Message kLapsedBody{
    "AGREEMENT_LAPSED", "The match is off and the place is free. You may be matched again.",
    "Le jumelage est annulé et la place est libre. Un nouveau jumelage est possible."};
inline constexpr Message kLapsedStaffSubject{"AGREEMENT_LAPSED", "A match is off before its start",
                                             "Un jumelage est annulé avant son début"};
inline constexpr Message kLapsedStaffBody{
    "AGREEMENT_LAPSED",
    "Somebody left the program or will not sign. See why; the others are free again and keep their "
    "place in the order.",
    "Une personne a quitté le programme ou ne signera pas. Voyez pourquoi; les autres sont de "
    "nouveau disponibles et gardent leur rang."};
inline constexpr Message kDocumentsSubject{"DOCUMENTS_TO_SIGN", "There is a document to sign",
                                           "Un document est à signer"};
inline constexpr Message kDocumentsBody{
    "DOCUMENTS_TO_SIGN", "Please read and sign the documents of this engagement.",
    "Veuillez lire et signer les documents de cet accompagnement."};
inline constexpr Message kStartedSubject{"ENGAGEMENT_STARTED", "You can start",
                                         "Vous pouvez commencer"};
inline constexpr Message kStartedBody{"ENGAGEMENT_STARTED",
                                      "Everything is ready. Agree on your first meeting.",
                                      "Tout est prêt. Convenez de votre première rencontre."};
inline constexpr Message kEnteredSubject{"ENGAGEMENT_ENTERED", "You are part of it now",
                                         "Vous en faites maintenant partie"};
inline constexpr Message kEnteredBody{
    "ENGAGEMENT_ENTERED", "You take part from now on, and the others know. Get in touch with them.",
    "Vous participez désormais, et les autres le savent. Communiquez avec eux."};
inline constexpr Message kJoinedSubject{"ENGAGEMENT_JOINED", "Somebody joins you",
                                        "Une personne se joint à vous"};
inline constexpr Message kJoinedBody{
    "ENGAGEMENT_JOINED", "Somebody new ({0}) takes part from now on. Please make them welcome.",
    "Une nouvelle personne ({0}) participe désormais. Réservez-lui un bon accueil."};
inline constexpr Message kLeftSubject{"ENGAGEMENT_LEFT", "Somebody has left",
                                      "Une personne est partie"};
inline constexpr Message kLeftBody{
    "ENGAGEMENT_LEFT", "One of you ({0}) no longer takes part. You go on together.",
    "Une personne ({0}) ne participe plus. Vous continuez ensemble."};
inline constexpr Message kLeftStaffSubject{"ENGAGEMENT_LEFT", "A participant has left",
                                           "Une personne est partie"};
inline constexpr Message kLeftStaffBody{
    "ENGAGEMENT_LEFT",
    "One participant ({0}) left an engagement that goes on. See whether the place is to be filled.",
    "Une personne ({0}) a quitté un accompagnement qui se poursuit. Voyez s’il faut la remplacer."};
inline constexpr Message kCompletedSubject{"ENGAGEMENT_COMPLETED", "You have come to the end",
                                           "Vous êtes arrivé·es au terme"};
inline constexpr Message kCompletedBody{
    "ENGAGEMENT_COMPLETED", "It is complete. Thank you; please tell us how it was.",
    "L’accompagnement est achevé. Merci; dites-nous comment il s’est passé."};
inline constexpr Message kEndedEarlySubject{"ENGAGEMENT_ENDED_EARLY", "It has ended early",
                                            "L’accompagnement a pris fin plus tôt"};
inline constexpr Message kEndedEarlyBody{
    "ENGAGEMENT_ENDED_EARLY",
    "It has ended before its term, without blame to anybody. We are here if you have questions.",
    "Il a pris fin avant son terme, sans reproche à personne. Écrivez-nous si vous avez des "
    "questions."};
inline constexpr Message kEndedEarlyStaffSubject{
    "ENGAGEMENT_ENDED_EARLY", "An engagement ended early", "Un accompagnement a pris fin plus tôt"};
inline constexpr Message kEndedEarlyStaffBody{
    "ENGAGEMENT_ENDED_EARLY", "See why, and whether those who took part are to be matched again.",
    "Voyez pourquoi, et si les personnes doivent être jumelées de nouveau."};
inline constexpr Message kRematchSubject{"REMATCH_ASKED", "Would you like another match?",
                                         "Souhaitez-vous un autre jumelage?"};
inline constexpr Message kRematchBody{
    "REMATCH_ASKED",
    "Please tell us whether you wish to be matched again. Until then no match is proposed to you.",
    "Dites-nous si vous souhaitez un nouveau jumelage. D’ici là, aucun ne vous est proposé."};
inline constexpr Message kMoreAskedSubject{"MORE_ASKED", "Somebody would like to know more first",
                                           "Une personne souhaite en savoir plus"};
inline constexpr Message kMoreAskedBody{
    "MORE_ASKED",
    "Before they answer the proposal they would like to know more; there is more time for it. "
    "Program staff are in touch.",
    "Avant de répondre à la proposition, cette personne souhaite en savoir plus; le délai est "
    "prolongé. Le personnel du programme s’en occupe."};
inline constexpr Message kMoreAskedStaffSubject{"MORE_ASKED", "Somebody asks for more",
                                                "Une personne demande plus de renseignements"};
inline constexpr Message kMoreAskedStaffBody{
    "MORE_ASKED", "Tell them what they would like to know of the proposal before they answer it.",
    "Donnez-leur les renseignements souhaités sur la proposition avant leur réponse."};
inline constexpr Message kDeclinedTask{
    "PROPOSAL_DECLINED", "Somebody declined a proposal. See why, and what would suit them better.",
    "Une personne a décliné une proposition. Voyez pourquoi, et ce qui lui conviendrait mieux."};
inline constexpr Message kRefusedSubject{"CONTINUATION_REFUSED",
                                         "You cannot go on as you had agreed",
                                         "La suite convenue n’est pas possible"};
inline constexpr Message kRefusedBody{
    "CONTINUATION_REFUSED",
    "Somebody left or has no place for it any more, so it stays as it is. You may wish for it "
    "again, or ask program staff.",
    "Une personne est partie ou n’a plus de place; rien ne change donc pour l’instant. Vous pouvez "
    "le souhaiter de nouveau ou vous adresser au personnel du programme."};
inline constexpr Message kRefusedStaffSubject{"CONTINUATION_REFUSED",
                                              "An agreed continuation is not possible",
                                              "Une suite convenue n’est pas possible"};
inline constexpr Message kRefusedStaffBody{
    "CONTINUATION_REFUSED",
    "All had agreed to go on, but somebody left or has no place for it. See what can be done, or "
    "propose it.",
    "Tous avaient convenu de continuer, mais une personne est partie ou n’a plus de place. Voyez "
    "ce qui est possible, ou proposez-le."};
inline constexpr Message kExtensionSubject{"EXTENSION_ASKED", "More time is asked for",
                                           "Une prolongation est demandée"};
inline constexpr Message kExtensionBody{
    "EXTENSION_ASKED",
    "Somebody wishes to go on for longer. It is extended when all of you agree: please answer.",
    "Une personne souhaite continuer plus longtemps. La prolongation se fait si vous êtes tous "
    "d’accord : veuillez répondre."};
inline constexpr Message kExtensionStaffSubject{"EXTENSION_ASKED", "An extension is asked for",
                                                "Une prolongation est demandée"};
inline constexpr Message kExtensionStaffBody{
    "EXTENSION_ASKED",
    "A participant asks for more time. The others are being asked; help them to agree.",
    "Une personne demande plus de temps. Les autres sont consultées; aidez-les à s’entendre."};
inline constexpr Message kMissesSubject{"MISSES_FLAGGED", "They did not meet",
                                        "Les rencontres n’ont pas lieu"};
inline constexpr Message kMissesBody{
    "MISSES_FLAGGED",
    "Several check-ins in a row say that they did not meet. Get in touch with them.",
    "Plusieurs suivis de suite indiquent qu’il n’y a pas eu de rencontre. Communiquez avec les "
    "personnes."};
inline constexpr Message kHelpSubject{"HELP_WANTED", "Somebody asks for help",
                                      "Une personne demande de l’aide"};
inline constexpr Message kHelpBody{
    "HELP_WANTED",
    "A check-in of this engagement asks for help. Get in touch with who answered it.",
    "Un suivi de cet accompagnement demande de l’aide. Communiquez avec la personne qui y a "
    "répondu."};
inline constexpr Message kReviewSubject{"REVIEW_DUE", "A review is due", "Un suivi est à faire"};
inline constexpr Message kReviewBody{
    "REVIEW_DUE", "Review this engagement with those who take part and record how it goes.",
    "Faites le point avec les personnes participantes et consignez l’état de l’accompagnement."};
inline constexpr Message kIntroductionsSubject{"INTRODUCTIONS_DUE", "Whom could they meet next?",
                                               "Qui pourraient-ils rencontrer ensuite?"};
inline constexpr Message kIntroductionsBody{"INTRODUCTIONS_DUE",
                                            "Please name the people of your network to whom you "
                                            "refer the person you met. Some are still missing.",
                                            "Indiquez les personnes de votre réseau vers qui vous "
                                            "dirigez la personne rencontrée. Il en manque encore."};
inline constexpr Message kFollowUpSubject{"FOLLOW_UP_OPEN", "How is your work going?",
                                          "Où en êtes-vous sur le plan de l’emploi?"};
inline constexpr Message kFollowUpBody{
    "FOLLOW_UP_OPEN",
    "Please tell us whether you work, and in which kind of job. It takes a minute.",
    "Dites-nous si vous travaillez, et dans quel genre d’emploi. Cela prend une minute."};
inline constexpr Message kReminderSubject{"FOLLOW_UP_REMINDER",
                                          "A reminder: how is your work going?",
                                          "Un rappel : où en êtes-vous sur le plan de l’emploi?"};
inline constexpr Message kReminderBody{
    "FOLLOW_UP_REMINDER", "We have not heard from you yet. Your answer helps those who come next.",
    "Nous n’avons pas encore eu de vos nouvelles. Votre réponse aide les personnes suivantes."};
inline constexpr Message kReturnedSubject{"APPLICATION_RETURNED", "A referral came back to you",
                                          "Un aiguillage vous est retourné"};
inline constexpr Message kReturnedBody{
    "APPLICATION_RETURNED", "The reasons, and what can be done next, are in the referral.",
    "Les raisons, et ce qu’il est possible de faire, sont dans l’aiguillage."};
inline constexpr Message kOwnReturnedSubject{"APPLICATION_RETURNED",
                                             "Your application needs something more",
                                             "Il manque quelque chose à votre demande"};
inline constexpr Message kOwnReturnedBody{"APPLICATION_RETURNED",
                                          "The reasons, and what you can do next, are with your "
                                          "application. Correct it and send it again.",
                                          "Les raisons, et ce que vous pouvez faire, accompagnent "
                                          "votre demande. Corrigez-la et renvoyez-la."};
inline constexpr Message kAdmittedSubject{"APPLICATION_ADMITTED",
                                          "The person you referred is admitted",
                                          "La personne aiguillée est admise"};
inline constexpr Message kAdmittedBody{
    "APPLICATION_ADMITTED",
    "The program invites the person to the next steps: a meeting and the orientation.",
    "Le programme invite la personne aux prochaines étapes : une rencontre et l’orientation."};
inline constexpr Message kOwnAdmittedSubject{"APPLICATION_ADMITTED", "You are admitted",
                                             "Vous êtes admis·e"};
inline constexpr Message kOwnAdmittedBody{
    "APPLICATION_ADMITTED",
    "The program invites you to the next steps. We will write to you about each of them.",
    "Le programme vous invite aux prochaines étapes. Nous vous écrirons au sujet de chacune."};
inline constexpr Message kWaitlistedSubject{"APPLICATION_WAITLISTED",
                                            "The person you referred is waitlisted",
                                            "La personne aiguillée est sur la liste d’attente"};
inline constexpr Message kWaitlistedBody{
    "APPLICATION_WAITLISTED", "The program has no place yet and will tell you when there is one.",
    "Le programme n’a pas encore de place et vous avertira dès qu’il y en aura une."};
inline constexpr Message kOwnWaitlistedSubject{"APPLICATION_WAITLISTED", "You are waitlisted",
                                               "Vous êtes sur la liste d’attente"};
inline constexpr Message kOwnWaitlistedBody{
    "APPLICATION_WAITLISTED",
    "The program has no place yet and will write to you when there is one.",
    "Le programme n’a pas encore de place et vous écrira dès qu’il y en aura une."};
// The link itself, and whom it signs in, are filled in when it is sent.
inline constexpr Message kSignInLinkSubject{"SIGN_IN_LINK", "Your link to sign in",
                                            "Votre lien de connexion"};
inline constexpr Message kSignInLinkBody{
    "SIGN_IN_LINK",
    "Open the link in this message and confirm that it is you. It works once, within 15 minutes. "
    "If you did not ask for it, leave it unopened: nothing happens.",
    "Ouvrez le lien de ce message et confirmez que c’est bien vous. Il sert une seule fois, dans "
    "les 15 minutes. Si vous ne l’avez pas demandé, ne l’ouvrez pas : rien ne se passera."};
inline constexpr Message kReadySubject{"ENROLMENT_READY", "You are ready to be matched",
                                       "Vous êtes prêt·e à être jumelé·e"};
inline constexpr Message kReadyBody{
    "ENROLMENT_READY", "Every step is done. We will write to you when a match is proposed.",
    "Toutes les étapes sont faites. Nous vous écrirons dès qu’un jumelage sera proposé."};

inline constexpr Message kWebhookSuspendedSubject{"WEBHOOK_SUSPENDED", "Your webhook is suspended",
                                                  "Votre webhook est suspendu"};
inline constexpr Message kWebhookSuspendedBody{
    "WEBHOOK_SUSPENDED",
    "Its address has taken nothing for three days. Put it right, send a test, and turn the webhook "
    "on again: it goes on where it stopped, and nothing is lost.",
    "Son adresse n’a rien accepté pendant trois jours. Corrigez le problème, envoyez un test et "
    "réactivez le webhook : il reprendra où il s’est arrêté, sans rien perdre."};
inline constexpr Message kWebhookGoneSubject{"WEBHOOK_GONE", "Your webhook has ended",
                                             "Votre webhook a pris fin"};
inline constexpr Message kWebhookGoneBody{
    "WEBHOOK_GONE",
    "Its address answered that it is gone (410). Give the present address and turn the webhook on "
    "again: it goes on where it stopped, and nothing is lost.",
    "Son adresse a répondu qu’elle n’existe plus (410). Donnez l’adresse actuelle et réactivez le "
    "webhook : il reprendra où il s’est arrêté, sans rien perdre."};

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_MESSAGES_H_
