#ifndef TREMPLIN_TESTS_BENCH_LANES_H_
#define TREMPLIN_TESTS_BENCH_LANES_H_

#include "common/database/database.h"

namespace tremplin::bench {

// Writes per second of the lanes alone: 64 threads, each write a SELECT, an INSERT and an outbox
// row of three plain statements, durable. The raw limit of everything that is written through them.
double RawLanes(database::Database& db, int64_t writes);

// The raw lanes on a fresh SQLite file, and on a fresh schema of a PostgreSQL server (a superuser's
// URI).
double RawSqliteLanes(int64_t writes);
double RawPostgresLanes(const std::string& uri, int64_t writes);

// Milliseconds of one flush of the disk that the benchmarks write to (4 KB over what is there, and
// fdatasync), the median of 200: what no commit can be faster than.
double RawFlushMs();

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_LANES_H_
