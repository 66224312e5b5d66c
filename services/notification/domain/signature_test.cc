#include "services/notification/domain/signature.h"

#include "gtest/gtest.h"

namespace tremplin::notification {
namespace {

constexpr char kId[] = "msg_p5jXN8AQM9LWM0D4loKWxJek";
constexpr char kBody[] = R"({"test": 2432232314})";
constexpr int64_t kTimestamp = 1614265330;
constexpr char kSecret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
constexpr char kSigned[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";

// The vector that the reference libraries of Standard Webhooks are tested with.
TEST(Signatures, AreThoseOfStandardWebhooks) {
  EXPECT_EQ(Signatures({*SecretBytes(kSecret)}, kId, kTimestamp, kBody), kSigned);
}

TEST(Signatures, OfTwoSecretsStandBesideEachOther) {
  const std::string other(24, 'k');
  const std::string alone = Signatures({other}, kId, kTimestamp, kBody);
  EXPECT_EQ(Signatures({other, *SecretBytes(kSecret)}, kId, kTimestamp, kBody),
            alone + " " + kSigned);
}

TEST(Signatures, HangOnEachPart) {
  const std::vector<std::string> secrets = {*SecretBytes(kSecret)};
  EXPECT_NE(Signatures(secrets, "msg_other", kTimestamp, kBody), kSigned);
  EXPECT_NE(Signatures(secrets, kId, kTimestamp + 1, kBody), kSigned);
  EXPECT_NE(Signatures(secrets, kId, kTimestamp, "{}"), kSigned);
}

TEST(SecretBytes, ReadsWhatWrittenSecretWrites) {
  for (const size_t size : {24u, 32u, 64u}) {
    const std::string bytes(size, '\xfe');
    EXPECT_EQ(SecretBytes(WrittenSecret(bytes)), bytes);
  }
  for (const std::string& text :
       {std::string("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), std::string("whsec_"),
        std::string("whsec_%%%"), WrittenSecret(std::string(23, 'k')),
        WrittenSecret(std::string(65, 'k'))}) {
    EXPECT_EQ(SecretBytes(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace tremplin::notification
