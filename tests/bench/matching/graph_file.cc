#include "tests/bench/matching/graph_file.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <vector>

namespace tremplin::bench {

using matching::engine::Candidate;
using matching::engine::Graph;

namespace {

static_assert(sizeof(Candidate) == 2 * sizeof(uint32_t));

template <typename T>
void Write(std::ofstream& out, const std::vector<T>& items) {
  out.write(reinterpret_cast<const char*>(items.data()),
            static_cast<std::streamsize>(items.size() * sizeof(T)));
}

template <typename T>
void Read(std::ifstream& in, size_t size, std::vector<T>* items) {
  items->resize(size);
  in.read(reinterpret_cast<char*>(items->data()), static_cast<std::streamsize>(size * sizeof(T)));
}

[[noreturn]] void Fail(const char* what, const std::string& path) {
  std::fprintf(stderr, "cannot %s %s\n", what, path.c_str());
  std::exit(1);
}

}  // namespace

void WriteGraph(const Graph& graph, const std::string& path) {
  std::ofstream out(path, std::ios::binary);
  Write(out, std::vector<uint32_t>{graph.mentees(), graph.mentors(),
                                   static_cast<uint32_t>(graph.candidates.size())});
  Write(out, graph.begin);
  Write(out, graph.capacity);
  Write(out, graph.priority);
  Write(out, graph.candidates);
  if (!out.flush()) Fail("write", path);
}

Graph ReadGraph(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<uint32_t> sizes;
  Read(in, 3, &sizes);
  if (!in) Fail("read", path);
  Graph graph;
  Read(in, size_t{sizes[0]} + 1, &graph.begin);
  Read(in, sizes[1], &graph.capacity);
  Read(in, sizes[0], &graph.priority);
  Read(in, sizes[2], &graph.candidates);
  if (!in) Fail("read", path);
  return graph;
}

}  // namespace tremplin::bench
