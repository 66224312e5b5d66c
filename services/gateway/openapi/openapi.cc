#include "services/gateway/openapi/openapi.h"

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "common/version/version.h"
#include "services/gateway/app/feed.h"
#include "services/gateway/app/import.h"
#include "services/gateway/openapi/schemas.h"
#include "services/gateway/transcoding/values.h"
#include "tremplin/options/v1/options.pb.h"

namespace tremplin::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using transcoding::PathSegment;
using transcoding::PathVariable;
using transcoding::Route;
using transcoding::Written;

constexpr int kMostNested = 3;  // of messages whose fields are parameters

constexpr std::string_view kDescription =
    "Agencies push referrals and follow them; programs check eligibility, match mentees and "
    "mentors and "
    "say why. What is not understood is refused and names the field. Errors are google.rpc.Status; "
    "their "
    "message is in the language of Accept-Language, English or French. Fields at their default are "
    "left out.";

// "referralId" of "referrals".
std::string IdOf(std::string_view collection) {
  std::string singular(collection);
  if (singular == "people") singular = "person";
  if (singular.size() > 1 && singular.back() == 's') singular.pop_back();
  return singular + "Id";
}

struct Path {
  std::string text;  // "/v1/referrals/{referralId}:link"
  std::vector<std::string> parameters;
};

// One parameter a segment: what is within a variable is named after the collection before it.
Path PathOf(const Route& route) {
  Path path;
  const auto& segments = route.path.segments;
  for (size_t i = 0; i < segments.size(); ++i) {
    path.text += '/';
    if (segments[i].kind == PathSegment::Kind::kLiteral) {
      path.text += segments[i].literal;
      continue;
    }
    std::string name = i > 0 && segments[i - 1].kind == PathSegment::Kind::kLiteral
                           ? IdOf(segments[i - 1].literal)
                           : absl::StrCat("part", i);
    path.text += "{" + name + "}";
    path.parameters.push_back(std::move(name));
  }
  if (!route.path.verb.empty()) path.text += ":" + route.path.verb;
  return path;
}

std::string OperationOf(const Route& route) {
  std::string name = route.method->name();
  name[0] = absl::ascii_tolower(static_cast<unsigned char>(name[0]));
  return name;
}

bool HasField(const Descriptor* type, const char* name) {
  return type->FindFieldByName(name) != nullptr;
}

bool IsConditionalRead(const Route& route) {
  return route.http_method == "GET" && HasField(route.method->output_type(), "etag");
}

