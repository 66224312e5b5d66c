#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SIGN_IN_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SIGN_IN_MESSAGES_H_

#include "common/messages/message.h"

// What `roles` and `sign-in` say.
namespace tremplin::ctl {

using messages::Message;

inline constexpr Message kRoleGranted{"ROLE_GRANTED", "{0} is granted to {1}.",
                                      "{0} est accordé à {1}."};
inline constexpr Message kRoleRevoked{"ROLE_REVOKED",
                                      "{0} is revoked; sessions that acted in it have ended.",
                                      "{0} est révoqué; les sessions qui l’exerçaient ont pris "
                                      "fin."};
inline constexpr Message kLinkMade{
    "LINK_MADE", "Hand this over to that person alone. It signs in once, until {0}:",
    "Remettez ceci à cette seule personne. Le lien ouvre une session une fois, jusqu’à {0} :"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SIGN_IN_MESSAGES_H_
