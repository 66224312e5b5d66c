#include "services/gateway/openapi/asyncapi.h"

#include <map>
#include <set>
#include <string_view>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/events/event.h"
#include "common/text/text.h"
#include "common/version/version.h"
#include "google/protobuf/descriptor.pb.h"
#include "services/gateway/openapi/schemas.h"

namespace tremplin::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::FileDescriptorProto;

constexpr std::string_view kDescription =
    "Facts in the past tense, with ids, codes and times, never personal data: who needs a name "
    "asks "
    "the owner. CloudEvents 1.0 in Kafka's binary mode; a record's key is the aggregate's id, and "
    "order holds within a key. A record may come again: drop it by ce_id. Payloads are protobuf; "
    "the schemas here tell them by protobuf's JSON mapping.";
constexpr char kContentType[] = "application/protobuf";

// What the file says before its package: what it is about, and the key of its facts.
std::string CommentOfPackage(const FileDescriptor* file) {
  google::protobuf::SourceLocation location;
  if (!file->GetSourceLocation({FileDescriptorProto::kPackageFieldNumber}, &location)) return "";
  std::string line = location.leading_comments;
  for (char& c : line) c = c == '\n' ? ' ' : c;
  return std::string(absl::StripAsciiWhitespace(line));
}

// The facts of a file: its messages that no other of its messages is made of.
std::vector<const Descriptor*> FactsOf(const FileDescriptor* file) {
  std::set<const Descriptor*> parts;
  for (int i = 0; i < file->message_type_count(); ++i) {
    const Descriptor* const type = file->message_type(i);
    for (int f = 0; f < type->field_count(); ++f) parts.insert(type->field(f)->message_type());
  }
  std::vector<const Descriptor*> facts;
  for (int i = 0; i < file->message_type_count(); ++i) {
    if (!parts.contains(file->message_type(i))) facts.push_back(file->message_type(i));
  }
  return facts;
}

class Document {
 public:
  explicit Document(const Api& api) {
    for (const Api::Events& events : api.EventFiles()) {
      Channel& channel = channels_[events.service];
      absl::StrAppend(&channel.words, channel.words.empty() ? "" : " ",
                      CommentOfPackage(events.file));
      for (const Descriptor* fact : FactsOf(events.file)) channel.facts.push_back(fact);
    }
  }

  std::string Make() {
    out_.StartObject();
    PutText(out_, "asyncapi", "3.0.0");
    Object("info", [&] {
      PutText(out_, "title", "Tremplin");
      PutText(out_, "version", version::Number());
      PutText(out_, "description", kDescription);
    });
    PutText(out_, "defaultContentType", kContentType);
    Object("channels", [&] {
      for (const auto& [service, channel] : channels_) TellChannel(service, channel);
    });
    Object("operations", [&] {
      for (const auto& [service, channel] : channels_) TellOperation(service);
    });
    Object("components", [&] {
      Object("messages", [&] {
        for (const auto& [service, channel] : channels_) {
          for (const Descriptor* fact : channel.facts) TellMessage(service, fact);
        }
      });
      Object("schemas", [&] { schemas_.Components(out_); });
    });
    out_.EndObject();
    return {buffer_.GetString(), buffer_.GetSize()};
  }

 private:
  struct Channel {
    std::string words;
    std::vector<const Descriptor*> facts;
  };

  template <class Members>
  void Object(std::string_view key, const Members& members) {
    PutKey(out_, key);
    out_.StartObject();
    members();
    out_.EndObject();
  }
  void Constant(std::string_view name, std::string_view value) {
    Object(name, [&] {
      PutText(out_, "type", "string");
      PutText(out_, "const", value);
    });
  }
  void Word(std::string_view name, std::string_view description) {
    Object(name, [&] {
      PutText(out_, "type", "string");
      PutText(out_, "description", description);
    });
  }
  void Refer(std::string_view key, const std::string& to) {
    Object(key, [&] { PutText(out_, "$ref", to); });
  }

  void TellChannel(const std::string& service, const Channel& channel) {
    const std::string topic = events::TopicOf(service);
    Object(service, [&] {
      PutText(out_, "address", topic);
      PutText(out_, "description", channel.words);
      Object("messages", [&] {
        for (const Descriptor* fact : channel.facts) {
          Refer(fact->name(), absl::StrCat("#/components/messages/", service, ".", fact->name()));
        }
      });
      Object("bindings", [&] { Object("kafka", [&] { PutText(out_, "topic", topic); }); });
    });
  }

  void TellOperation(const std::string& service) {
    Object(absl::StrCat(service, "Publishes"), [&] {
      PutText(out_, "action", "send");
      Refer("channel", "#/channels/" + service);
    });
  }

  void TellMessage(const std::string& service, const Descriptor* fact) {
    Object(absl::StrCat(service, ".", fact->name()), [&] {
      PutText(out_, "name", fact->full_name());
      PutText(out_, "title", fact->name());
      if (const std::string comment = CommentOf(fact); !comment.empty()) {
        PutText(out_, "description", comment);
      }
      PutText(out_, "contentType", kContentType);
      Object("headers", [&] { Headers(service, fact); });
      Object("payload", [&] { schemas_.Refer(out_, fact); });
      Object("bindings", [&] {
        Object("kafka", [&] { Word("key", "The aggregate's id, the same as ce_subject."); });
      });
    });
  }

  // As events::EncodeHeaders writes them.
  void Headers(const std::string& service, const Descriptor* fact) {
    PutText(out_, "type", "object");
    PutKey(out_, "required");
    out_.StartArray();
    for (const char* name : {"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject",
                             "ce_time", "content-type"}) {
      PutText(out_, name);
    }
    out_.EndArray();
    Object("properties", [&] {
      Constant("ce_specversion", "1.0");
      Word("ce_id", "Unique for the source: a repeat has the same.");
      Constant("ce_source", "/tremplin/" + service);
      Constant("ce_type", fact->full_name());
      Word("ce_subject", "The aggregate's id, the record's key.");
      Word("ce_time", "Business time of the fact, RFC 3339 with microseconds.");
      Constant("content-type", kContentType);
      Word("traceparent", "W3C trace context, where there is one.");
    });
  }

  std::map<std::string, Channel> channels_;  // by service
  rapidjson::StringBuffer buffer_;
  JsonOut out_{buffer_};
  Schemas schemas_;
};

}  // namespace

std::string AsyncApi(const Api& api) { return Document(api).Make(); }

}  // namespace tremplin::gateway
