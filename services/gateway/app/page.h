#ifndef TREMPLIN_SERVICES_GATEWAY_APP_PAGE_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_PAGE_H_

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/messages/message.h"
#include "services/gateway/http/message.h"

// A page without scripts, of which nothing else is fetched, that works with a keyboard and a screen
// reader, in one language. What is put into it is text: marks in it stay text.
namespace tremplin::gateway {

class Page {
 public:
  Page(messages::Language language, std::string title);
  Page(messages::Language language, const messages::Message& title);

  std::string Say(const messages::Message& message,
                  std::initializer_list<std::string_view> args = {}) const;

  void Paragraph(std::string_view text);
  // What is said of something, and that: marked.
  void Statement(std::string_view text, std::string_view marked);
  void Link(std::string_view path, std::string_view text);

  // A form that posts to `path`: `hidden` fields and one button.
  using Fields = std::vector<std::pair<std::string, std::string>>;
  void Button(std::string_view path, const Fields& hidden, std::string_view text);
  // A form that posts to the page's own address: one of `choices` (code and text) where there are
  // any, as `name`, and one button.
  struct Choice {
    std::string name;
    std::string legend;
    Fields choices;
  };
  void Confirm(const Choice& choice, std::string_view text);
  // A form that asks for an address.
  void AskEmail(std::string_view path, std::string_view label, std::string_view text);

  http::Response Answer(int status = 200) const;

 private:
  void Add(std::string_view html) { body_ += html; }
  const messages::Language language_;
  const std::string title_;
  std::string body_;
};

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_PAGE_H_
