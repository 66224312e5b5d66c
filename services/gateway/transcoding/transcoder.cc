#include "services/gateway/transcoding/transcoder.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "google/api/annotations.pb.h"
#include "google/protobuf/dynamic_message.h"
#include "services/gateway/transcoding/binding.h"
#include "services/gateway/transcoding/json_reader.h"
#include "services/gateway/transcoding/json_writer.h"
#include "services/gateway/transcoding/messages.h"
#include "services/gateway/transcoding/url.h"
#include "services/gateway/transcoding/values.h"

namespace tremplin::gateway::transcoding {
namespace {

using google::api::HttpRule;
using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::MethodDescriptor;
using Segments = std::vector<std::string_view>;

constexpr size_t kMostSegments = 64;

// Where routes meet: what may come after the segments so far.
struct Node {
  std::map<std::string, std::unique_ptr<Node>, std::less<>> literals;
  std::unique_ptr<Node> one;
  // By verb, by HTTP method; those of `rest` take all segments that are left.
  using Ends = std::map<std::string, std::map<std::string, const Route*, std::less<>>, std::less<>>;
  Ends here;
  Ends rest;
};

Node& Next(Node& node, const PathSegment& segment) {
  std::unique_ptr<Node>& next =
      segment.kind == PathSegment::Kind::kOne ? node.one : node.literals[segment.literal];
  if (next == nullptr) next = std::make_unique<Node>();
  return *next;
}

// The last segment without its verb, and the verb.
struct Last {
  std::string_view segment;
  std::string_view verb;
};

// Goes through the routes for the path `segments`, whose last is to be read as `last`; stops at the
// first end that `accept` takes.
class Search {
 public:
  using Methods = std::map<std::string, const Route*, std::less<>>;
  Search(const Segments& segments, std::string_view http_method)
      : segments_(segments), http_method_(http_method) {}

  const Route* Find(const Node& root) {
    const std::string_view whole = segments_.back();
    const size_t colon = whole.rfind(':');
    if (colon != std::string_view::npos) {
      last_ = {whole.substr(0, colon), whole.substr(colon + 1)};
      if (const Route* found = At(root, 0)) return found;
    }
    // What is a verb of the path for another method is no part of a name for this one.
    if (!others_.empty()) return nullptr;
    last_ = {whole, ""};
    return At(root, 0);
  }

  // HTTP methods of the routes that the path alone would have met.
  const std::set<std::string>& others() const { return others_; }
  const Last& last() const { return last_; }

 private:
  std::string_view Segment(size_t i) const {
    return i + 1 == segments_.size() ? last_.segment : segments_[i];
  }

  const Route* Take(const Node::Ends& ends) {
    const auto verb = ends.find(last_.verb);
    if (verb == ends.end()) return nullptr;
    const auto found = verb->second.find(http_method_);
    if (found != verb->second.end()) return found->second;
    for (const auto& [method, route] : verb->second) others_.insert(method);
    return nullptr;
  }

  const Route* At(const Node& node, size_t i) {
    if (i == segments_.size()) return Take(node.here);
    const std::string_view segment = Segment(i);
    if (segment.empty()) return nullptr;
    const std::optional<std::string> plain = PercentDecode(segment, Slash::kKept);
    if (plain.has_value()) {
      const auto literal = node.literals.find(*plain);
      if (literal != node.literals.end()) {
        if (const Route* found = At(*literal->second, i + 1)) return found;
      }
    }
    if (node.one != nullptr) {
      if (const Route* found = At(*node.one, i + 1)) return found;
    }
    for (size_t j = i; j < segments_.size(); ++j) {
      if (Segment(j).empty()) return nullptr;
    }
    return Take(node.rest);
  }

