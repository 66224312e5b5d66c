#include "services/gateway/http/gzip.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

namespace tremplin::gateway::http {
namespace {

constexpr int kGzipOnly = 15 + 16;  // the largest window, and gzip's head and end
constexpr int kMemory = 8;
constexpr int kLevel = 5;
constexpr size_t kBlock = 64 << 10;

// zlib reads through a pointer that is not const.
Bytef* Raw(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

std::string Gzip(std::string_view text) {
  z_stream stream{};
  if (deflateInit2(&stream, kLevel, Z_DEFLATED, kGzipOnly, kMemory, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();  // the one thing that can go wrong
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  stream.next_in = Raw(text);
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = Raw(out);
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct Gunzip::State {
  z_stream stream{};
  bool begun = false;  // a piece of gzip, and not at its end
  bool any = false;
};

Gunzip::Gunzip() : state_(std::make_unique<State>()) {
  if (inflateInit2(&state_->stream, kGzipOnly) != Z_OK) throw std::bad_alloc();
}
Gunzip::~Gunzip() { inflateEnd(&state_->stream); }

absl::Status Gunzip::Take(std::string_view bytes, size_t most, std::string& out) {
  std::array<char, kBlock> block;
  z_stream& stream = state_->stream;
  stream.next_in = Raw(bytes);
  stream.avail_in = static_cast<uInt>(bytes.size());
  size_t taken = 0;
  bool full = false;
  while (stream.avail_in > 0 || full) {
    if (!state_->begun && state_->any && inflateReset(&stream) != Z_OK) {
      return absl::InternalError("zlib cannot begin anew");
    }
    state_->begun = state_->any = true;
    stream.next_out = reinterpret_cast<Bytef*>(block.data());
    stream.avail_out = block.size();
    const int result = inflate(&stream, Z_NO_FLUSH);
    if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
      return absl::InvalidArgumentError("no gzip");
    }
    const size_t made = block.size() - stream.avail_out;
    taken += made;
    if (taken > most) return absl::OutOfRangeError("too large");
    out.append(block.data(), made);
    full = stream.avail_out == 0 && result == Z_OK;
    if (result == Z_STREAM_END) state_->begun = false;
  }
  return absl::OkStatus();
}

bool Gunzip::Whole() const { return state_->any && !state_->begun; }

}  // namespace tremplin::gateway::http
