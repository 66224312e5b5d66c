#include "services/notification/app/wording.h"

#include <string>

#include "common/program/format.h"
#include "common/status/error.h"
#include "services/notification/domain/mail_messages.h"
#include "services/notification/messages.h"

namespace tremplin::notification {
namespace {

// What the program calls the one a message speaks of; a general word where that is not known.
program::v1::Text Called(program::ProgramStore& programs, const QueuedMessage& message) {
  if (message.spoken.program_version == 0) return TextOf(kParticipant);
  const auto program = programs.Version(message.program, message.spoken.program_version);
  if (!program.ok()) return TextOf(kParticipant);
  const program::v1::Format* format =
      program::FindFormat((*program)->definition, message.spoken.format);
  if (format == nullptr) return TextOf(kParticipant);
  const program::v1::Side& side =
      message.spoken.side == program::v1::SUBJECT_MENTOR ? format->mentors() : format->mentees();
  return side.has_called() ? side.called() : TextOf(kParticipant);
}

program::v1::Text Filled(const Message& text, const program::v1::Text& called) {
  program::v1::Text filled;
  filled.set_en(status::Fill(text.en(), {called.en()}));
  filled.set_fr(status::Fill(text.fr(), {called.fr()}));
  return filled;
}

}  // namespace

program::v1::Text TextOf(const Message& message) {
  program::v1::Text text;
  text.set_en(std::string(message.en()));
  text.set_fr(std::string(message.fr()));
  return text;
}

Worded Word(program::ProgramStore& programs, const QueuedMessage& message) {
  const Template* const known = FindTemplate(message.template_code, message.recipient.kind);
  if (known == nullptr) return {};
  const program::v1::Text called = Called(programs, message);
  return {Filled(known->subject, called), Filled(known->body, called)};
}

program::v1::Text ProgramNameOf(program::ProgramStore& programs, const QueuedMessage& message) {
  const auto program = programs.InForce(message.program, message.created);
  return program.ok() ? (*program)->definition.name() : TextOf(kMailProgram);
}

}  // namespace tremplin::notification
