#ifndef TREMPLIN_SERVICES_MATCHING_ANSWERING_MESSAGES_H_
#define TREMPLIN_SERVICES_MATCHING_ANSWERING_MESSAGES_H_

#include "common/messages/message.h"

// What matching says to who follows a link of a mail, in both languages.
namespace tremplin::matching {

using messages::Message;

inline constexpr Message kStepPassed{
    "STEP_PASSED",
    "The proposal no longer waits for this answer; nothing was changed. Get in touch with the "
    "program’s staff.",
    "La proposition n’attend plus cette réponse; rien n’a changé. Communiquez avec le personnel du "
    "programme."};

}  // namespace tremplin::matching

#endif  // TREMPLIN_SERVICES_MATCHING_ANSWERING_MESSAGES_H_