  const Segments& segments_;
  const std::string_view http_method_;
  Last last_;
  std::set<std::string> others_;
};

absl::Status Fault(const MethodDescriptor* method, std::string_view what) {
  return absl::FailedPreconditionError(text::Cat(method->full_name(), ": ", what));
}

// HTTP method and path of a rule.
std::pair<std::string, std::string> PatternOf(const HttpRule& rule) {
  switch (rule.pattern_case()) {
    case HttpRule::kGet:
      return {"GET", rule.get()};
    case HttpRule::kPut:
      return {"PUT", rule.put()};
    case HttpRule::kPost:
      return {"POST", rule.post()};
    case HttpRule::kDelete:
      return {"DELETE", rule.delete_()};
    case HttpRule::kPatch:
      return {"PATCH", rule.patch()};
    case HttpRule::kCustom:
      return {rule.custom().kind(), rule.custom().path()};
    case HttpRule::PATTERN_NOT_SET:
      break;
  }
  return {};
}

// Path and query of a request's target, and the path's segments.
struct Target {
  Segments segments;
  std::string_view query;
};

Target Split(std::string_view target) {
  Target result;
  const size_t mark = std::min(target.find('?'), target.size());
  std::string_view path = target.substr(0, mark);
  result.query = target.substr(std::min(mark + 1, target.size()));
  if (path.empty() || path.front() != '/') return result;
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t end = std::min(path.find('/'), path.size());
    result.segments.push_back(path.substr(0, end));
    path.remove_prefix(end);
  }
  return result;
}

// What is linked into the program goes before types made of descriptors at run time.
const Message* PrototypeOf(const Descriptor* type,
                           google::protobuf::DynamicMessageFactory& dynamic) {
  const Descriptor* const own =
      google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(type->full_name());
  return own != nullptr ? google::protobuf::MessageFactory::generated_factory()->GetPrototype(own)
                        : dynamic.GetPrototype(type);
}

}  // namespace

struct Transcoder::State {
  google::protobuf::DynamicMessageFactory dynamic;
  std::vector<std::unique_ptr<Route>> routes;
  Node root;

  absl::Status Add(const MethodDescriptor* method, const HttpRule& rule);
  absl::Status Insert(std::unique_ptr<Route> route);
  absl::StatusOr<const Route*> Find(std::string_view http_method, Segments& segments) const;
};

