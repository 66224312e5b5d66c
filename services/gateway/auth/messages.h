#ifndef TREMPLIN_SERVICES_GATEWAY_AUTH_MESSAGES_H_
#define TREMPLIN_SERVICES_GATEWAY_AUTH_MESSAGES_H_

#include "common/messages/message.h"

// What the pages of signing in say.
namespace tremplin::gateway::auth {

using messages::Message;

inline constexpr Message kSignInTitle{"SIGN_IN", "Sign in", "Ouvrir une session"};
inline constexpr Message kEmailLabel{"EMAIL_LABEL", "Your e-mail address",
                                     "Votre adresse de courriel"};
inline constexpr Message kSendLink{"SEND_LINK", "Send me a link", "M’envoyer un lien"};
inline constexpr Message kLinkExplained{
    "LINK_EXPLAINED", "We send you a link that signs you in once, within 15 minutes. No password.",
    "Nous vous envoyons un lien qui ouvre votre session une fois, dans les 15 minutes. Sans mot de "
    "passe."};
inline constexpr Message kByIssuer{"BY_ISSUER", "Sign in with your organization’s account",
                                   "Se connecter avec le compte de votre organisme"};
inline constexpr Message kLinkAskedTitle{"LINK_ASKED", "Look in your mailbox",
                                         "Consultez votre boîte de réception"};
inline constexpr Message kLinkAskedBody{
    "LINK_ASKED_BODY",
    "If this address is known here, a link is on its way to it, one for each person who has it. "
    "Nothing after some minutes? Ask your program’s staff.",
    "Si cette adresse est connue ici, un lien lui est envoyé, un pour chaque personne qui "
    "l’utilise. Rien après quelques minutes? Adressez-vous au personnel de votre programme."};
inline constexpr Message kConfirmTitle{"CONFIRM_SIGN_IN", "Is this you?", "Est-ce bien vous?"};
inline constexpr Message kConfirmBody{"CONFIRM_BODY", "This link signs in {0}.",
                                      "Ce lien ouvre la session de {0}."};
inline constexpr Message kConfirmButton{"CONFIRM_BUTTON", "Sign in as {0}",
                                        "Ouvrir la session de {0}"};
inline constexpr Message kRolesTitle{"YOUR_ROLES", "You are signed in",
                                     "Votre session est ouverte"};
inline constexpr Message kActingAs{"ACTING_AS", "{0}, you act as: {1}.",
                                   "{0}, vous agissez comme : {1}."};
inline constexpr Message kSwitchTo{"SWITCH_TO", "Act as: {0}", "Agir comme : {0}"};
inline constexpr Message kSignOut{"SIGN_OUT", "Sign out", "Fermer la session"};
inline constexpr Message kRefusedTitle{"SIGN_IN_REFUSED", "You are not signed in",
                                       "Votre session n’est pas ouverte"};
inline constexpr Message kAgain{"SIGN_IN_AGAIN", "To the sign-in page",
                                "Vers la page d’ouverture de session"};
inline constexpr Message kOtherSite{
    "OTHER_SITE", "This came from a page of another site. Begin at the sign-in page.",
    "Ceci vient d’une page d’un autre site. Commencez à la page d’ouverture de session."};
inline constexpr Message kFormWanted{"FORM_WANTED", "This is not what the page’s form sends.",
                                     "Ce n’est pas ce que le formulaire de la page envoie."};
inline constexpr Message kIssuerSaidNo{
    "ISSUER_SAID_NO", "The sign-in service did not let you in, or you turned back. Begin anew.",
    "Le service de connexion ne vous a pas laissé entrer, ou vous avez rebroussé chemin. "
    "Recommencez."};

// Roles.
inline constexpr Message kAgency{"ROLE_AGENCY", "agency", "agence"};
inline constexpr Message kCoordinator{"ROLE_COORDINATOR", "coordinator", "coordination"};
inline constexpr Message kMentee{"ROLE_MENTEE", "mentee", "personne mentorée"};
inline constexpr Message kMentor{"ROLE_MENTOR", "mentor", "mentor ou mentore"};
inline constexpr Message kPartner{"ROLE_ORGANIZATION", "partner organization",
                                  "organisme partenaire"};
inline constexpr Message kManager{"ROLE_MANAGER", "manager", "gestion"};
inline constexpr Message kFunder{"ROLE_FUNDER", "funder", "bailleur de fonds"};
inline constexpr Message kCommittee{"ROLE_ADVISORY_COMMITTEE", "advisory committee",
                                    "comité consultatif"};
inline constexpr Message kOperator{"ROLE_OPERATOR", "operations", "exploitation"};

}  // namespace tremplin::gateway::auth

#endif  // TREMPLIN_SERVICES_GATEWAY_AUTH_MESSAGES_H_
