#ifndef TREMPLIN_COMMON_DIGEST_STREAM_H_
#define TREMPLIN_COMMON_DIGEST_STREAM_H_

#include <memory>
#include <string_view>

#include "common/digest/digest.h"

namespace tremplin::digest {

// SHA-256 of what comes in pieces, in constant memory. Not thread-safe.
class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(const Sha256Stream&) = delete;
  Sha256Stream& operator=(const Sha256Stream&) = delete;

  void Take(std::string_view bytes);
  // Of all that was taken; once.
  Bytes Finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::digest

#endif  // TREMPLIN_COMMON_DIGEST_STREAM_H_
