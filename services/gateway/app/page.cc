#include "services/gateway/app/page.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "common/digest/digest.h"
#include "common/rpc/details.h"
#include "common/status/error.h"
#include "common/text/html.h"
#include "common/text/text.h"

namespace tremplin::gateway {
namespace {

using text::EscapeHtml;

constexpr char kStyle[] =
    "body{font:1.1rem/1.5 system-ui,sans-serif;margin:0;color:#1b1b1b;background:#fff}"
    "main{max-width:34rem;margin:3rem auto;padding:0 1rem}h1{font-size:1.6rem}"
    "label{display:block;margin-bottom:.3rem}form{margin:1rem 0}"
    "input,button{font:inherit;padding:.5rem .7rem;border:1px solid #555;border-radius:.3rem}"
    "input{width:100%;box-sizing:border-box;margin-bottom:.7rem}"
    "input[type=radio]{width:auto;margin:0 .3rem 0 0}fieldset{margin:1rem 0}"
    "button{background:#12486b;color:#fff;border-color:#12486b;cursor:pointer}"
    "a{color:#12486b}:focus-visible{outline:3px solid #e08a00;outline-offset:2px}";

// Nothing is loaded, and forms lead here only.
const std::string& Policy() {
  static const auto* const policy =
      new std::string(text::Cat("default-src 'none'; style-src 'sha256-",
                                absl::Base64Escape(digest::ToString(digest::Sha256(kStyle))),
                                "'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"));
  return *policy;
}

}  // namespace

Page::Page(messages::Language language, std::string title)
    : language_(language), title_(std::move(title)) {}
Page::Page(messages::Language language, const messages::Message& title)
    : language_(language), title_(Say(title)) {}

std::string Page::Say(const messages::Message& message,
                      std::initializer_list<std::string_view> args) const {
  return status::Fill(language_ == messages::Language::kFrench ? message.fr() : message.en(),
                      {args.begin(), args.size()});
}

void Page::Paragraph(std::string_view text) { Add(text::Cat("<p>", EscapeHtml(text), "</p>\n")); }

void Page::Statement(std::string_view text, std::string_view marked) {
  Add(text::Cat("<p>", EscapeHtml(text), " <strong>", EscapeHtml(marked), "</strong></p>\n"));
}

void Page::Link(std::string_view path, std::string_view text) {
  Add(text::Cat("<p><a href=\"", EscapeHtml(path), "\">", EscapeHtml(text), "</a></p>\n"));
}

void Page::Button(std::string_view path, const Fields& hidden, std::string_view text) {
  Add(text::Cat("<form method=\"post\" action=\"", EscapeHtml(path), "\">"));
  for (const auto& [name, value] : hidden) {
    Add(text::Cat("<input type=\"hidden\" name=\"", EscapeHtml(name), "\" value=\"",
                  EscapeHtml(value), "\">"));
  }
  Add(text::Cat("<button type=\"submit\">", EscapeHtml(text), "</button></form>\n"));
}

void Page::Confirm(const Choice& choice, std::string_view text) {
  Add("<form method=\"post\">");
  if (!choice.choices.empty()) {
    Add(text::Cat("<fieldset><legend>", EscapeHtml(choice.legend), "</legend>"));
    for (const auto& [code, words] : choice.choices) {
      Add(text::Cat("<label><input type=\"radio\" name=\"", EscapeHtml(choice.name),
                    "\" required value=\"", EscapeHtml(code), "\"> "));
      Add(text::Cat(EscapeHtml(words), "</label>"));
    }
    Add("</fieldset>");
  }
  Add(text::Cat("<button type=\"submit\">", EscapeHtml(text), "</button></form>\n"));
}

void Page::AskEmail(std::string_view path, std::string_view label, std::string_view text) {
  Add(text::Cat("<form method=\"post\" action=\"", EscapeHtml(path), "\"><label for=\"email\">",
                EscapeHtml(label),
                "</label><input id=\"email\" name=\"email\" type=\"email\" required "
                "autocomplete=\"email\"><button type=\"submit\">"));
  Add(text::Cat(EscapeHtml(text), "</button></form>\n"));
}

http::Response Page::Answer(int status) const {
  const std::string locale = rpc::LocaleOf(language_);
  http::Response response{.status = status};
  response.headers = {{"Content-Type", "text/html; charset=utf-8"},
                      {"Content-Language", locale},
                      {"Content-Security-Policy", Policy()}};
  response.body = text::Cat(
      "<!DOCTYPE html>\n<html lang=\"", locale,
      "\">\n<head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width, "
      "initial-scale=1\"><meta name=\"robots\" content=\"noindex\"><title>",
      EscapeHtml(title_), " – Tremplin</title><style>");
  response.body += text::Cat(kStyle, "</style></head>\n<body><main>\n<h1>", EscapeHtml(title_),
                             "</h1>\n", body_, "</main></body>\n</html>\n");
  return response;
}

}  // namespace tremplin::gateway
