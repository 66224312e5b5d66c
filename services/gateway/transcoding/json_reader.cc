#include "services/gateway/transcoding/json_reader.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/status/error.h"
#include "common/text/text.h"
#include "rapidjson/memorystream.h"
#include "rapidjson/reader.h"
#include "services/gateway/transcoding/messages.h"
#include "services/gateway/transcoding/values.h"

namespace tremplin::gateway::transcoding {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr size_t kLongestName = 100;  // of what is said back

// RapidJSON tells what it reads; this puts it into the message. Each function returns false to end
// the reading, with the fault in status().
class Handler {
 public:
  // The value of `field` of `message`, or of the message itself where `field` is null.
  Handler(Message& message, const FieldDescriptor* field) {
    Frame root;
    root.kind = Frame::Kind::kRoot;
    root.message = &message;
    root.field = field;
    frames_.push_back(std::move(root));
  }

  const absl::Status& status() const { return status_; }

  // A number that not even a double holds.
  void RefuseNumber() { Refuse(kOutOfRange); }

  // NOLINTBEGIN(readability-identifier-naming): RapidJSON's names.
  bool Null() {
    const Frame& top = frames_.back();
    if (top.kind == Frame::Kind::kList || top.kind == Frame::Kind::kMap) {
      return Refuse(kNullInList);
    }
    return top.field == nullptr ? Refuse(kExpectedObject) : true;
  }
  bool Bool(bool yes) { return Put({Scalar::Form::kYesNo, yes ? "true" : "false"}); }
  bool RawNumber(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    return Put({Scalar::Form::kNumber, {text, size}});
  }
  bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    return Put({Scalar::Form::kText, {text, size}});
  }
  // Numbers come as they are written.
  bool Int(int) { return false; }
  bool Uint(unsigned) { return false; }
  bool Int64(int64_t) { return false; }
  bool Uint64(uint64_t) { return false; }
  bool Double(double) { return false; }

