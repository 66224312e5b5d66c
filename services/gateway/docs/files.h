#ifndef TREMPLIN_SERVICES_GATEWAY_DOCS_FILES_H_
#define TREMPLIN_SERVICES_GATEWAY_DOCS_FILES_H_

#include <cstddef>

// The viewer's files as npm has them, compressed (gzip); made by the build (CMakeLists.txt).
namespace tremplin::gateway {

extern const unsigned char kViewerScript[];
extern const size_t kViewerScriptSize;
extern const unsigned char kViewerStyle[];
extern const size_t kViewerStyleSize;

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_DOCS_FILES_H_
