#ifndef TREMPLIN_COMMON_ENVIRONMENT_ENVIRONMENT_H_
#define TREMPLIN_COMMON_ENVIRONMENT_ENVIRONMENT_H_

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"

// What makes one run differ from another: the numbers it draws, the time it reads, how long it
// waits. Ids, traces, jitter, seals and secrets draw here and nowhere else; whatever is stored, or
// decides what is done, takes its time from here or from a clock::Clock that it was given.
//
// By default all of it is the system's. A simulation (simulated.h) puts an environment of its own
// in the place of it, for the thread that steps it: what runs there is then a function of the seed
// and of the calls, and what other threads draw meanwhile changes nothing in it. There is no
// setting for that: only code that links the simulation can do it, and a process that has begun to
// serve refuses it.
//
// Real time stays where somebody outside is waited for, and nothing of it is kept: deadlines and
// reconnections of PostgreSQL, Kafka, Redis, gRPC and HTTP, the loops' threads, the databases'
// patience with a statement. In a simulation there is nobody outside, its databases know no
// deadline, and nothing waits for another thread: polls come back at once.
//
// Thread-safe.
namespace tremplin::environment {

// Random bytes that stay secret: keys, credentials. Each is fetched by itself and kept nowhere
// else. The process ends where the system has no randomness: nothing can be sealed then.
void FillSecret(unsigned char* out, size_t size);
std::string SecretBytes(size_t size);

// Random bytes that anybody may see once they are used: ids, nonces, salts. As unpredictable as the
// others until then, and fetched in blocks, because a call into OpenSSL for eight bytes costs more
// than an id.
void FillPublic(unsigned char* out, size_t size);
std::string PublicBytes(size_t size);
uint64_t PublicBits();

// System time, and time that never jumps, since an arbitrary beginning (see clock::Clock).
absl::Time SystemNow();
absl::Duration SteadyNow();

// Returns once `duration` has passed.
void Sleep(absl::Duration duration);

// `at_least`, or one more than was returned last where that is greater: grows with every call in
// this environment, whatever the clock does.
uint64_t Ascending(uint64_t at_least);

// What stands behind the functions above while a simulation runs. Called from its thread only.
class Environment {
 public:
  virtual ~Environment() = default;
  virtual void Fill(unsigned char* out, size_t size) = 0;
  virtual absl::Time SystemNow() = 0;
  virtual absl::Duration SteadyNow() = 0;
  virtual void Sleep(absl::Duration duration) = 0;
  virtual uint64_t Ascending(uint64_t at_least) = 0;
};

// Puts `environment` in the system's place for the calling thread (null: the system's again) and
// returns what stood there. For simulated.h. Ends a process that serves.
Environment* Exchange(Environment* environment);

// From now on this process takes no environment but the system's: the first act of every program
// that serves. Ends the process where one is in place on this thread.
void RefuseSimulation();

}  // namespace tremplin::environment

#endif  // TREMPLIN_COMMON_ENVIRONMENT_ENVIRONMENT_H_
