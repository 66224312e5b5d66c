#ifndef TREMPLIN_SERVICES_NOTIFICATION_APP_WORDING_H_
#define TREMPLIN_SERVICES_NOTIFICATION_APP_WORDING_H_

#include "common/program/program_store.h"
#include "services/notification/domain/templates.h"

namespace tremplin::notification {

program::v1::Text TextOf(const messages::Message& message);

// What a message says, in both languages, with what its program calls the one it speaks of; empty
// where nothing is known of its template.
struct Worded {
  program::v1::Text subject;
  program::v1::Text body;
};
Worded Word(program::ProgramStore& programs, const QueuedMessage& message);

// What the program of a message is called; a general word where that is not known.
program::v1::Text ProgramNameOf(program::ProgramStore& programs, const QueuedMessage& message);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_APP_WORDING_H_
