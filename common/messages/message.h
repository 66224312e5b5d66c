#ifndef TREMPLIN_COMMON_MESSAGES_MESSAGE_H_
#define TREMPLIN_COMMON_MESSAGES_MESSAGE_H_

#include <string_view>

namespace tremplin::messages {

enum class Language { kEnglish, kFrench };

// A sentence a person may read, in both languages of the product. A Message is declared as a
// constant beside the code that says it (`services/<service>/messages.h`):
//
//   inline constexpr Message kReferralNotFound{
//       "REFERRAL_NOT_FOUND",
//       "There is no referral {0}. Check the reference with the agency.",
//       "Il n’y a pas d’aiguillage {0}. Vérifiez la référence auprès de l’agence."};
//
// The constructor runs at compile time only: a missing reason or language, a reason that is not
// UPPER_SNAKE_CASE, or placeholders ({0} to {9}) that differ between the languages do not compile.
class Message {
 public:
  consteval Message(std::string_view reason, std::string_view en, std::string_view fr)
      : reason_(reason), en_(en), fr_(fr) {
    if (reason.empty()) throw "a message needs a reason";
    for (char c : reason) {
      if (!((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) {
        throw "a reason is UPPER_SNAKE_CASE";
      }
    }
    if (en.empty()) throw "the English text is missing";
    if (fr.empty()) throw "the French text is missing";
    for (char digit = '0'; digit <= '9'; ++digit) {
      if (Holds(en, digit) != Holds(fr, digit)) throw "placeholders differ between the languages";
    }
  }

  // Stable code for machines (google.rpc.ErrorInfo.reason).
  constexpr std::string_view reason() const { return reason_; }
  constexpr std::string_view en() const { return en_; }
  constexpr std::string_view fr() const { return fr_; }

 private:
  static constexpr bool Holds(std::string_view text, char digit) {
    for (size_t i = 0; i + 2 < text.size(); ++i) {
      if (text[i] == '{' && text[i + 1] == digit && text[i + 2] == '}') return true;
    }
    return false;
  }

  std::string_view reason_;
  std::string_view en_;
  std::string_view fr_;
};

}  // namespace tremplin::messages

#endif  // TREMPLIN_COMMON_MESSAGES_MESSAGE_H_
