#ifndef TREMPLIN_TESTS_SUPPORT_CERTIFICATE_H_
#define TREMPLIN_TESTS_SUPPORT_CERTIFICATE_H_

#include <string>

namespace tremplin::testing {

// Writes a certificate that signs itself, and its key, as PEM files; of the same path, one behind
// the other. For `host`, a name or an IPv4 address, from an hour ago for two hours.
void MakeCertificate(const std::string& host, const std::string& certificate,
                     const std::string& key);

}  // namespace tremplin::testing

#endif  // TREMPLIN_TESTS_SUPPORT_CERTIFICATE_H_
