#ifndef TREMPLIN_TESTS_BENCH_MATCHING_GRAPH_FILE_H_
#define TREMPLIN_TESTS_BENCH_MATCHING_GRAPH_FILE_H_

#include <string>

#include "services/matching/engine/graph.h"

// A graph in a file, for other programs of the same run: 32-bit numbers of this machine. Mentees,
// mentors, candidates; begin; capacity; priority; mentor and points of each candidate. A file that
// cannot be written or read ends the program.
namespace tremplin::bench {

void WriteGraph(const matching::engine::Graph& graph, const std::string& path);
matching::engine::Graph ReadGraph(const std::string& path);

}  // namespace tremplin::bench

#endif  // TREMPLIN_TESTS_BENCH_MATCHING_GRAPH_FILE_H_
