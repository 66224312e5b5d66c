// The page at /docs and its files: whole, as npm has them, and under a policy that lets nothing in
// or out.

#include "services/gateway/docs/docs.h"

#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/http/gzip.h"

namespace tremplin::gateway {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

http::Response Get(const std::string& target, const http::Headers& headers = {}) {
  auto response = Docs({.method = "GET", .target = target, .headers = headers});
  EXPECT_TRUE(response.has_value()) << target;
  return response.has_value() ? *std::move(response) : http::Response();
}

std::string FileOf(const std::string& name) {
  std::ifstream in(".cache/viewer/node_modules/swagger-ui-dist/" + name, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Docs, ThePageAsksForWhatIsServedAndForNothingElse) {
  const std::string page = Get("/docs").body;
  EXPECT_EQ(page, Get("/docs/").body);
  EXPECT_THAT(page, Not(HasSubstr("//")));  // no other host
  const std::regex reference("(?:src|href)=\"([^\"]*)\"");
  std::set<std::string> files;
  for (std::sregex_iterator at(page.begin(), page.end(), reference), end; at != end; ++at) {
    files.insert((*at)[1]);
  }
  files.erase("/openapi.json");
  EXPECT_EQ(files.size(), 3U);
  for (const std::string& file : files) EXPECT_GT(Get(file).body.size(), 100U) << file;
  EXPECT_THAT(Get("/docs/start.js").body, HasSubstr("\"/openapi.json\""));
}

TEST(Docs, TheViewerIsNpmsToTheByte) {
  for (const char* name : {"swagger-ui-bundle.js", "swagger-ui.css"}) {
    const std::string plain = Get(std::string("/docs/") + name).body;
    EXPECT_GT(plain.size(), 100000U);
    EXPECT_TRUE(plain == FileOf(name)) << name;
    const http::Response packed =
        Get(std::string("/docs/") + name, {{"Accept-Encoding", "gzip, br"}});
    EXPECT_EQ(http::Find(packed.headers, "content-encoding"), "gzip");
    http::Gunzip gunzip;
    std::string out;
    ASSERT_TRUE(gunzip.Take(packed.body, 16 << 20, out).ok());
    EXPECT_TRUE(out == plain);
  }
}

TEST(Docs, NothingFromElsewhereRuns) {
  const http::Response page = Get("/docs");
  const std::string policy(http::Find(page.headers, "content-security-policy"));
  EXPECT_THAT(policy, HasSubstr("default-src 'none'; script-src 'self';"));
  EXPECT_THAT(policy, HasSubstr("connect-src 'self'"));
  EXPECT_THAT(policy, Not(HasSubstr("unsafe-eval")));
  EXPECT_THAT(policy, Not(HasSubstr("http")));
  // No script stands in the page itself.
  EXPECT_FALSE(std::regex_search(page.body, std::regex("<script(?![^>]*src=)")));
}

TEST(Docs, FilesAreAskedForAnewByTheirEtag) {
  const std::string etag(http::Find(Get("/docs/swagger-ui.css").headers, "etag"));
  EXPECT_EQ(Get("/docs/swagger-ui.css", {{"If-None-Match", etag}}).status, 304);
  EXPECT_EQ(Get("/docs/swagger-ui.css", {{"If-None-Match", "\"other\""}}).status, 200);
}

TEST(Docs, OtherPathsAreNotThere) {
  EXPECT_FALSE(Docs({.method = "GET", .target = "/docs/../openapi.json"}).has_value());
  EXPECT_FALSE(Docs({.method = "GET", .target = "/docs/index.html"}).has_value());
  EXPECT_FALSE(Docs({.method = "POST", .target = "/docs"}).has_value());
}

}  // namespace
}  // namespace tremplin::gateway
