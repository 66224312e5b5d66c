#include "services/gateway/docs/docs.h"

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "common/digest/digest.h"
#include "common/text/text.h"
#include "services/gateway/app/encoding.h"
#include "services/gateway/docs/files.h"
#include "services/gateway/http/gzip.h"

namespace tremplin::gateway {
namespace {

constexpr char kPage[] = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tremplin API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
<script src="/docs/swagger-ui-bundle.js" defer></script>
<script src="/docs/start.js" defer></script>
</head>
<body>
<main id="viewer">
<noscript>This page needs JavaScript. / Cette page demande JavaScript. <a href="/openapi.json">/openapi.json</a></noscript>
</main>
</body>
</html>
)";

// Without the validator, which would send the document elsewhere; a key that is typed in is kept
// nowhere.
constexpr char kStart[] = R"("use strict";
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#viewer",
  deepLinking: true,
  validatorUrl: null,
  persistAuthorization: false,
  docExpansion: "none",
  filter: true,
});
)";

// The viewer sets styles of elements and shows images of its style sheet; nothing else.
constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' "
    "data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

struct File {
  const char* type;
  std::string gzip;
  std::string etag;
};

File Make(const char* type, std::string gzip) {
  std::string etag = text::Cat("\"", digest::Sha256Hex(gzip).substr(0, 32), "\"");
  return {type, std::move(gzip), std::move(etag)};
}

std::string Bytes(const unsigned char* bytes, size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

const std::map<std::string_view, File>& Files() {
  static const auto& files = *new std::map<std::string_view, File>{
      {"/docs", Make("text/html; charset=utf-8", http::Gzip(kPage))},
      {"/docs/start.js", Make("text/javascript; charset=utf-8", http::Gzip(kStart))},
      {"/docs/swagger-ui-bundle.js",
       Make("text/javascript; charset=utf-8", Bytes(kViewerScript, kViewerScriptSize))},
      {"/docs/swagger-ui.css",
       Make("text/css; charset=utf-8", Bytes(kViewerStyle, kViewerStyleSize))}};
  return files;
}

std::string Unpacked(const std::string& gzip) {
  constexpr size_t kMost = 16 << 20;
  http::Gunzip gunzip;
  std::string plain;
  (void)gunzip.Take(gzip, kMost, plain);  // our own
  return plain;
}

}  // namespace

std::optional<http::Response> Docs(const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") return std::nullopt;
  std::string_view path = std::string_view(request.target);
  path = path.substr(0, path.find('?'));
  if (path == "/docs/") path = "/docs";
  const auto found = Files().find(path);
  if (found == Files().end()) return std::nullopt;
  const File& file = found->second;
  http::Response response;
  response.headers = {{"Content-Type", file.type},
                      {"Content-Security-Policy", kPolicy},
                      {"Cache-Control", "no-cache"},  // asked for anew, by the etag
                      {"ETag", file.etag}};
  if (request.Header("if-none-match") == file.etag) {
    response.status = 304;
    return response;
  }
  if (AcceptsGzip(request.Header("accept-encoding"))) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = file.gzip;
  } else {
    response.body = Unpacked(file.gzip);
  }
  return response;
}

}  // namespace tremplin::gateway
