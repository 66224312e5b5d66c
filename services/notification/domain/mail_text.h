#ifndef TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_TEXT_H_
#define TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_TEXT_H_

#include <string>
#include <string_view>
#include <vector>

#include "common/messages/message.h"

// What a mail says, in the language of whom it is for: as plain text and as HTML. Pure.
namespace tremplin::notification {

std::string_view In(messages::Language language, const messages::Message& message);

struct Letter {
  struct Choice {
    std::string label;
    std::string url;
  };
  messages::Language language = messages::Language::kEnglish;
  std::string given_name;  // "" greets nobody by name
  std::string program;     // what it is called; "": of none, and signed by nobody
  std::string subject;
  std::string body;
  std::vector<Choice> choices;
  std::string unsubscribe;  // where to; "": what was asked for this moment is no mailing
};

std::string PlainText(const Letter& letter);
// Nothing in it is fetched or run: no image, style sheet or script.
std::string Html(const Letter& letter);

}  // namespace tremplin::notification

#endif  // TREMPLIN_SERVICES_NOTIFICATION_DOMAIN_MAIL_TEXT_H_
