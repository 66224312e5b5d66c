#include "common/environment/environment.h"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/time/clock.h"

namespace tremplin::environment {
namespace {

constexpr size_t kBlock = 1024;

thread_local Environment* simulated = nullptr;
std::atomic<bool> serves{false};

[[noreturn]] void Die(const char* why) {
  std::fprintf(stderr, "environment: %s\n", why);
  std::abort();
}

void FillFromSystem(unsigned char* out, size_t size) {
  if (RAND_bytes(out, static_cast<int>(size)) != 1) Die("the system has no randomness");
}

uint64_t LittleEndian(const std::array<unsigned char, 8>& bytes) {
  uint64_t bits = 0;
  for (size_t i = bytes.size(); i > 0; --i) bits = bits << 8U | bytes[i - 1];
  return bits;
}

std::string Bytes(size_t size, void (*fill)(unsigned char*, size_t)) {
  std::string bytes(size, '\0');
  fill(reinterpret_cast<unsigned char*>(bytes.data()), size);
  return bytes;
}

}  // namespace

void FillSecret(unsigned char* out, size_t size) {
  if (simulated != nullptr) return simulated->Fill(out, size);
  FillFromSystem(out, size);
}

void FillPublic(unsigned char* out, size_t size) {
  if (simulated != nullptr) return simulated->Fill(out, size);
  if (size > kBlock) return FillFromSystem(out, size);
  thread_local std::array<unsigned char, kBlock> block;
  thread_local size_t used = kBlock;
  if (used + size > kBlock) {
    FillFromSystem(block.data(), kBlock);
    used = 0;
  }
  std::copy_n(block.data() + used, size, out);
  OPENSSL_cleanse(block.data() + used, size);
  used += size;
}

std::string SecretBytes(size_t size) { return Bytes(size, FillSecret); }
std::string PublicBytes(size_t size) { return Bytes(size, FillPublic); }

uint64_t PublicBits() {
  std::array<unsigned char, 8> bytes{};
  FillPublic(bytes.data(), bytes.size());
  return LittleEndian(bytes);
}

absl::Time SystemNow() { return simulated != nullptr ? simulated->SystemNow() : absl::Now(); }

absl::Duration SteadyNow() {
  if (simulated != nullptr) return simulated->SteadyNow();
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

void Sleep(absl::Duration duration) {
  if (simulated != nullptr) return simulated->Sleep(duration);
  absl::SleepFor(duration);
}

uint64_t Ascending(uint64_t at_least) {
  if (simulated != nullptr) return simulated->Ascending(at_least);
  static std::atomic<uint64_t> last{0};
  uint64_t previous = last.load(std::memory_order_relaxed);
  uint64_t next = 0;
  do {
    next = std::max(at_least, previous + 1);
  } while (!last.compare_exchange_weak(previous, next, std::memory_order_relaxed));
  return next;
}

Environment* Exchange(Environment* environment) {
  if (environment != nullptr && serves) Die("a process that serves takes no simulation");
  return std::exchange(simulated, environment);
}

void RefuseSimulation() {
  if (simulated != nullptr) Die("a process that serves takes no simulation");
  serves = true;
}

}  // namespace tremplin::environment
