// What is compressed for whom, and what is not; bodies that come compressed.

#include "services/gateway/app/encoding.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/api/api.h"
#include "services/gateway/http/gzip.h"

namespace tremplin::gateway {
namespace {

std::string Plain(const std::string& packed) {
  http::Gunzip gunzip;
  std::string out;
  EXPECT_TRUE(gunzip.Take(packed, 1 << 20, out).ok());
  EXPECT_TRUE(gunzip.Whole());
  return out;
}

TEST(Encoding, AcceptEncodingIsRead) {
  for (const char* header : {"gzip", "deflate, gzip;q=0.5", "br;q=1.0, GZIP", "*", "*;q=0.1"}) {
    EXPECT_TRUE(AcceptsGzip(header)) << header;
  }
  for (const char* header : {"", "identity", "gzip;q=0", "*, gzip;q=0", "gzipped", "br"}) {
    EXPECT_FALSE(AcceptsGzip(header)) << header;
  }
}

TEST(Encoding, NothingThatHoldsPersonalDataOrASecretIsCompressed) {
  const std::unique_ptr<Api> api = *Api::Load();
  const auto transcoder = *transcoding::Transcoder::Make(api->Methods());
  const auto may = [&](const char* method, const char* path) {
    return MayCompress(**transcoder->Find(method, path));
  };
  EXPECT_TRUE(may("GET", "/v1/programs/a"));
  EXPECT_TRUE(may("GET", "/v1/programs"));
  EXPECT_FALSE(may("GET", "/v1/referrals/a"));
  EXPECT_FALSE(may("GET", "/v1/referrals"));  // names within a list
  EXPECT_FALSE(may("POST", "/v1/referrals:search"));
  EXPECT_FALSE(may("POST", "/v1/apiKeys"));  // answers a secret
  EXPECT_FALSE(may("POST", "/v1/referrals"));
}

TEST(Encoding, WhatIsWorthItIsCompressedForWhoTakesIt) {
  const auto compressed = [](const std::string& body, const std::string& accept) {
    http::Response response{.headers = {{"ETag", "\"v1\""}}, .body = body};
    Compress({.headers = {{"Accept-Encoding", accept}}}, response);
    return response;
  };
  const std::string large(2000, 'a');
  const http::Response packed = compressed(large, "gzip");
  EXPECT_EQ(http::Find(packed.headers, "content-encoding"), "gzip");
  EXPECT_EQ(http::Find(packed.headers, "etag"), "W/\"v1\"");
  EXPECT_EQ(Plain(packed.body), large);
  EXPECT_EQ(compressed(large, "br").body, large);
  EXPECT_EQ(compressed("small", "gzip").body, "small");
}

TEST(Encoding, BodiesMayComeCompressed) {
  const auto decode = [](const std::string& body, const std::string& coding) {
    return DecodeBody({.headers = {{"Content-Encoding", coding}}, .body = body}, 1000);
  };
  EXPECT_EQ(**decode(http::Gzip("{}"), "GZIP"), "{}");
  EXPECT_EQ(*decode("{}", ""), std::nullopt);
  EXPECT_EQ(*decode("{}", "identity"), std::nullopt);
  EXPECT_EQ(status::ReasonOf(decode("{}", "br").status()), "ENCODING_UNKNOWN");
  EXPECT_EQ(status::ReasonOf(decode("{}", "gzip").status()), "GZIP_BROKEN");
  EXPECT_EQ(status::ReasonOf(decode("", "gzip").status()), "GZIP_BROKEN");
  EXPECT_EQ(status::ReasonOf(decode(http::Gzip(std::string(1001, 'a')), "gzip").status()),
            "BODY_TOO_LARGE");
}

TEST(Encoding, FilesMayComeCompressed) {
  const auto decode = [](const std::string& packed, size_t size) -> absl::StatusOr<std::string> {
    auto source = DecodeSource("gzip", [&packed, size, at = size_t{0}]() mutable {
      const std::string piece = at < packed.size() ? packed.substr(at, size) : "";
      at += size;
      return piece;
    });
    std::string all;
    while (true) {
      absl::StatusOr<std::string> piece = (*source)();
      if (!piece.ok() || piece->empty()) return piece.ok() ? all : piece;
      all += *piece;
    }
  };
  const std::string text(100000, 'a');
  const std::string packed = http::Gzip(text);
  for (const size_t size : {size_t{1}, size_t{50}, packed.size()}) {
    EXPECT_EQ(*decode(packed, size), text);
  }
  EXPECT_EQ(status::ReasonOf(decode(packed.substr(0, packed.size() - 3), 50).status()),
            "GZIP_BROKEN");
  // Ten thousand bytes that would be ten million.
  EXPECT_EQ(status::ReasonOf(decode(http::Gzip(std::string(10 << 20, 'a')), 20000).status()),
            "GZIP_GROWS");
}

}  // namespace
}  // namespace tremplin::gateway
