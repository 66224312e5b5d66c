#ifndef TREMPLIN_SERVICES_GATEWAY_DOCS_DOCS_H_
#define TREMPLIN_SERVICES_GATEWAY_DOCS_DOCS_H_

#include <optional>

#include "services/gateway/http/message.h"

namespace tremplin::gateway {

// /docs: a page that shows /openapi.json and tries its methods, by swagger-ui, which is built in:
// nothing comes from another place, and the page's policy lets nothing go there. Nothing for other
// requests.
std::optional<http::Response> Docs(const http::Request& request);

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_DOCS_DOCS_H_
