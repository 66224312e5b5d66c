#include "services/notification/domain/mail_link.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "common/digest/digest.h"
#include "common/ids/ids.h"
#include "common/text/text.h"
#include "services/notification/domain/mail_messages.h"

namespace tremplin::notification {
namespace {

constexpr LinkAnswer kAnswers[] = {
    {"yes", kSayYes, kAnswerNoted},
    {"no", kSayNo, kAnswerNoted},
    {"job", kSayJob, kJobNoted},
    {"no_job", kSayNoJob, kAnswerNoted},
    {kUnsubscribeCode, kMailUnsubscribe, kUnsubscribed},
};
constexpr LinkReason kNoReasons[] = {
    {"schedule", kNoSchedule}, {"occupation", kNoOccupation}, {"distance", kNoDistance},
    {"goals", kNoGoals},       {"personal", kNoPersonal},     {"other", kNoOther},
};
constexpr size_t kLongestToken = 200;

std::string Signed(const LinkTerms& terms) {
  return text::Cat(terms.message, ".", terms.answer, ".", absl::ToUnixSeconds(terms.expires));
}

}  // namespace

const LinkAnswer* FindLinkAnswer(std::string_view code) {
  for (const LinkAnswer& one : kAnswers) {
    if (one.code == code) return &one;
  }
  return nullptr;
}

std::vector<const LinkAnswer*> AnswersTo(std::string_view template_code, std::string_view step) {
  if (step == "interest" || step == "acceptance") {
    return {FindLinkAnswer("yes"), FindLinkAnswer("no")};
  }
  if (template_code == "follow_up_open" || template_code == "follow_up_reminder") {
    return {FindLinkAnswer("job"), FindLinkAnswer("no_job")};
  }
  return {};
}

absl::Span<const LinkReason> ReasonsFor(std::string_view answer_code) {
  if (answer_code == "no") return kNoReasons;
  return {};
}

bool IsReasonFor(std::string_view answer_code, std::string_view reason) {
  const absl::Span<const LinkReason> reasons = ReasonsFor(answer_code);
  if (reasons.empty()) return true;
  return std::any_of(reasons.begin(), reasons.end(),
                     [&](const LinkReason& one) { return one.code == reason; });
}

std::string MakeToken(const LinkTerms& terms, const Signer& sign) {
  const std::string text = Signed(terms);
  return text::Cat(text, ".", sign(text));
}

std::optional<LinkTerms> ReadToken(std::string_view token, const Signer& sign) {
  if (token.size() > kLongestToken) return std::nullopt;
  const std::vector<std::string> parts = absl::StrSplit(text::Absl(token), '.');
  int64_t expires = 0;
  if (parts.size() != 4 || !ids::IsUuid(parts[0]) || FindLinkAnswer(parts[1]) == nullptr ||
      !absl::SimpleAtoi(parts[2], &expires)) {
    return std::nullopt;
  }
  LinkTerms terms{parts[0], parts[1], absl::FromUnixSeconds(expires)};
  // What was signed is the one way to write it.
  const std::string made = MakeToken(terms, sign);
  if (!digest::ConstantTimeEqual(made, token)) return std::nullopt;
  return terms;
}

}  // namespace tremplin::notification
