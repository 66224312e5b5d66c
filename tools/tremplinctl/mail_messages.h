#ifndef TREMPLIN_TOOLS_TREMPLINCTL_MAIL_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_MAIL_MESSAGES_H_

#include "common/messages/message.h"

// What `mail` says.
namespace tremplin::ctl {

using messages::Message;

inline constexpr Message kMailIsSent{"MAIL_IS_SENT", "{0} is sent mail.",
                                     "Des courriels sont envoyés à {0}."};
inline constexpr Message kMailIsSentSince{"MAIL_IS_SENT_SINCE",
                                          "{0} is sent mail again, since {1}, as they said: {2}.",
                                          "Des courriels sont envoyés de nouveau à {0}, depuis le "
                                          "{1}, selon sa demande : {2}."};
inline constexpr Message kNoMailIsSent{"NO_MAIL_IS_SENT",
                                       "{0} is sent no mail, since {1}, as they said: {2}.",
                                       "Aucun courriel n’est envoyé à {0}, depuis le {1}, selon sa "
                                       "demande : {2}."};
inline constexpr Message kToldThemselves{"TOLD_BY_THEMSELVES", "themselves", "faite directement"};
inline constexpr Message kToldInPerson{"TOLD_IN_PERSON", "in person", "en personne"};
inline constexpr Message kToldByPhone{"TOLD_BY_PHONE", "by phone", "par téléphone"};
inline constexpr Message kToldInWriting{"TOLD_IN_WRITING", "in writing", "par écrit"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_MAIL_MESSAGES_H_
