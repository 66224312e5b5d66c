#include "services/gateway/app/fhir_answer.h"

#include <utility>

#include "common/rpc/details.h"
#include "common/text/text.h"
#include "services/gateway/app/request.h"

namespace tremplin::gateway {

http::Response FhirAnswer(const http::Request& request, const std::string& version,
                          std::string body) {
  http::Response response;
  response.headers = {{"Content-Type", kFhirJson},
                      {"Content-Language", rpc::LocaleOf(LanguageOf(request))}};
  if (!version.empty()) {
    const bool unchanged = IsUnchanged(request, version, response);
    response.headers.back().second = text::Cat("W/\"", version, "\"");
    if (unchanged) return response;
  }
  response.body = std::move(body);
  return response;
}

}  // namespace tremplin::gateway