namespace {

absl::Status CheckVariables(const Route& route) {
  const Descriptor* const type = route.request_prototype->GetDescriptor();
  for (const PathVariable& variable : route.path.variables) {
    const auto fields = FieldsOf(type, variable.path);
    if (fields.empty()) return Fault(route.method, text::Cat("no field ", variable.path));
    const FieldDescriptor* const last = fields.back();
    if (last->is_repeated() ||
        (last->message_type() != nullptr && WrittenAs(last->message_type()) == Written::kObject)) {
      return Fault(route.method, text::Cat("a path cannot hold the field ", variable.path));
    }
  }
  return absl::OkStatus();
}

absl::Status SetBodies(const HttpRule& rule, Route& route) {
  const Descriptor* const request = route.request_prototype->GetDescriptor();
  route.whole_body = rule.body() == "*";
  if (!rule.body().empty() && !route.whole_body) {
    route.body = request->FindFieldByName(rule.body());
    if (route.body == nullptr) return Fault(route.method, text::Cat("no field ", rule.body()));
  }
  if (!rule.body().empty() && (route.http_method == "GET" || route.http_method == "DELETE")) {
    return Fault(route.method, text::Cat(route.http_method, " takes no body"));
  }
  if (!rule.response_body().empty()) {
    route.response_body =
        route.response_prototype->GetDescriptor()->FindFieldByName(rule.response_body());
    if (route.response_body == nullptr) {
      return Fault(route.method, text::Cat("no field ", rule.response_body()));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status Transcoder::State::Add(const MethodDescriptor* method, const HttpRule& rule) {
  auto route = std::make_unique<Route>();
  std::tie(route->http_method, route->pattern) = PatternOf(rule);
  if (route->http_method.empty()) return Fault(method, "its rule has no path");
  absl::StatusOr<PathTemplate> path = ParsePathTemplate(route->pattern);
  if (!path.ok()) return Fault(method, std::string(path.status().message()));
  route->path = *std::move(path);
  route->method = method;
  route->full_name = text::Cat(method->service()->full_name(), "/", method->name());
  if (!IsSupported(method->input_type()) || !IsSupported(method->output_type())) {
    return Fault(method, "holds a type that JSON is not made of here");
  }
  route->request_prototype = PrototypeOf(method->input_type(), dynamic);
  route->response_prototype = PrototypeOf(method->output_type(), dynamic);
  TREMPLIN_RETURN_IF_ERROR(SetBodies(rule, *route));
  TREMPLIN_RETURN_IF_ERROR(CheckVariables(*route));
  return Insert(std::move(route));
}

absl::Status Transcoder::State::Insert(std::unique_ptr<Route> route) {
  Node* node = &root;
  Node::Ends* ends = nullptr;
  for (const PathSegment& segment : route->path.segments) {
    if (segment.kind == PathSegment::Kind::kRest) {
      ends = &node->rest;
    } else {
      node = &Next(*node, segment);
      ends = &node->here;
    }
  }
  const auto [at, added] = (*ends)[route->path.verb].emplace(route->http_method, route.get());
  if (!added) {
    return Fault(route->method, text::Cat(route->http_method, " ", route->path.Shape(),
                                          " is the path of ", at->second->full_name, " too"));
  }
  routes.push_back(std::move(route));
  return absl::OkStatus();
}

absl::StatusOr<const Route*> Transcoder::State::Find(std::string_view http_method,
                                                     Segments& segments) const {
  if (segments.empty() || segments.size() > kMostSegments) {
    return status::Error(absl::StatusCode::kNotFound, kPathUnknown);
  }
  Search search(segments, http_method);
  if (const Route* found = search.Find(root)) {
    segments.back() = search.last().segment;
    return found;
  }
  if (search.others().empty()) return status::Error(absl::StatusCode::kNotFound, kPathUnknown);
  std::string methods;
  for (const std::string& method : search.others()) {
    methods += text::Cat(methods.empty() ? "" : ", ", method);
  }
  return status::Error(absl::StatusCode::kUnimplemented, kMethodNotAllowed, {methods});
}

Transcoder::Transcoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
Transcoder::~Transcoder() = default;

absl::StatusOr<std::unique_ptr<Transcoder>> Transcoder::Make(
    const std::vector<const MethodDescriptor*>& methods) {
  auto state = std::make_unique<State>();
  for (const MethodDescriptor* method : methods) {
    if (!method->options().HasExtension(google::api::http)) continue;
    const HttpRule& rule = method->options().GetExtension(google::api::http);
    TREMPLIN_RETURN_IF_ERROR(state->Add(method, rule));
    for (const HttpRule& more : rule.additional_bindings()) {
      TREMPLIN_RETURN_IF_ERROR(state->Add(method, more));
    }
  }
  return std::unique_ptr<Transcoder>(new Transcoder(std::move(state)));
}

absl::StatusOr<const Route*> Transcoder::Find(std::string_view http_method,
                                              std::string_view path) const {
  Target target = Split(path);
  return state_->Find(http_method, target.segments);
}

absl::StatusOr<Call> Transcoder::Read(std::string_view http_method, std::string_view target,
                                      std::string_view body) const {
  Target parts = Split(target);
  Call call;
  TREMPLIN_ASSIGN_OR_RETURN(call.route, state_->Find(http_method, parts.segments));
  const Route& route = *call.route;
  call.request.reset(route.request_prototype->New());
  if (route.whole_body) {
    TREMPLIN_RETURN_IF_ERROR(ReadJson(body, *call.request));
  } else if (route.body != nullptr) {
    TREMPLIN_RETURN_IF_ERROR(ReadJson(body, *call.request, route.body));
  } else if (!body.empty()) {
    return status::Error(absl::StatusCode::kInvalidArgument, kBodyNotExpected);
  }
  const std::optional<Parameters> parameters = ParseQuery(parts.query);
  if (!parameters.has_value()) {
    return status::Error(absl::StatusCode::kInvalidArgument, kQueryMalformed);
  }
  TREMPLIN_RETURN_IF_ERROR(BindQuery(route, *parameters, *call.request));
  TREMPLIN_RETURN_IF_ERROR(BindPath(route, parts.segments, *call.request));
  return call;
}

std::string Transcoder::Write(const Route& route, const Message& response) const {
  return route.response_body == nullptr ? WriteJson(response)
                                        : WriteJson(response, route.response_body);
}

const std::vector<std::unique_ptr<Route>>& Transcoder::routes() const { return state_->routes; }

}  // namespace tremplin::gateway::transcoding
