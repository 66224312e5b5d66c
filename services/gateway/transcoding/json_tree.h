#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_TREE_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_TREE_H_

#include <string_view>

#include "absl/status/statusor.h"
#include "rapidjson/document.h"

// JSON as a tree, for bodies that are no messages of ours (json_reader.h reads those).
namespace tremplin::gateway::transcoding {

// INVALID_ARGUMENT as ReadJson's: what is no JSON in UTF-8, is deeper than kMaxDepth, or holds a
// member twice in one object.
absl::StatusOr<rapidjson::Document> ReadJsonTree(std::string_view json);

}  // namespace tremplin::gateway::transcoding

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_TREE_H_
