#include "common/version/version.h"

namespace tremplin::version {

std::string_view Number() { return TREMPLIN_VERSION; }

}  // namespace tremplin::version
