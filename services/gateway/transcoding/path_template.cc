#include "services/gateway/transcoding/path_template.h"

#include <utility>

#include "absl/status/status.h"
#include "common/status/macros.h"
#include "common/text/text.h"

namespace tremplin::gateway::transcoding {
namespace {

using Kind = PathSegment::Kind;

bool IsIdentifierStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool IsIdentifier(char c) { return IsIdentifierStart(c) || (c >= '0' && c <= '9'); }

// What a literal may hold: unreserved characters of a URI.
bool IsLiteral(char c) { return IsIdentifier(c) || c == '-' || c == '.' || c == '~'; }

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  absl::StatusOr<PathTemplate> Parse() {
    if (!Take('/')) return Fault("does not begin with \"/\"");
    TREMPLIN_RETURN_IF_ERROR(Segments(false));
    if (Take(':')) {
      TREMPLIN_ASSIGN_OR_RETURN(result_.verb, Literal());
    }
    if (at_ != text_.size()) return Fault(text::Cat("is not understood from byte ", at_));
    for (size_t i = 0; i + 1 < result_.segments.size(); ++i) {
      if (result_.segments[i].kind == Kind::kRest) return Fault("has \"**\" before its end");
    }
    return std::move(result_);
  }

 private:
  absl::Status Fault(std::string_view what) const {
    return absl::InvalidArgumentError(text::Cat("the path \"", text_, "\" ", what));
  }

  bool Take(char c) {
    if (at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  absl::StatusOr<std::string> Literal() {
    const size_t begin = at_;
    while (at_ < text_.size() && IsLiteral(text_[at_])) ++at_;
    if (at_ == begin) return Fault(text::Cat("misses a name at byte ", at_));
    return std::string(text_.substr(begin, at_ - begin));
  }

  absl::Status Segments(bool in_variable) {
    do {
      TREMPLIN_RETURN_IF_ERROR(Segment(in_variable));
    } while (Take('/'));
    return absl::OkStatus();
  }

  absl::Status Segment(bool in_variable) {
    if (Take('*')) {
      result_.segments.push_back({.kind = Take('*') ? Kind::kRest : Kind::kOne});
      return absl::OkStatus();
    }
    if (Take('{')) {
      if (in_variable) return Fault("has a variable within a variable");
      return Variable();
    }
    TREMPLIN_ASSIGN_OR_RETURN(std::string literal, Literal());
    result_.segments.push_back({.kind = Kind::kLiteral, .literal = std::move(literal)});
    return absl::OkStatus();
  }

  absl::Status Variable() {
    PathVariable variable;
    TREMPLIN_ASSIGN_OR_RETURN(variable.path, FieldPath());
    for (const PathVariable& other : result_.variables) {
      if (other.path == variable.path) return Fault("names a variable twice");
    }
    variable.begin = result_.segments.size();
    if (Take('=')) {
      TREMPLIN_RETURN_IF_ERROR(Segments(true));
    } else {
      result_.segments.push_back({.kind = Kind::kOne});
    }
    variable.end = result_.segments.size();
    if (!Take('}')) return Fault("has a variable without its end");
    result_.variables.push_back(std::move(variable));
    return absl::OkStatus();
  }

  absl::StatusOr<std::string> FieldPath() {
    const size_t begin = at_;
    do {
      if (at_ >= text_.size() || !IsIdentifierStart(text_[at_])) {
        return Fault(text::Cat("misses the name of a field at byte ", at_));
      }
      while (at_ < text_.size() && IsIdentifier(text_[at_])) ++at_;
    } while (Take('.'));
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  size_t at_ = 0;
  PathTemplate result_;
};

}  // namespace

std::string PathTemplate::Shape() const {
  std::string shape;
  for (const PathSegment& segment : segments) {
    shape += '/';
    shape += segment.kind == Kind::kLiteral ? segment.literal
             : segment.kind == Kind::kOne   ? "*"
                                            : "**";
  }
  return verb.empty() ? shape : shape + ":" + verb;
}

absl::StatusOr<PathTemplate> ParsePathTemplate(std::string_view text) {
  return Parser(text).Parse();
}

}  // namespace tremplin::gateway::transcoding
