#include "services/matching/engine/canonical.h"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace tremplin::matching::engine {
namespace {

// Lists by node in one array.
struct Lists {
  std::vector<uint32_t> begin;
  std::vector<Index> items;

  std::span<const Index> Of(Index node) const {
    return {items.data() + begin[node], begin[node + 1] - begin[node]};
  }
};

// `visit(add)` calls add(node, item) for every item, in the same order both times it is called.
template <typename Visit>
Lists MakeLists(Index nodes, const Visit& visit) {
  Lists lists;
  lists.begin.assign(size_t{nodes} + 1, 0);
  visit([&](Index node, Index) { ++lists.begin[node + 1]; });
  for (Index node = 0; node < nodes; ++node) lists.begin[node + 1] += lists.begin[node];
  lists.items.resize(lists.begin[nodes]);
  std::vector<uint32_t> at(lists.begin.begin(), lists.begin.end() - 1);
  visit([&](Index node, Index item) { lists.items[at[node]++] = item; });
  return lists;
}

// The strongly connected component of each node, by Tarjan's algorithm without recursion.
class Components {
 public:
  explicit Components(const Lists& edges)
      : edges_(edges),
        nodes_(static_cast<Index>(edges.begin.size() - 1)),
        component_(nodes_, kNobody),
        met_(nodes_, 0),
        low_(nodes_, 0),
        next_(edges.begin.begin(), edges.begin.end() - 1) {
    for (Index node = 0; node < nodes_; ++node) {
      if (met_[node] == 0) Visit(node);
    }
  }

  std::vector<Index> Take() { return std::move(component_); }

 private:
  void Enter(Index node) {
    met_[node] = low_[node] = ++count_;
    open_.push_back(node);
    path_.push_back(node);
  }

  void Visit(Index root) {
    Enter(root);
    while (!path_.empty()) {
      const Index node = path_.back();
      if (next_[node] < edges_.begin[node + 1]) {
        const Index to = edges_.items[next_[node]++];
        if (met_[to] == 0) {
          Enter(to);
        } else if (component_[to] == kNobody) {
          low_[node] = std::min(low_[node], met_[to]);
        }
        continue;
      }
      path_.pop_back();
      if (!path_.empty()) low_[path_.back()] = std::min(low_[path_.back()], low_[node]);
      if (low_[node] == met_[node]) Close(node);
    }
  }

  void Close(Index root) {
    for (;;) {
      const Index node = open_.back();
      open_.pop_back();
      component_[node] = root;
      if (node == root) return;
    }
  }

  const Lists& edges_;
  Index nodes_;
  std::vector<Index> component_;
  std::vector<uint32_t> met_;  // when it was met, from 1
  std::vector<uint32_t> low_;
  std::vector<uint32_t> next_;
  std::vector<Index> open_;
  std::vector<Index> path_;
  uint32_t count_ = 0;
};

class Choice {
 public:
  explicit Choice(const TightPart& part)
      : part_(part),
        mentors_(static_cast<Index>(part.mentors.size())),
        mentor_of_(part.mentor_of),
        has_chosen_(part.mentees(), false),
        reached_(size_t{mentors_} + 1, kNobody),
        step_(size_t{mentors_} + 1) {
    for (const TightPart::Mentor& mentor : part.mentors) left_.push_back(mentor.places_left);
    const std::vector<Index> component = Components(Edges()).Take();
    could_have_ = MakeLists(mentors_, [&](const auto& add) {
      ForEachPair([&](Index mentee, Index own, Index other) {
        if (component[own] == component[other]) add(other, mentee);
      });
    });
    MakeGroups(component);
  }

  std::vector<Index> Run() {
    for (Index mentee = 0; mentee < part_.mentees(); ++mentee) {
      Choose(mentee);
      has_chosen_[mentee] = true;
    }
    return std::move(mentor_of_);
  }

 private:
  // How a mentor gives up a mentee and gets them back: by this mentee going to that mentor; or,
  // with no mentee, by keeping one more, while the next mentor loses one.
  struct Step {
    Index mentee = kNobody;
    Index to = kNobody;
  };

  template <typename Visit>
  void ForEachPair(const Visit& visit) const {
    for (Index mentee = 0; mentee < part_.mentees(); ++mentee) {
      const Index own = part_.mentor_of[mentee];
      for (const Index other : part_.TightOf(mentee)) visit(mentee, own, other);
    }
  }

