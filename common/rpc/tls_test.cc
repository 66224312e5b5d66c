// Services speak mutual TLS: a caller of the installation's authority is served, one without a
// certificate, or with one of another authority, is not; and a server of another authority is not
// talked to. Authorities and certificates are made here.

#include <memory>
#include <string>

#include "common/rpc/client.h"
#include "common/rpc/server.h"
#include "common/rpc/testing/echo.h"
#include "grpc/grpc.h"
#include "gtest/gtest.h"
#include "openssl/evp.h"
#include "openssl/pem.h"
#include "openssl/x509.h"
#include "openssl/x509v3.h"
#include "tests/support/temp_dir.h"

namespace tremplin::rpc {
namespace {

using testing::EchoRequest;
using testing::EchoResponse;
using testing::EchoSystem;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr long kDay = 24 * 60 * 60;  // NOLINT(google-runtime-int): OpenSSL's type

Key NewKey() { return {EVP_EC_gen("P-256"), &EVP_PKEY_free}; }

void AddExtension(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  ASSERT_NE(extension, nullptr);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// An authority, and what it has signed, as PEM files.
class Authority {
 public:
  Authority(const tremplin::testing::TempDir& dir, std::string name)
      : dir_(dir), name_(std::move(name)), key_(NewKey()), own_(Make(key_.get(), nullptr)) {
    Write(name_ + ".ca.pem", [&](BIO* out) { PEM_write_bio_X509(out, own_.get()); });
  }

  std::string ca() const { return dir_.File(name_ + ".ca.pem"); }

  // Files of a certificate for 127.0.0.1, signed by this authority.
  TlsFiles Sign(const std::string& who) {
    const Key key = NewKey();
    const Certificate certificate = Make(key.get(), own_.get());
    Write(who + ".pem", [&](BIO* out) { PEM_write_bio_X509(out, certificate.get()); });
    Write(who + ".key", [&](BIO* out) {
      PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    return {
        .certificate = dir_.File(who + ".pem"), .key = dir_.File(who + ".key"), .client_ca = ca()};
  }

 private:
  Certificate Make(EVP_PKEY* key, X509* issuer) {
    Certificate made(X509_new(), &X509_free);
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial_);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -kDay);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), kDay);
    X509_set_pubkey(made.get(), key);
    const std::string common_name = issuer == nullptr ? name_ : "service";
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(made.get(),
                         X509_get_subject_name(issuer == nullptr ? made.get() : issuer));
    if (issuer == nullptr) {
      AddExtension(made.get(), NID_basic_constraints, "critical,CA:TRUE");
    } else {
      AddExtension(made.get(), NID_subject_alt_name, "IP:127.0.0.1");
    }
    EXPECT_GT(X509_sign(made.get(), key_.get(), EVP_sha256()), 0);
    return made;
  }

  template <class Fill>
  void Write(const std::string& file, const Fill& fill) {
    BIO* out = BIO_new_file(dir_.File(file).c_str(), "w");
    ASSERT_NE(out, nullptr);
    fill(out);
    BIO_free(out);
  }

  const tremplin::testing::TempDir& dir_;
  const std::string name_;
  int serial_ = 0;
  Key key_;
  Certificate own_;
};

class TlsTest : public ::testing::Test {
 protected:
  // The library closes connections behind its callers' back; until it has, what OpenSSL holds for
  // them looks like a leak.
  static void SetUpTestSuite() { grpc_init(); }
  static void TearDownTestSuite() { grpc_shutdown_blocking(); }

  void Serve(const TlsFiles& tls) {
    ServerOptions options;
    options.listen = "127.0.0.1:0";
    options.tls = tls;
    auto started = Server::Start(*system_.dispatcher, options);
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
  }

  absl::Status Call(const TlsFiles& tls) {
    Client client(server_->address(), testing::kOperatorKey, tls);
    EchoRequest request;
    request.set_text("hello");
    return client.Call<EchoResponse>(testing::kEcho, request, absl::Seconds(3)).status();
  }

  tremplin::testing::TempDir dir_;
  Authority ours_{dir_, "ours"};
  Authority another_{dir_, "another"};
  EchoSystem system_;
  std::unique_ptr<Server> server_;
};

TEST_F(TlsTest, ACallerOfTheSameAuthorityIsServed) {
  Serve(ours_.Sign("server"));
  EXPECT_EQ(Call(ours_.Sign("caller")), absl::OkStatus());
}

TEST_F(TlsTest, ACallerWithoutACertificateOrOfAnotherAuthorityIsNot) {
  Serve(ours_.Sign("server"));
  EXPECT_EQ(Call({.certificate = "", .key = "", .client_ca = ours_.ca()}).code(),
            absl::StatusCode::kUnavailable);
  TlsFiles stranger = another_.Sign("stranger");
  stranger.client_ca = ours_.ca();
  EXPECT_EQ(Call(stranger).code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(Call({}).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, AServerOfAnotherAuthorityIsNotTalkedTo) {
  TlsFiles impostor = another_.Sign("impostor");
  impostor.client_ca = ours_.ca();
  Serve(impostor);
  EXPECT_EQ(Call(ours_.Sign("caller")).code(), absl::StatusCode::kUnavailable);
}

TEST_F(TlsTest, WhatCannotBeReadStopsTheStart) {
  ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.tls = {
      .certificate = dir_.File("missing.pem"), .key = dir_.File("missing.key"), .client_ca = ""};
  EXPECT_FALSE(Server::Start(*system_.dispatcher, options).ok());
}

}  // namespace
}  // namespace tremplin::rpc
