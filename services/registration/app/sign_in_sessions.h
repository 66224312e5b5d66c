#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_SIGN_IN_SESSIONS_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_SIGN_IN_SESSIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "common/clock/clock.h"
#include "common/database/database.h"
#include "common/rpc/call.h"
#include "tremplin/registration/v1/registration.pb.h"

namespace tremplin::registration {

// As whom a session with a token of this hash (SHA-256, hex) acts, in the form of an API key that
// is named after the role. That it was used is noted. NOT_FOUND with reason API_KEY_NOT_FOUND where
// there is none, or it is over.
absl::StatusOr<v1::ApiKey> ResolveSession(database::Database& db, const clock::Clock& clock,
                                          const rpc::CallContext& call,
                                          const std::string& token_hash);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_SIGN_IN_SESSIONS_H_
