#ifndef TREMPLIN_TOOLS_TREMPLINCTL_ACCESS_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_ACCESS_MESSAGES_H_

#include "common/messages/message.h"

// What `organizations` and `api-keys` say.
namespace tremplin::ctl {

using messages::Message;

inline constexpr Message kOrganizationCreated{"ORGANIZATION_CREATED", "{0} is created.",
                                              "{0} est créé."};
inline constexpr Message kKeyCreated{
    "KEY_CREATED", "{0} is created; its secret is in {1} and is not shown again.",
    "{0} est créée ; son secret est dans {1} et ne sera plus montré."};
inline constexpr Message kKeyRevoked{"KEY_REVOKED", "{0} is revoked and lets nobody in any more.",
                                     "{0} est révoquée et ne donne plus accès."};
inline constexpr Message kRevokedYes{"REVOKED_YES", "yes", "oui"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_ACCESS_MESSAGES_H_