  // Of the graph that the header describes; its last node is the one through which places that cost
  // nothing are exchanged.
  Lists Edges() const {
    return MakeLists(mentors_ + 1, [&](const auto& add) {
      ForEachPair([&](Index, Index own, Index other) {
        if (own != other) add(own, other);
      });
      for (Index mentor = 0; mentor < mentors_; ++mentor) {
        if (part_.mentors[mentor].places_left > 0) add(mentor, mentors_);
        if (part_.mentors[mentor].costs_nothing) add(mentors_, mentor);
      }
    });
  }

  // What hangs together by edges within components, and whose places in it cost nothing.
  void MakeGroups(const std::vector<Index>& component) {
    group_.resize(mentors_);
    std::iota(group_.begin(), group_.end(), Index{0});
    ForEachPair([&](Index, Index own, Index other) {
      if (component[own] == component[other]) group_[Root(other)] = Root(own);
    });
    for (Index mentor = 0; mentor < mentors_; ++mentor) group_[mentor] = Root(mentor);
    costing_nothing_ = MakeLists(mentors_, [&](const auto& add) {
      for (Index mentor = 0; mentor < mentors_; ++mentor) {
        if (part_.mentors[mentor].costs_nothing) add(group_[mentor], mentor);
      }
    });
  }

  Index Root(Index mentor) {
    while (group_[mentor] != mentor) mentor = group_[mentor] = group_[group_[mentor]];
    return mentor;
  }

  bool ComesBefore(Index a, Index b) const { return part_.mentors[a].rank < part_.mentors[b].rank; }

  void Choose(Index mentee) {
    const Index own = mentor_of_[mentee];
    Index first = own;
    for (const Index other : part_.TightOf(mentee)) {
      if (group_[other] == group_[own] && ComesBefore(other, first)) first = other;
    }
    if (first == own) return;
    // Their own mentor must not be got back by moving themselves.
    has_chosen_[mentee] = true;
    SearchBack(own, first);
    Index best = own;
    for (const Index other : part_.TightOf(mentee)) {
      if (reached_[other] == search_ && ComesBefore(other, best)) best = other;
    }
    if (best != own) Move(mentee, best);
  }

  // From whom `own` can be reached: backwards, until that is known of `first`.
  void SearchBack(Index own, Index first) {
    ++search_;
    queue_.clear();
    Reach(own, {});
    for (size_t at = 0; at < queue_.size() && reached_[first] != search_; ++at) {
      const Index to = queue_[at];
      for (const Index mentee : could_have_.Of(to)) {
        const Index from = mentor_of_[mentee];
        if (!has_chosen_[mentee]) Reach(from, {mentee, to});
      }
      if (part_.mentors[to].costs_nothing && reached_[mentors_] != search_) {
        reached_[mentors_] = search_;
        for (const Index from : costing_nothing_.Of(group_[own])) {
          if (left_[from] > 0) Reach(from, {kNobody, to});
        }
      }
    }
  }

  void Reach(Index mentor, const Step& step) {
    if (reached_[mentor] == search_) return;
    reached_[mentor] = search_;
    step_[mentor] = step;
    queue_.push_back(mentor);
  }

  // The mentee goes there, and the path leads back to the mentor whom they leave.
  void Move(Index mentee, Index to) {
    const Index own = mentor_of_[mentee];
    MoveOne(mentee, to);
    for (Index at = to; at != own;) {
      const Step step = step_[at];
      if (step.mentee != kNobody) MoveOne(step.mentee, step.to);
      at = step.to;
    }
  }

  void MoveOne(Index mentee, Index to) {
    ++left_[mentor_of_[mentee]];
    --left_[to];
    mentor_of_[mentee] = to;
  }

  const TightPart& part_;
  Index mentors_;
  std::vector<Index> mentor_of_;
  std::vector<bool> has_chosen_;
  std::vector<int32_t> left_;
  Lists could_have_;  // by mentor: mentees of the same component
  std::vector<Index> group_;
  Lists costing_nothing_;  // by group

  // Of the current search.
  Index search_ = 0;
  std::vector<Index> reached_;
  std::vector<Step> step_;
  std::vector<Index> queue_;
};

}  // namespace

std::vector<Index> ChooseCanonically(const TightPart& part) { return Choice(part).Run(); }

}  // namespace tremplin::matching::engine
