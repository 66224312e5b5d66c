#ifndef TREMPLIN_SERVICES_REGISTRATION_APP_SECRET_H_
#define TREMPLIN_SERVICES_REGISTRATION_APP_SECRET_H_

#include <string>
#include <string_view>

namespace tremplin::registration {

// `prefix` and 43 characters that say 32 random bytes. Random also in demo mode: a secret that can
// be derived is none, and no result depends on it.
std::string NewSecret(std::string_view prefix);

}  // namespace tremplin::registration

#endif  // TREMPLIN_SERVICES_REGISTRATION_APP_SECRET_H_
