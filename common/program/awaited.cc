#include "common/program/awaited.h"

#include "absl/status/status.h"
#include "common/text/text.h"

namespace tremplin::program {
namespace {

// Names are of events, which only services write; still nothing grows without a bound.
constexpr size_t kMostMissed = 1000;

}  // namespace

absl::StatusOr<std::shared_ptr<const Program>> AwaitedPrograms::Version(std::string_view id,
                                                                        int64_t version) {
  return Judge({std::string(id), version}, programs_.Version(id, version));
}

absl::StatusOr<std::shared_ptr<const Program>> AwaitedPrograms::InForce(std::string_view id,
                                                                        absl::Time when) {
  return Judge({std::string(id), 0}, programs_.InForce(id, when));
}

absl::StatusOr<std::shared_ptr<const Program>> AwaitedPrograms::Judge(
    const Name& name, absl::StatusOr<std::shared_ptr<const Program>> found) {
  const absl::Duration now = clock_.SteadyNow();
  const std::lock_guard lock(mutex_);
  if (!absl::IsNotFound(found.status())) {
    if (found.ok()) missed_.erase(name);
    return found;
  }
  if (missed_.size() >= kMostMissed && !missed_.contains(name)) missed_.clear();
  const auto [missed, first] = missed_.try_emplace(name, now);
  const std::string what = name.second == 0
                               ? text::Cat("the program ", name.first)
                               : text::Cat("version ", name.second, " of the program ", name.first);
  if (now - missed->second < kPatience) {
    return absl::UnavailableError(text::Cat(what, " was not heard of yet"));
  }
  return absl::NotFoundError(text::Cat(
      what,
      " was not heard of: look for its publication among the dead letters, replay that, then "
      "this"));
}

}  // namespace tremplin::program
