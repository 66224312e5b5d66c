#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_PATH_TEMPLATE_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_PATH_TEMPLATE_H_

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace tremplin::gateway::transcoding {

struct PathSegment {
  enum class Kind { kLiteral, kOne, kRest };  // "v1", "*", "**"
  Kind kind = Kind::kLiteral;
  std::string literal = {};
};

// The segments [begin, end) of a template are the value of the field at `path`.
struct PathVariable {
  std::string path;  // "name", "book.name"
  size_t begin = 0;
  size_t end = 0;
};

// The path of a google.api.HttpRule (google/api/http.proto):
//
//   Template  = "/" Segments [ ":" LITERAL ]
//   Segments  = Segment { "/" Segment }
//   Segment   = "*" | "**" | LITERAL | "{" FieldPath [ "=" Segments ] "}"
//   FieldPath = IDENT { "." IDENT }
//
// "**" stands at the end only, and no variable within another.
struct PathTemplate {
  std::vector<PathSegment> segments;
  std::vector<PathVariable> variables;
  std::string verb;

  // The same for all templates that match the same paths: "/v1/*/books/**:read".
  std::string Shape() const;
};

// INVALID_ARGUMENT that says what the grammar does not allow.
absl::StatusOr<PathTemplate> ParsePathTemplate(std::string_view text);

}  // namespace tremplin::gateway::transcoding

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_PATH_TEMPLATE_H_
