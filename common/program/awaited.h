#ifndef TREMPLIN_COMMON_PROGRAM_AWAITED_H_
#define TREMPLIN_COMMON_PROGRAM_AWAITED_H_

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/clock/clock.h"
#include "common/program/program_store.h"

namespace tremplin::program {

// Definitions for consumers of events. An event may come before the publication of the definition
// that it names, from another topic: then it waits (UNAVAILABLE pauses its partition, the others
// flow). But a publication that is lost, or has itself become a dead letter, would keep it for
// ever, and everything behind it; so after a while it is NOT_FOUND, by which the event becomes a
// dead letter with its cause after the usual tries, to be replayed once the definition is there.
// Thread-safe.
class AwaitedPrograms {
 public:
  // What two topics are usually apart, many times over.
  static constexpr absl::Duration kPatience = absl::Minutes(2);

  // Both outlive this.
  AwaitedPrograms(ProgramStore& programs, const clock::Clock& clock)
      : programs_(programs), clock_(clock) {}

  // As those of ProgramStore, but for what has not come.
  absl::StatusOr<std::shared_ptr<const Program>> Version(std::string_view id, int64_t version);
  absl::StatusOr<std::shared_ptr<const Program>> InForce(std::string_view id, absl::Time when);

 private:
  using Name = std::pair<std::string, int64_t>;  // a version; 0: any
  absl::StatusOr<std::shared_ptr<const Program>> Judge(
      const Name& name, absl::StatusOr<std::shared_ptr<const Program>> found);

  ProgramStore& programs_;
  const clock::Clock& clock_;
  std::mutex mutex_;
  std::map<Name, absl::Duration> missed_;  // when it was missed first, by steady time
};

}  // namespace tremplin::program

#endif  // TREMPLIN_COMMON_PROGRAM_AWAITED_H_
