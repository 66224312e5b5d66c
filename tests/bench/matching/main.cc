// tremplin-matching-bench [--quick] [--size N] [--json FILE] [--plot FOLDER]: run through
// ./tools/bench matching, which builds for release. Times are processor times, the least of several
// where they are short; other load still shows in them, by the caches that it takes.

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "services/matching/engine/assignment.h"
#include "services/matching/engine/stable.h"
#include "tests/bench/matching/candidates_bench.h"
#include "tests/bench/matching/graph_file.h"
#include "tests/bench/matching/instance.h"
#include "tests/bench/matching/lemon_peer.h"
#include "tests/bench/matching/live_bench.h"
#include "tests/bench/matching/processor_time.h"
#include "tests/bench/report.h"

namespace tremplin::bench {
namespace {

using matching::engine::Assignment;
using matching::engine::Candidate;
using matching::engine::Certificate;
using matching::engine::Check;
using matching::engine::Graph;
using matching::engine::GraphView;
using matching::engine::Index;
using matching::engine::kNobody;
using matching::engine::Objective;
using matching::engine::Points;
using matching::engine::Priority;
using matching::engine::WorthOf;

constexpr uint64_t kSeed = 20260301;

double Now() { return ProcessorSeconds(); }

double Since(double start) { return Now() - start; }

// An aim; empty for none.
std::string AtMost(double value) { return value > 0 ? absl::StrFormat("≤ %g", value) : ""; }

struct Size {
  Index mentees;
  Index mentors;
  // What is aimed for; 0 for nothing.
  double batch_seconds;
  double event_ms;
  double memory_mb;

  std::string Name() const { return absl::StrCat("matching-", mentees / 1000, "k"); }
};

[[noreturn]] void Die(const std::string& why) {
  std::fprintf(stderr, "tremplin-matching-bench: %s\n", why.c_str());
  std::exit(1);
}

// Constructed and solved, and proved by its certificate outside the time.
double TimeBatch(const Graph& graph, Objective objective, int repeats, Assignment::Total* total) {
  double least = 1e9;
  for (int i = 0; i < repeats; ++i) {
    Graph copy = graph;
    const auto start = Now();
    Assignment assignment(std::move(copy), objective);
    assignment.Solve();
    least = std::min(least, Since(start));
    const Certificate proof = Check(graph.View(), objective, assignment.claim());
    if (!proof.ok) Die("a batch is not proved optimal: " + proof.fault);
    *total = assignment.total();
  }
  return least;
}

LemonAnswer TimeLemon(const Graph& graph, LemonAlgorithm algorithm, bool composed, int repeats) {
  std::vector<uint32_t> mentor;
  std::vector<int64_t> worth;
  for (Index i = 0; i < graph.mentees(); ++i) {
    for (uint32_t at = graph.begin[i]; at < graph.begin[i + 1]; ++at) {
      const Candidate& candidate = graph.candidates[at];
      mentor.push_back(candidate.mentor);
      worth.push_back(composed ? WorthOf(Objective::kQuality, candidate.points, graph.priority[i])
                               : candidate.points);
    }
  }
  LemonAnswer best{false, 0, 0, 1e9};
  for (int i = 0; i < repeats; ++i) {
    const LemonAnswer answer = SolveWithLemon({graph.mentees(), graph.mentors(), graph.begin.data(),
                                               mentor.data(), worth.data(), graph.capacity.data()},
                                              algorithm);
    if (answer.solve_seconds < best.solve_seconds) best = answer;
  }
  return best;
}

// ---- Memory: a program of its own reads the graph, solves it, and tells the most it held.

double PeakMegabytes() {
  std::ifstream status("/proc/self/status");
  std::string line;
  while (std::getline(status, line)) {
    if (line.starts_with("VmHWM:")) return std::atof(line.c_str() + 6) / 1024;
  }
  return 0;
}

int ServeMemory(const char* file) {
  Graph graph = ReadGraph(file);
  Assignment assignment(std::move(graph));
  assignment.Solve();
  const Certificate proof = Check(assignment.graph(), assignment.objective(), assignment.claim());
  if (!proof.ok) Die(proof.fault);
  std::printf("%.1f %.1f\n", PeakMegabytes(),
              static_cast<double>(assignment.graph().candidates.size_bytes()) / 1e6);
  return 0;
}

// The first line that a command prints; empty when it fails.
std::string FirstLine(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::array<char, 512> line{};
  if (pipe == nullptr || std::fgets(line.data(), line.size(), pipe.get()) == nullptr) return "";
  return line.data();
}

std::string OwnPath() {
  std::array<char, 4096> path{};
  const ssize_t length = readlink("/proc/self/exe", path.data(), path.size() - 1);
  return length > 0 ? std::string(path.data(), static_cast<size_t>(length)) : "";
}

// ---- One size

class Bench {
 public:
  Bench(Report* report, bool quick, std::string folder)
      : report_(*report), quick_(quick), folder_(std::move(folder)) {}

