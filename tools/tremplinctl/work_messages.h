#ifndef TREMPLIN_TOOLS_TREMPLINCTL_WORK_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_WORK_MESSAGES_H_

#include "common/messages/message.h"

// What lag, outbox, timers, leases and top say, in both languages.
namespace tremplin::ctl {

using messages::Message;

inline constexpr Message kWorkUntold{
    "WORK_UNTOLD",
    "{0} cannot tell all of it ({1}). See tremplinctl status; what it could tell is shown.",
    "{0} ne peut pas tout dire ({1}). Voyez tremplinctl status ; ce qui a pu être dit est montré."};
inline constexpr Message kWorkMoreTimers{
    "WORK_MORE_TIMERS",
    "{0} has more timers than the 10,000 that fall due first, which are counted.",
    "{0} a plus d’échéances que les 10 000 premières à venir, qui sont comptées."};
inline constexpr Message kWorkNoLag{"WORK_NO_LAG", "No event waits to be read.",
                                    "Aucun événement n’attend d’être lu."};
inline constexpr Message kWorkNoLeases{"WORK_NO_LEASES",
                                       "Nobody holds a lease: in one process none is needed, but "
                                       "for work of a module’s own.",
                                       "Personne ne détient de bail : dans un seul processus, il "
                                       "n’en faut que pour le travail propre à un module."};
inline constexpr Message kWorkYes{"WORK_YES", "yes", "oui"};
inline constexpr Message kWorkNo{"WORK_NO", "no", "non"};
inline constexpr Message kWorkOver{"WORK_OVER", "{0} (over)", "{0} (échu)"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_WORK_MESSAGES_H_
