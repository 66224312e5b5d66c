#ifndef TREMPLIN_TOOLS_TREMPLINCTL_PHONE_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_PHONE_MESSAGES_H_

#include "common/messages/message.h"

// What `phone` says.
namespace tremplin::ctl {

using messages::Message;

inline constexpr Message kNobodyToPhone{"NOBODY_TO_PHONE", "Nobody is to be phoned.",
                                        "Il n’y a personne à appeler."};
inline constexpr Message kPhoned{"PHONED", "{0} is settled.", "{0} est réglé."};
inline constexpr Message kWhyNoAddress{"WHY_NO_ADDRESS", "no e-mail address",
                                       "aucune adresse courriel"};
inline constexpr Message kWhyMalformed{"WHY_ADDRESS_MALFORMED", "the address cannot be right",
                                       "adresse erronée"};
inline constexpr Message kWhyRefused{"WHY_REFUSED", "the address is refused", "adresse refusée"};
inline constexpr Message kWhyUnsubscribed{"WHY_UNSUBSCRIBED", "wants no mail",
                                          "ne veut pas de courriels"};
inline constexpr Message kWhyExpired{"WHY_EXPIRED", "tried for three days",
                                     "essais pendant trois jours"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_PHONE_MESSAGES_H_
