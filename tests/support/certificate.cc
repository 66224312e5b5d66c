#include "tests/support/certificate.h"

#include <arpa/inet.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>

namespace tremplin::testing {

void MakeCertificate(const std::string& host, const std::string& certificate,
                     const std::string& key) {
  using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
  using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
  using Extension = std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)>;
  using File = std::unique_ptr<BIO, decltype(&BIO_free)>;
  const Key pair(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const Certificate made(X509_new(), &X509_free);
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
  X509_set_pubkey(made.get(), pair.get());
  X509_NAME* const name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(host.c_str()), -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  in_addr parsed;
  const bool number = inet_pton(AF_INET, host.c_str(), &parsed) == 1;
  const Extension names(X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                            ((number ? "IP:" : "DNS:") + host).c_str()),
                        &X509_EXTENSION_free);
  X509_add_ext(made.get(), names.get(), -1);
  X509_sign(made.get(), pair.get(), EVP_sha256());
  const File first(BIO_new_file(certificate.c_str(), "w"), &BIO_free);
  PEM_write_bio_X509(first.get(), made.get());
  BIO_flush(first.get());
  const File second(BIO_new_file(key.c_str(), certificate == key ? "a" : "w"), &BIO_free);
  PEM_write_bio_PrivateKey(second.get(), pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

}  // namespace tremplin::testing
