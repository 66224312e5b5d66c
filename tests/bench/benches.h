#ifndef TREMPLIN_TESTS_BENCH_BENCHES_H_
#define TREMPLIN_TESTS_BENCH_BENCHES_H_

#include "tests/bench/report.h"

// Each measures one promise of the system against a raw limit found in the same run; figures go to
// the report.
namespace tremplin::bench {

// How much work: "quick" finishes in seconds and is for seeing that the benchmark runs.
struct Effort {
  bool quick = false;
};

// Durable SubmitReferral over gRPC with all its events consumed, and its latency at half that load.
void SubmitEmbedded(Report& report, const Effort& effort);
void SubmitDistributed(Report& report, const Effort& effort);
// GetReferral against a bare gRPC echo of as many bytes, from one process and distributed.
void Reads(Report& report, const Effort& effort);
void ReadsDistributed(Report& report, const Effort& effort);
// HTTP/JSON beside a bare HTTP server that answers the same bytes, and beside gRPC.
void Gateway(Report& report, const Effort& effort);
// From the commit of a fact to its consumer's transaction, over the embedded log and over Kafka.
void VisibilityEmbedded(Report& report, const Effort& effort);
void VisibilityDistributed(Report& report, const Effort& effort);
// From the fact that a mentee is ready to a proposal that can be seen, in a program that proposes
// continuously, one process.
void Arrival(Report& report, const Effort& effort);
// The same in a pool of 20,000 people, and the first of them after a restart, for whom the engine's
// memory is built anew.
void ArrivalLarge(Report& report, const Effort& effort);
// Start-up to serving, memory and processor at rest, one process.
void Rest(Report& report, const Effort& effort);
// What each of the services uses of a core while nobody calls.
void RestDistributed(Report& report, const Effort& effort);
// A file against 40 criteria: the decision alone on one core, and the whole call.
void Judging(Report& report, const Effort& effort);
// A file of 200,000 rows through the command line.
void Import(Report& report, const Effort& effort);
// What a definition would change for everybody who waits, asked of a running system.
void Preview(Report& report, const Effort& effort);
// What a submit and a page of a list cost as referrals grow.
void Growth(Report& report, const Effort& effort);

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_BENCHES_H_
