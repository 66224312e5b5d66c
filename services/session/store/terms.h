#ifndef TREMPLIN_SERVICES_SESSION_STORE_TERMS_H_
#define TREMPLIN_SERVICES_SESSION_STORE_TERMS_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "services/session/domain/terms.h"
#include "tremplin/program/v1/program.pb.h"

// A format as an engagement keeps it. Pure.
namespace tremplin::session::store {

// What an engagement needs of its format: bounds and the engagement itself, without texts.
program::v1::Format Pinned(const program::v1::Format& format);

// DATA_LOSS for a kind of contact that no publication lets pass.
absl::StatusOr<domain::Terms> TermsOf(const program::v1::Format& pinned,
                                      std::string_view time_zone);

}  // namespace tremplin::session::store

#endif  // TREMPLIN_SERVICES_SESSION_STORE_TERMS_H_