  void Run(const Size& size);
  void Growth();

 private:
  void Batch(const Size& size, const Graph& graph);
  void Peers(const Size& size, const Graph& graph, double batch);
  void Policies(const Size& size, const Graph& graph);
  void Memory(const Size& size, const Graph& graph);
  void PythonPeers(const Size& size, const std::string& file);
  void Events(const Size& size, Instance* instance, const Graph& graph);
  void ExpectAsFromScratch(const Assignment& assignment);

  Report& report_;
  int64_t points_ = 0;  // the optimum of the pool being measured
  bool quick_;
  std::string folder_;
};

void Bench::Run(const Size& size) {
  Instance instance(size.mentees, size.mentors, kSeed);
  const Graph graph = instance.MakeGraph();
  Batch(size, graph);
  Policies(size, graph);
  Memory(size, graph);
  Events(size, &instance, graph);
}

void Bench::Batch(const Size& size, const Graph& graph) {
  Assignment::Total total;
  const double batch = TimeBatch(graph, Objective::kQuality, 3, &total);
  const LemonAnswer lemon =
      TimeLemon(graph, LemonAlgorithm::kNetworkSimplex, false, size.mentees <= 10000 ? 3 : 1);
  points_ = total.points;
  if (!lemon.optimal || lemon.value != total.points) Die("LEMON finds another value");
  report_.Add({size.Name(), "batch, certified exact", batch, "s", "LEMON NetworkSimplex",
               lemon.solve_seconds, AtMost(size.batch_seconds),
               batch <= size.batch_seconds || size.batch_seconds == 0});
  report_.Add({.bench = size.Name(),
               .what = "LEMON NetworkSimplex's time ÷ ours",
               .value = lemon.solve_seconds / batch,
               .unit = "×",
               .aim = "≥ 5",
               .met = lemon.solve_seconds >= 5 * batch});
  Graph plain = graph;
  std::fill(plain.priority.begin(), plain.priority.end(), 0);
  report_.Add({.bench = size.Name(),
               .what = "batch by points alone, without priorities",
               .value = TimeBatch(plain, Objective::kQuality, 3, &total),
               .unit = "s"});
  Graph shuffled = graph;
  for (Index i = 0; i < graph.mentees(); ++i) {
    std::sort(shuffled.candidates.begin() + shuffled.begin[i],
              shuffled.candidates.begin() + shuffled.begin[i + 1],
              [](const Candidate& a, const Candidate& b) { return a.mentor < b.mentor; });
  }
  report_.Add({.bench = size.Name(),
               .what = "batch, candidates not in order of points",
               .value = TimeBatch(shuffled, Objective::kQuality, 3, &total),
               .unit = "s"});
  Peers(size, graph, batch);
}

void Bench::Peers(const Size& size, const Graph& graph, double batch) {
  if (quick_) return;
  const int repeats = size.mentees <= 10000 ? 3 : 1;
  const struct {
    const char* name;
    LemonAlgorithm algorithm;
    bool composed;
  } peers[] = {
      {"LEMON NetworkSimplex, worths with priorities", LemonAlgorithm::kNetworkSimplex, true},
      {"LEMON CostScaling, points", LemonAlgorithm::kCostScaling, false},
      {"LEMON CostScaling, worths with priorities", LemonAlgorithm::kCostScaling, true},
  };
  for (const auto& peer : peers) {
    const LemonAnswer answer = TimeLemon(graph, peer.algorithm, peer.composed, repeats);
    report_.Add({size.Name(), absl::StrCat("peer: ", peer.name), answer.solve_seconds, "s",
                 "our batch", batch});
  }
}

void Bench::Policies(const Size& size, const Graph& graph) {
  Assignment::Total total;
  report_.Add({.bench = size.Name(),
               .what = "batch, coverage first",
               .value = TimeBatch(graph, Objective::kCoverage, 3, &total),
               .unit = "s"});
  // What a mentor thinks of a pair: its points with some taste of their own.
  std::vector<Points> opinions;
  std::mt19937 random(1);
  for (const Candidate& candidate : graph.candidates) {
    opinions.push_back(candidate.points + static_cast<Points>(random() % 2000));
  }
  const matching::engine::Preferences preferences{graph.View(), opinions};
  double least = 1e9;
  for (int i = 0; i < 3; ++i) {
    const auto start = Now();
    const std::vector<Index> stable = SolveStable(preferences);
    least = std::min(least, Since(start));
    if (CountBlockingPairs(preferences, stable) != 0) Die("a stable assignment is blocked");
  }
  report_.Add({.bench = size.Name(), .what = "stable", .value = least, .unit = "s"});
}

void Bench::Memory(const Size& size, const Graph& graph) {
  const std::string file = absl::StrCat(folder_, "/graph-", size.mentees, ".bin");
  WriteGraph(graph, file);
  std::istringstream line(FirstLine(absl::StrCat("'", OwnPath(), "' --memory '", file, "'")));
  double peak = 0;
  double candidates = 0;
  if (!(line >> peak >> candidates)) Die("memory could not be measured");
  report_.Add({size.Name(), "memory, all in all", peak, "MB", "candidates alone", candidates,
               AtMost(size.memory_mb), peak <= size.memory_mb || size.memory_mb == 0});
  report_.Add({.bench = size.Name(),
               .what = "memory a person",
               .value = peak * 1024 / (size.mentees + size.mentors),
               .unit = "kB"});
  if (!quick_ && size.mentees <= 10000) PythonPeers(size, file);
  std::remove(file.c_str());
}

void Bench::PythonPeers(const Size& size, const std::string& file) {
  for (const char* peer : {"scipy-sparse", "scipy-dense", "or-tools"}) {
    const std::string line =
        FirstLine(absl::StrCat("python3 tests/bench/matching/peers.py ", peer, " '", file, "'"));
    std::istringstream answer(line);
    double seconds = 0;
    int64_t points = 0;
    if (answer >> seconds >> points) {
      if (points != points_) Die(absl::StrCat(peer, " finds another value"));
      report_.Add({.bench = size.Name(),
                   .what = absl::StrCat("peer: ", peer, ", points"),
                   .value = seconds,
                   .unit = "s"});
    } else {
      report_.Note(absl::StrCat(size.Name(), ": peer ", peer,
                                " did not run: ", line.empty() ? "no answer" : line));
    }
  }
}

// ---- Events

void Bench::ExpectAsFromScratch(const Assignment& assignment) {
  const Certificate proof = Check(assignment.graph(), assignment.objective(), assignment.claim());
  if (!proof.ok) Die("after events the assignment is not proved: " + proof.fault);
  Graph copy;
  const GraphView view = assignment.graph();
  for (Index i = 0; i < view.mentees(); ++i) {
    copy.candidates.insert(copy.candidates.end(), view.Row(i).begin(), view.Row(i).end());
    copy.begin.push_back(static_cast<uint32_t>(copy.candidates.size()));
  }
  copy.priority.assign(view.priority.begin(), view.priority.end());
  copy.capacity.assign(view.capacity.begin(), view.capacity.end());
  Assignment scratch(std::move(copy), assignment.objective());
  scratch.Solve();
  if (scratch.value() != assignment.value()) Die("events and batch differ in value");
}

// An event is prepared outside the time, then done within it.
using Event = std::function<void()>;

void Bench::Events(const Size& size, Instance* instance, const Graph& graph) {
  Assignment assignment(graph);
  assignment.Solve();
  assignment.PrepareForChanges();
  std::mt19937 random(7);
  const auto matched = [&] {
    Index i = 0;
    do {
      i = static_cast<Index>(random() % assignment.mentees());
    } while (assignment.assigned()[i] == kNobody);
    return i;
  };
  Priority next = assignment.mentees();
  const std::vector<std::pair<const char*, std::function<Event()>>> kinds = {
      {"a mentee arrives",
       [&]() -> Event {
         return [&, row = instance->CandidatesOf(instance->MakeMentee())] {
           assignment.AddMentee(row, ++next);
         };
       }},
      {"a pair declines",
       [&]() -> Event {
         return [&, i = matched()] { assignment.Bar(i, assignment.assigned()[i]); };
       }},
      {"a mentee withdraws",
       [&]() -> Event { return [&, i = matched()] { assignment.RemoveMentee(i); }; }},
      {"a capacity changes",
       [&]() -> Event {
         const Index j = static_cast<Index>(random() % assignment.mentors());
         const int32_t capacity = assignment.graph().capacity[j];
         const int32_t to = capacity == 0 || random() % 2 == 0 ? capacity + 1 : capacity - 1;
         return [&, j, to] { assignment.SetCapacity(j, to); };
       }},
      {"a mentor arrives",
       [&]() -> Event {
         return [&, wishes = instance->WishesFor(instance->MakeMentor()),
                 capacity = instance->MakeCapacity()] { assignment.AddMentor(wishes, capacity); };
       }},
  };
  const int events = quick_ ? 200 : 2000;
  for (const auto& [name, prepare] : kinds) {
    std::vector<double> ms;
    for (int done = 1; done <= events; ++done) {
      const Event event = prepare();
      const auto start = Now();
      event();
      ms.push_back(1000 * Since(start));
      if (done % 1000 == 0 || done == events) ExpectAsFromScratch(assignment);
    }
    std::sort(ms.begin(), ms.end());
    const double p99 = ms[ms.size() * 99 / 100];
    report_.Add({.bench = size.Name(),
                 .what = absl::StrFormat("%s: p99 (p50 %.3f, p95 %.3f, most %.1f)", name,
                                         ms[ms.size() / 2], ms[ms.size() * 95 / 100], ms.back()),
                 .value = p99,
                 .unit = "ms",
                 .aim = AtMost(size.event_ms),
                 .met = p99 <= size.event_ms || size.event_ms == 0});
  }
}

// ---- Growth

void Bench::Growth() {
  const std::string csv = folder_ + "/growth.csv";
  std::ofstream out(csv);
  out << "mentees,mentors,batch_s,certificate_s,arrival_p50_ms,arrival_p99_ms,"
         "live_arrival_p50_ms,live_arrival_p99_ms\n";
  std::vector<Index> sizes = {1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000};
  if (quick_) sizes.resize(4);
  for (const Index mentees : sizes) {
    Instance instance(mentees, mentees / 10 * 7, kSeed);
    const Graph graph = instance.MakeGraph();
    Assignment::Total total;
    const double batch = TimeBatch(graph, Objective::kQuality, 2, &total);
    Assignment assignment(graph);
    assignment.Solve();
    assignment.PrepareForChanges();
    const auto start = Now();
    const Certificate proof = Check(assignment.graph(), assignment.objective(), assignment.claim());
    const double certificate = Since(start);
    if (!proof.ok) Die(proof.fault);
    std::vector<double> ms;
    for (Priority i = 0; i < 500; ++i) {
      const std::vector<Candidate> row = instance.CandidatesOf(instance.MakeMentee());
      const auto began = Now();
      assignment.AddMentee(row, mentees + i);
      ms.push_back(1000 * Since(began));
    }
    std::sort(ms.begin(), ms.end());
    out << mentees << ',' << mentees / 10 * 7 << ',' << batch << ',' << certificate << ','
        << ms[250] << ',' << ms[495] << ',';
    const ArrivalMs live = MeasureArrivals(static_cast<int>(mentees), 500);
    out << live.p50 << ',' << live.p99 << std::endl;
    report_.Add({.bench = "matching-growth",
                 .what = absl::StrCat("batch, ", mentees / 1000, "k mentees"),
                 .value = batch * 1000,
                 .unit = "ms"});
  }
  const std::string plotted = FirstLine(
      absl::StrCat("python3 tests/bench/matching/plot.py '", csv, "' '", folder_, "/growth.png'"));
  report_.Note(absl::StrCat(
      "Growth: ", csv, "; plot: ", plotted.empty() ? "not drawn (python3 is missing)" : plotted));
}

int Main(int argc, char** argv) {
  bool quick = false;
  std::string json;
  std::string folder = ".";
  Index only = 0;  // thousands of mentees
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    const bool has_value = i + 1 < argc;
    if (argument == "--quick") {
      quick = true;
    } else if (argument == "--json" && has_value) {
      json = argv[++i];
    } else if (argument == "--size" && has_value) {
      only = static_cast<Index>(std::strtoul(argv[++i], nullptr, 10));
    } else if (argument == "--plot" && has_value) {
      folder = argv[++i];
    } else if (argument == "--memory" && has_value) {
      return ServeMemory(argv[i + 1]);
    } else {
      std::fprintf(
          stderr,
          "usage: tremplin-matching-bench [--quick] [--size N] [--json FILE] [--plot FOLDER]\n");
      return 2;
    }
  }
  Report report;
  Bench bench(&report, quick, folder);
  const Size sizes[] = {
      {10000, 7000, 0.1, 2, 0}, {50000, 35000, 0, 0, 0}, {100000, 70000, 3, 8, 100}};
  for (const Size& size : sizes) {
    const bool chosen = only == 0 ? !quick || size.mentees == 10000 : size.mentees == only * 1000;
    if (!chosen) continue;
    bench.Run(size);
    // One size in the middle says nothing that the two others do not.
    if (size.event_ms > 0) {
      MeasureLivePool(report, static_cast<int>(size.mentees), size.event_ms, quick);
    }
  }
  if (only == 0) MeasureRebuild(report);
  if (only == 0) MeasureCandidates(report, quick);
  if (only == 0) bench.Growth();
  std::printf("%s", report.Table().c_str());
  if (!json.empty()) std::ofstream(json) << report.Json();
  return 0;
}

}  // namespace
}  // namespace tremplin::bench

int main(int argc, char** argv) { return tremplin::bench::Main(argc, argv); }
