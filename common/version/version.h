#ifndef TREMPLIN_COMMON_VERSION_VERSION_H_
#define TREMPLIN_COMMON_VERSION_VERSION_H_

#include <string_view>

namespace tremplin::version {

// The release this was built as, "1.2.3": the one that CMakeLists.txt states.
std::string_view Number();

}  // namespace tremplin::version

#endif  // TREMPLIN_COMMON_VERSION_VERSION_H_
