#ifndef TREMPLIN_SERVICES_GATEWAY_HTTP_GZIP_H_
#define TREMPLIN_SERVICES_GATEWAY_HTTP_GZIP_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"

// gzip (RFC 1952), by zlib.
namespace tremplin::gateway::http {

std::string Gzip(std::string_view text);

// Undoes it as it comes, in constant memory. What is behind the end is another piece of the same,
// as `cat` of two files gives. Not thread-safe.
class Gunzip {
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;

  // Appends to `out` what `bytes` are. INVALID_ARGUMENT when they are no gzip, OUT_OF_RANGE when
  // they are more than `most` bytes; after an error it is of no more use.
  absl::Status Take(std::string_view bytes, size_t most, std::string& out);
  // Whether nothing is missing behind what was taken.
  bool Whole() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tremplin::gateway::http

#endif  // TREMPLIN_SERVICES_GATEWAY_HTTP_GZIP_H_
