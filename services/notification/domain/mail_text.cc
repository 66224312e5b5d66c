#include "services/notification/domain/mail_text.h"

#include "common/status/error.h"
#include "common/text/html.h"
#include "common/text/text.h"
#include "services/notification/domain/mail_messages.h"

namespace tremplin::notification {
namespace {

using messages::Language;

std::string Say(Language language, const messages::Message& message, std::string_view arg) {
  const std::string_view args[] = {arg};
  return status::Fill(In(language, message), args);
}

std::string GreetingOf(const Letter& letter) {
  if (letter.given_name.empty()) return std::string(In(letter.language, kMailGreetingNobody));
  return Say(letter.language, kMailGreeting, letter.given_name);
}

std::string Paragraph(std::string_view text) {
  return text::Cat("<p>", text::EscapeHtml(text), "</p>\r\n");
}

// Answers to choose from, rather than one thing to do.
bool IsQuestion(const Letter& letter) { return letter.choices.size() > 1; }

std::string Link(std::string_view url, std::string_view label) {
  return text::Cat("<a href=\"", text::EscapeHtml(url), "\">", text::EscapeHtml(label), "</a>");
}

}  // namespace

std::string_view In(Language language, const messages::Message& message) {
  return language == Language::kFrench ? message.fr() : message.en();
}

std::string PlainText(const Letter& letter) {
  std::string text = text::Cat(GreetingOf(letter), "\r\n\r\n", letter.body, "\r\n");
  if (IsQuestion(letter)) text += text::Cat("\r\n", In(letter.language, kMailChoices), "\r\n");
  for (const Letter::Choice& choice : letter.choices) {
    text += text::Cat("\r\n", choice.label, "\r\n", choice.url, "\r\n");
  }
  if (!letter.program.empty()) {
    text += text::Cat("\r\n", Say(letter.language, kMailTeam, letter.program), "\r\n");
  }
  if (letter.unsubscribe.empty()) return text;
  text += text::Cat("\r\n-- \r\n", Say(letter.language, kMailWhy, letter.program), "\r\n",
                    In(letter.language, kMailUnsubscribe), "\r\n", letter.unsubscribe, "\r\n");
  return text;
}

std::string Html(const Letter& letter) {
  const std::string_view code = letter.language == Language::kFrench ? "fr" : "en";
  std::string html = text::Cat(
      "<!DOCTYPE html>\r\n<html lang=\"", code, "\">\r\n<head>\r\n<meta charset=\"utf-8\">\r\n",
      "<title>", text::EscapeHtml(letter.subject), "</title>\r\n</head>\r\n<body>\r\n");
  html += Paragraph(GreetingOf(letter));
  html += Paragraph(letter.body);
  if (!letter.choices.empty()) {
    if (IsQuestion(letter)) html += Paragraph(In(letter.language, kMailChoices));
    html += "<ul>\r\n";
    for (const Letter::Choice& choice : letter.choices) {
      html += text::Cat("<li>", Link(choice.url, choice.label), "</li>\r\n");
    }
    html += "</ul>\r\n";
  }
  if (!letter.program.empty()) {
    html += Paragraph(Say(letter.language, kMailTeam, letter.program));
  }
  if (!letter.unsubscribe.empty()) {
    html += text::Cat("<hr>\r\n", Paragraph(Say(letter.language, kMailWhy, letter.program)), "<p>",
                      Link(letter.unsubscribe, In(letter.language, kMailUnsubscribe)), "</p>\r\n");
  }
  return html + "</body>\r\n</html>\r\n";
}

}  // namespace tremplin::notification
