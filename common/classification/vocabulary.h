#ifndef TREMPLIN_COMMON_CLASSIFICATION_VOCABULARY_H_
#define TREMPLIN_COMMON_CLASSIFICATION_VOCABULARY_H_

#include <string_view>

#include "absl/types/span.h"
#include "common/messages/message.h"

// Small vocabularies of our own, beside the public classifications: what people seek, and what they
// volunteer about themselves. Codes are stable: one may be added, none changes its meaning.
namespace tremplin::classification {

struct Term {
  std::string_view code;
  messages::Message label;  // a phrase that follows a colon
};

// What a mentee seeks and a mentor offers.
absl::Span<const Term> Goals();

// What a mentee may wish of a mentor, and a mentor may say of themselves: experiences and roots
// rather than origins on paper, and the languages in which a hard word may be explained.
absl::Span<const Term> Traits();

// nullptr when the code is none of theirs.
const Term* FindGoal(std::string_view code);
const Term* FindTrait(std::string_view code);

}  // namespace tremplin::classification

#endif  // TREMPLIN_COMMON_CLASSIFICATION_VOCABULARY_H_