class Document {
 public:
  std::string Make(const transcoding::Transcoder& transcoder) {
    out_.StartObject();
    PutText(out_, "openapi", "3.1.0");
    Info();
    PutKey(out_, "security");
    out_.StartArray();
    out_.StartObject();
    PutKey(out_, "key");
    out_.StartArray();
    out_.EndArray();
    out_.EndObject();
    out_.EndArray();
    Paths(transcoder);
    Components();
    out_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  void Info() {
    PutKey(out_, "info");
    out_.StartObject();
    PutText(out_, "title", "Tremplin");
    PutText(out_, "version", version::Number());
    PutText(out_, "description", kDescription);
    out_.EndObject();
  }

  void Paths(const transcoding::Transcoder& transcoder) {
    std::map<std::string, std::map<std::string, const Route*>> paths;
    for (const auto& route : transcoder.routes()) {
      paths[PathOf(*route).text][absl::AsciiStrToLower(route->http_method)] = route.get();
    }
    PutKey(out_, "paths");
    out_.StartObject();
    for (const auto& [path, methods] : paths) {
      PutKey(out_, path);
      out_.StartObject();
      for (const auto& [method, route] : methods) {
        PutKey(out_, method);
        Operation(*route);
      }
      out_.EndObject();
    }
    out_.EndObject();
  }

  void Operation(const Route& route) {
    // The descriptors with comments, which those that are linked in do not have.
    const Descriptor* const request = route.method->input_type();
    out_.StartObject();
    const std::string name = OperationOf(route);
    const int times = ++operations_[name];
    PutText(out_, "operationId", times == 1 ? name : absl::StrCat(name, times));
    PutKey(out_, "tags");
    out_.StartArray();
    PutText(out_, std::string(absl::StripSuffix(route.method->service()->name(), "Service")));
    out_.EndArray();
    if (const std::string comment = CommentOf(route.method); !comment.empty()) {
      PutText(out_, "description", comment);
    }
    Roles(route);
    PutKey(out_, "parameters");
    out_.StartArray();
    for (const std::string& parameter : PathOf(route).parameters) PathParameter(parameter);
    std::set<std::string> elsewhere;
    for (const PathVariable& variable : route.path.variables) elsewhere.insert(variable.path);
    if (route.body != nullptr) elsewhere.insert(route.body->name());
    if (!route.whole_body) QueryParameters(request, "", elsewhere, kMostNested);
    HeaderParameters(route);
    out_.EndArray();
    if (route.whole_body || route.body != nullptr) Body(route, elsewhere);
    if (route.full_name == kImportMethod) FileBody();
    Responses(route);
    out_.EndObject();
  }

  void Roles(const Route& route) {
    const auto& access = route.method->options().GetExtension(options::v1::access);
    if (access.anyone()) {  // no key is asked for
      PutKey(out_, "security");
      out_.StartArray();
      out_.EndArray();
    }
    PutKey(out_, "x-tremplin-roles");
    out_.StartArray();
    for (const int role : access.roles()) {
      const std::string& full = options::v1::Role_Name(static_cast<options::v1::Role>(role));
      PutText(out_, std::string_view(absl::AsciiStrToLower(absl::StripPrefix(full, "ROLE_"))));
    }
    out_.EndArray();
  }

  void BeginParameter(std::string_view name, std::string_view in) {
    out_.StartObject();
    PutText(out_, "name", name);
    PutText(out_, "in", in);
  }

  void PathParameter(const std::string& name) {
    BeginParameter(name, "path");
    PutKey(out_, "required");
    out_.Bool(true);
    PutKey(out_, "schema");
    out_.StartObject();
    PutText(out_, "type", "string");
    PutText(out_, "pattern", "^[A-Za-z0-9._~-]{1,128}$");  // as common/resources takes ids
    out_.EndObject();
    out_.EndObject();
  }

  void QueryParameters(const Descriptor* type, const std::string& prefix,
                       const std::set<std::string>& elsewhere, int nested) {
    for (int i = 0; i < type->field_count(); ++i) {
      const FieldDescriptor* const field = type->field(i);
      if (prefix.empty() && elsewhere.contains(field->name())) continue;
      const bool object = field->message_type() != nullptr &&
                          transcoding::WrittenAs(field->message_type()) == Written::kObject;
      const std::string name = prefix + field->json_name();
      if (object && !field->is_repeated() && nested > 0) {
        QueryParameters(field->message_type(), name + ".", elsewhere, nested - 1);
      }
      if (object) continue;
      BeginParameter(name, "query");
      PutKey(out_, "schema");
      schemas_.Field(out_, field);
      out_.EndObject();
    }
  }

  void HeaderParameter(std::string_view name, std::string_view description) {
    BeginParameter(name, "header");
    PutText(out_, "description", description);
    PutKey(out_, "schema");
    out_.StartObject();
    PutText(out_, "type", "string");
    out_.EndObject();
    out_.EndObject();
  }

  void HeaderParameters(const Route& route) {
    const Descriptor* const request = route.method->input_type();
    if (HasField(request, "request_id")) {
      HeaderParameter(
          "Idempotency-Key",
          "The same as requestId: the same request again has one effect and one answer; "
          "another request under the same key is 422.");
    }
    if (HasField(request, "etag")) {
      HeaderParameter("If-Match", "The same as etag: 412 when the resource has another.");
    }
    if (IsConditionalRead(route)) {
      HeaderParameter("If-None-Match", "304 when the resource has this etag still.");
    }
    if (FeedShape::Of(route).has_value()) {
      HeaderParameter("Last-Event-ID", "Of server-sent events: go on behind this one.");
    }
    if (route.full_name == kImportMethod) {
      HeaderParameter("Repr-Digest", "“sha-256=:…:” with the SHA-256 of the body in base64.");
    }
  }

  void Body(const Route& route, const std::set<std::string>& elsewhere) {
    PutKey(out_, "requestBody");
    out_.StartObject();
    PutKey(out_, "content");
    out_.StartObject();
    PutKey(out_, "application/json");
    out_.StartObject();
    PutKey(out_, "schema");
    if (route.whole_body) {
      schemas_.Closed(out_, route.method->input_type(), elsewhere);
    } else {
      schemas_.Field(out_, route.method->input_type()->FindFieldByName(route.body->name()));
    }
    out_.EndObject();
    out_.EndObject();
    out_.EndObject();
  }

  void FileBody() {
    PutKey(out_, "requestBody");
    out_.StartObject();
    PutKey(out_, "required");
    out_.Bool(true);
    PutKey(out_, "content");
    out_.StartObject();
    TextContent("text/csv");
    out_.EndObject();
    out_.EndObject();
  }

  void TextContent(std::string_view type) {
    PutKey(out_, type);
    out_.StartObject();
    PutKey(out_, "schema");
    out_.StartObject();
    PutText(out_, "type", "string");
    out_.EndObject();
    out_.EndObject();
  }

  void Responses(const Route& route) {
    PutKey(out_, "responses");
    out_.StartObject();
    PutKey(out_, "200");
    out_.StartObject();
    PutText(out_, "description", "The answer.");
    PutKey(out_, "content");
    out_.StartObject();
    // Each line of a file's answer is one.
    PutKey(out_, route.full_name == kImportMethod ? "application/x-ndjson" : "application/json");
    out_.StartObject();
    PutKey(out_, "schema");
    if (route.response_body == nullptr) {
      out_.StartObject();
      schemas_.Refer(out_, route.method->output_type());
      out_.EndObject();
    } else {
      schemas_.Field(out_,
                     route.method->output_type()->FindFieldByName(route.response_body->name()));
    }
    out_.EndObject();
    if (FeedShape::Of(route).has_value()) FeedContents();
    out_.EndObject();
    out_.EndObject();
    if (IsConditionalRead(route)) {
      PutKey(out_, "304");
      out_.StartObject();
      PutText(out_, "description", "The resource has an etag of If-None-Match still; no body.");
      out_.EndObject();
    }
    PutKey(out_, "default");
    out_.StartObject();
    PutText(out_, "$ref", "#/components/responses/Error");
    out_.EndObject();
    out_.EndObject();
  }

  // The same entries as a stream, when they are accepted so.
  void FeedContents() {
    for (const char* type : {"text/event-stream", "application/x-ndjson"}) TextContent(type);
  }

  void Components() {
    PutKey(out_, "components");
    out_.StartObject();
    PutKey(out_, "securitySchemes");
    out_.StartObject();
    PutKey(out_, "key");
    out_.StartObject();
    PutText(out_, "type", "http");
    PutText(out_, "scheme", "bearer");
    out_.EndObject();
    out_.EndObject();
    PutKey(out_, "responses");
    out_.RawValue(kError.data(), kError.size(), rapidjson::kObjectType);
    PutKey(out_, "schemas");
    out_.StartObject();
    schemas_.Components(out_);
    out_.EndObject();
    out_.EndObject();
  }

  static constexpr std::string_view kError =
      R"({"Error":{"description":"What went wrong: a google.rpc.Status.","content":{"application/json":)"
      R"({"schema":{"type":"object","required":["code","message"],"properties":{"code":)"
      R"({"type":"integer","description":"Of google.rpc.Code."},"message":{"type":"string","description":)"
      R"("In the language of Accept-Language."},"details":{"type":"array","items":{"type":"object",)"
      R"("description":"ErrorInfo with the reason, LocalizedMessage in both languages, BadRequest with )"
      R"(every field at fault.","required":["@type"],"properties":{"@type":{"type":"string"}}}}}}}}}})";

  rapidjson::StringBuffer buffer_;
  JsonOut out_{buffer_};
  Schemas schemas_;
  std::map<std::string, int> operations_;
};

}  // namespace

std::string OpenApi(const transcoding::Transcoder& transcoder) {
  return Document().Make(transcoder);
}

}  // namespace tremplin::gateway