  bool StartObject() {
    Frame& top = frames_.back();
    if (!CheckDepth()) return false;
    Frame frame;
    if (top.kind == Frame::Kind::kRoot && top.field == nullptr) {
      frame.message = top.message;
    } else if (top.kind != Frame::Kind::kList && top.field->is_map() &&
               top.kind != Frame::Kind::kMap) {
      frame.kind = Frame::Kind::kMap;
      frame.message = top.message;
      frame.field = top.field;
    } else {
      const FieldDescriptor* const field = ValueField(top);
      if (!TakesObject(top, field)) return RefuseValue(field, top);
      frame.message = &Sub(top, field);
    }
    frames_.push_back(std::move(frame));
    return true;
  }
  bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
    const std::string_view name(text, size);
    Frame& top = frames_.back();
    return top.kind == Frame::Kind::kMap ? BeginEntry(top, name) : BeginField(top, name);
  }
  bool EndObject(rapidjson::SizeType) {
    frames_.pop_back();
    ++frames_.back().count;
    return true;
  }
  bool StartArray() {
    const Frame& top = frames_.back();
    if (!CheckDepth()) return false;
    const bool takes_list = top.field != nullptr && top.field->is_repeated() &&
                            !top.field->is_map() &&
                            (top.kind == Frame::Kind::kMessage || top.kind == Frame::Kind::kRoot);
    if (!takes_list) {
      return top.field == nullptr ? Refuse(kExpectedObject) : RefuseValue(ValueField(top), top);
    }
    Frame frame;
    frame.kind = Frame::Kind::kList;
    frame.message = top.message;
    frame.field = top.field;
    frames_.push_back(std::move(frame));
    return true;
  }
  bool EndArray(rapidjson::SizeType) {
    frames_.pop_back();
    return true;
  }
  // NOLINTEND(readability-identifier-naming)

 private:
  // What is open at the moment.
  struct Frame {
    enum class Kind { kRoot, kMessage, kList, kMap };
    Kind kind = Kind::kMessage;
    Message* message = nullptr;              // which is filled; of a map or list whose field it is
    const FieldDescriptor* field = nullptr;  // where the next value goes
    Message* entry = nullptr;                // of a map
    std::set<int> seen = {};                 // field numbers
    std::set<std::string> keys = {};         // of a map
    int count = 0;                           // of a list, values so far
  };

  // The field that a value directly within the frame belongs to.
  static const FieldDescriptor* ValueField(const Frame& frame) {
    return frame.kind == Frame::Kind::kMap ? frame.field->message_type()->map_value() : frame.field;
  }

  static bool InList(const Frame& frame, const FieldDescriptor* field) {
    return frame.kind == Frame::Kind::kList || !field->is_repeated();
  }

  static bool TakesObject(const Frame& frame, const FieldDescriptor* field) {
    return InList(frame, field) && field->message_type() != nullptr &&
           WrittenAs(field->message_type()) == Written::kObject;
  }

  static Message& Sub(Frame& frame, const FieldDescriptor* field) {
    Message& holder = frame.kind == Frame::Kind::kMap ? *frame.entry : *frame.message;
    if (frame.kind == Frame::Kind::kList) {
      return *holder.GetReflection()->AddMessage(&holder, field);
    }
    return *holder.GetReflection()->MutableMessage(&holder, field);
  }

  bool Put(const Scalar& scalar) {
    Frame& top = frames_.back();
    if (top.field == nullptr) return Refuse(kExpectedObject);
    const FieldDescriptor* const field = ValueField(top);
    if (!InList(top, field)) return Refuse(field->is_map() ? kExpectedObject : kExpectedList);
    Message& holder = top.kind == Frame::Kind::kMap ? *top.entry : *top.message;
    if (const messages::Message* fault = PutScalar(holder, field, scalar)) return Refuse(*fault);
    ++top.count;
    return true;
  }

  bool BeginField(Frame& top, std::string_view name) {
    top.field = nullptr;
    const FieldDescriptor* const field = FindField(top.message->GetDescriptor(), name);
    if (field == nullptr) return RefuseAt(Path(name), kUnknownField);
    if (!top.seen.insert(field->number()).second) {
      return RefuseAt(Path(field->name()), kGivenTwice);
    }
    if (const auto* oneof = field->real_containing_oneof()) {
      if (top.message->GetReflection()->HasOneof(*top.message, oneof)) {
        return RefuseAt(Path(field->name()), kOneOfGivenTwice, oneof->name());
      }
    }
    top.field = field;
    return true;
  }

  bool BeginEntry(Frame& top, std::string_view key) {
    if (!top.keys.insert(std::string(key)).second) return Refuse(kGivenTwice);
    top.entry = top.message->GetReflection()->AddMessage(top.message, top.field);
    const FieldDescriptor* const field = top.field->message_type()->map_key();
    const messages::Message* const fault = PutScalar(*top.entry, field, {Scalar::Form::kUrl, key});
    return fault == nullptr || Refuse(*fault);
  }

  bool CheckDepth() {
    if (frames_.size() <= static_cast<size_t>(kMaxDepth)) return true;
    status_ = status::Error(absl::StatusCode::kInvalidArgument, kTooDeep, {text::Cat(kMaxDepth)});
    return false;
  }

  // Where the reading is: "items[3].file".
  std::string Path(std::string_view last = "") const {
    std::string path;
    for (const Frame& frame : frames_) {
      if (frame.kind == Frame::Kind::kList) {
        path += text::Cat("[", frame.count, "]");
      } else if (frame.kind != Frame::Kind::kMap && frame.field != nullptr) {
        if (!path.empty()) path += '.';
        path += frame.field->name();
      }
    }
    if (!last.empty()) {
      if (!path.empty()) path += '.';
      path += last.substr(0, kLongestName);
    }
    return path.empty() ? "body" : path;
  }

  bool RefuseAt(std::string path, const messages::Message& message, std::string_view arg = "") {
    status_ = status::InvalidFields({status::Violation(path, message, {arg})});
    return false;
  }
  bool Refuse(const messages::Message& message) { return RefuseAt(Path(), message); }

  // An object or list stands where the field takes something else.
  bool RefuseValue(const FieldDescriptor* field, const Frame& frame) {
    if (!InList(frame, field)) return Refuse(kExpectedList);
    if (field->message_type() != nullptr && WrittenAs(field->message_type()) == Written::kObject) {
      return Refuse(kExpectedObject);
    }
    // What a scalar of the wrong form would be told.
    const std::unique_ptr<Message> scratch(frame.message->New());
    Message* const holder = frame.kind == Frame::Kind::kMap ? frame.entry : scratch.get();
    const messages::Message* fault = PutScalar(*holder, field, {Scalar::Form::kYesNo, ""});
    return Refuse(fault == nullptr ? kExpectedText : *fault);
  }

  std::vector<Frame> frames_;
  absl::Status status_;
};

absl::Status Read(std::string_view json, Message& message, const FieldDescriptor* field) {
  if (json.empty()) return absl::OkStatus();
  // RapidJSON takes NUL for the end.
  const size_t nul = json.find('\0');
  Handler handler(message, field);
  rapidjson::Reader reader;
  rapidjson::MemoryStream stream(json.data(), json.size());
  constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                              rapidjson::kParseValidateEncodingFlag |
                              rapidjson::kParseNumbersAsStringsFlag;
  const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
  if (result.Code() == rapidjson::kParseErrorNumberTooBig) handler.RefuseNumber();
  if (!handler.status().ok()) return handler.status();
  if (result.IsError() || nul != std::string_view::npos) {
    const size_t at = result.IsError() ? result.Offset() : nul;
    return status::Error(absl::StatusCode::kInvalidArgument, kBodyMalformed, {text::Cat(at)});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadJson(std::string_view json, Message& message) {
  return Read(json, message, nullptr);
}

absl::Status ReadJson(std::string_view json, Message& message, const FieldDescriptor* field) {
  return Read(json, message, field);
}

}  // namespace tremplin::gateway::transcoding
