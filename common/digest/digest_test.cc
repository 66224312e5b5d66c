#include "common/digest/digest.h"

#include <string>
#include <thread>
#include <vector>

#include "absl/strings/escaping.h"
#include "gtest/gtest.h"

namespace tremplin::digest {
namespace {

std::string Hex(const Bytes& bytes) { return absl::BytesToHexString(ToString(bytes)); }

// FIPS 180-4's examples, and the same again: a context is used many times.
TEST(DigestTest, HashesAsPublished) {
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(Hex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
              "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  }
}

// RFC 4231, cases 1, 2 and 6: keys of different lengths, one longer than a block.
TEST(DigestTest, AuthenticatesAsPublished) {
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(Hex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    EXPECT_EQ(Hex(HmacSha256("Jefe", "what do ya want for nothing?")),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(Hex(HmacSha256(std::string(131, '\xaa'),
                             "Test Using Larger Than Block-Size Key - Hash Key First")),
              "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  }
}

TEST(DigestTest, ThreadsDoNotDisturbEachOther) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([i] {
      const std::string key(static_cast<size_t>(i) + 1, 'k');
      const Bytes hash = Sha256(key);
      const Bytes mac = HmacSha256(key, "text");
      for (int round = 0; round < 200; ++round) {
        EXPECT_EQ(Sha256(key), hash);
        EXPECT_EQ(HmacSha256(key, "text"), mac);
      }
    });
  }
}

TEST(DigestTest, ComparesWhole) {
  EXPECT_TRUE(ConstantTimeEqual("", ""));
  EXPECT_TRUE(ConstantTimeEqual("key", "key"));
  EXPECT_FALSE(ConstantTimeEqual("key", "kez"));
  EXPECT_FALSE(ConstantTimeEqual("key", "key "));
}

}  // namespace
}  // namespace tremplin::digest
