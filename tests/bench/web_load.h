#ifndef TREMPLIN_TESTS_BENCH_WEB_LOAD_H_
#define TREMPLIN_TESTS_BENCH_WEB_LOAD_H_

#include <cstdint>
#include <functional>
#include <string>

#include "tests/bench/load.h"

namespace tremplin::bench {

// The bytes of an HTTP request, by its number.
using MakeRequest = std::function<std::string(int64_t number)>;

// `in_flight` connections to "127.0.0.1:port", one request at a time on each, until `count` are
// answered; on the calling thread. Answers other than 200 are failures.
LoadResult ClosedWeb(const std::string& address, int in_flight, int64_t count, int64_t first,
                     const MakeRequest& make);

// One answer, head and body as they came; "" when none comes.
std::string WebAnswer(const std::string& address, const std::string& request);

// Serves the bytes of a file as the answer to whatever is asked, by Boost.Beast and nothing of
// ours, until killed: the peer of the gateway's figures. Prints its port on standard output.
int ServeBytes(const std::string& file);

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_WEB_LOAD_H_
