// Random messages of every public type, and of every form of field: JSON of a message read again is
// the same message, and its JSON the same text.

#include <random>
#include <set>
#include <string>

#include "google/protobuf/util/message_differencer.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"
#include "services/gateway/api/api.h"
#include "services/gateway/transcoding/json_reader.h"
#include "services/gateway/transcoding/json_writer.h"
#include "services/gateway/transcoding/transcoder.h"
#include "services/gateway/transcoding/values.h"
#include "tremplin/gateway_testing/v1/gateway_testing.pb.h"

namespace tremplin::gateway::transcoding {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::util::TimeUtil;

constexpr int kMostNested = 4;

class Filler {
 public:
  explicit Filler(unsigned seed) : random_(seed) {}

  void Fill(Message& message, int depth) {
    const Descriptor* const type = message.GetDescriptor();
    const Reflection* const reflection = message.GetReflection();
    if (WrittenAs(type) == Written::kTime) {
      reflection->SetInt64(&message, type->field(0),
                           Between(TimeUtil::kTimestampMinSeconds, TimeUtil::kTimestampMaxSeconds));
      reflection->SetInt32(&message, type->field(1), Nanos());
      return;
    }
    if (WrittenAs(type) == Written::kDuration) {
      const int64_t seconds = Between(TimeUtil::kDurationMinSeconds, TimeUtil::kDurationMaxSeconds);
      reflection->SetInt64(&message, type->field(0), seconds);
      reflection->SetInt32(&message, type->field(1), seconds < 0 ? -Nanos() : Nanos());
      return;
    }
    if (WrittenAs(type) == Written::kMask) {
      for (int i = Below(3); i > 0; --i) {
        reflection->AddString(&message, type->field(0), Below(2) == 0 ? "a_b.c" : "file");
      }
      return;
    }
    for (int i = 0; i < type->field_count(); ++i) FillField(message, type->field(i), depth);
  }

 private:
  int Below(int bound) { return std::uniform_int_distribution<int>(0, bound - 1)(random_); }
  int64_t Between(int64_t least, int64_t most) {
    return std::uniform_int_distribution<int64_t>(least, most)(random_);
  }
  int Nanos() {
    constexpr int kSteps[] = {0, 1, 1000, 1000000};
    return Below(999) * kSteps[Below(4)];
  }
  uint64_t Bits() {
    const uint64_t bits = std::uniform_int_distribution<uint64_t>()(random_);
    return bits >> Below(64);
  }
  std::string Text() {
    static const char* const kPieces[] = {"a", "é", "\"", "\\", "\n", "😀", "/", "<", "\x7f", " "};
    std::string text;
    for (int i = Below(6); i > 0; --i) text += kPieces[Below(10)];
    return text;
  }
  std::string Bytes() {
    std::string bytes;
    for (int i = Below(6); i > 0; --i) bytes += static_cast<char>(Below(256));
    return bytes;
  }

  void FillField(Message& message, const FieldDescriptor* field, int depth) {
    if (field->is_repeated()) {
      if (field->message_type() != nullptr && depth >= kMostNested) return;
      std::set<std::string> keys;
      for (int i = Below(3); i > 0; --i) {
        Put(message, field, depth);
        if (field->is_map()) return;  // keys of several could be the same
      }
    } else if (Below(3) > 0) {
      if (field->message_type() != nullptr && depth >= kMostNested) return;
      Put(message, field, depth);
    }
  }

#define TREMPLIN_PUT(Type, value) \
  field->is_repeated() ? r->Add##Type(&message, field, value) : r->Set##Type(&message, field, value)

  void Put(Message& message, const FieldDescriptor* field, int depth) {
    const Reflection* const r = message.GetReflection();
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        TREMPLIN_PUT(Int32, static_cast<int32_t>(Bits()));
        return;
      case FieldDescriptor::CPPTYPE_INT64:
        TREMPLIN_PUT(Int64, static_cast<int64_t>(Bits()));
        return;
      case FieldDescriptor::CPPTYPE_UINT32:
        TREMPLIN_PUT(UInt32, static_cast<uint32_t>(Bits()));
        return;
      case FieldDescriptor::CPPTYPE_UINT64:
        TREMPLIN_PUT(UInt64, Bits());
        return;
      case FieldDescriptor::CPPTYPE_DOUBLE:
        TREMPLIN_PUT(Double, static_cast<double>(Bits()) / 1e7);
        return;
      case FieldDescriptor::CPPTYPE_FLOAT:
        TREMPLIN_PUT(Float, static_cast<float>(Bits()) / 1e7F);
        return;
      case FieldDescriptor::CPPTYPE_BOOL:
        TREMPLIN_PUT(Bool, Below(2) == 0);
        return;
      case FieldDescriptor::CPPTYPE_ENUM:
        TREMPLIN_PUT(Enum, field->enum_type()->value(Below(field->enum_type()->value_count())));
        return;
      case FieldDescriptor::CPPTYPE_STRING:
        TREMPLIN_PUT(String, field->type() == FieldDescriptor::TYPE_BYTES ? Bytes() : Text());
        return;
      case FieldDescriptor::CPPTYPE_MESSAGE:
        Fill(field->is_repeated() ? *r->AddMessage(&message, field)
                                  : *r->MutableMessage(&message, field),
             depth + 1);
        return;
    }
  }
#undef TREMPLIN_PUT

  std::mt19937_64 random_;
};

void ExpectStable(const Message& prototype, unsigned seed) {
  const std::unique_ptr<Message> message(prototype.New());
  Filler(seed).Fill(*message, 0);
  const std::string json = WriteJson(*message);
  const std::unique_ptr<Message> again(prototype.New());
  const absl::Status status = ReadJson(json, *again);
  ASSERT_TRUE(status.ok()) << status << " seed " << seed << "\n" << json;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*message, *again))
      << "seed " << seed << "\n"
      << json;
  EXPECT_EQ(WriteJson(*again), json) << "seed " << seed;
}

TEST(JsonProperty, EveryPublicTypeIsStable) {
  const auto api = Api::Load();
  ASSERT_TRUE(api.ok()) << api.status();
  const auto transcoder = Transcoder::Make((*api)->Methods());
  ASSERT_TRUE(transcoder.ok()) << transcoder.status();
  std::set<const Descriptor*> types;
  for (const auto& route : (*transcoder)->routes()) {
    for (const Message* prototype : {route->request_prototype, route->response_prototype}) {
      if (!types.insert(prototype->GetDescriptor()).second) continue;
      for (unsigned seed = 0; seed < 20; ++seed) ExpectStable(*prototype, seed);
    }
  }
  EXPECT_GT(types.size(), 100u);
}

TEST(JsonProperty, EveryFormOfFieldIsStable) {
  for (unsigned seed = 0; seed < 500; ++seed) {
    ExpectStable(gateway_testing::v1::Thing::default_instance(), seed);
  }
}

}  // namespace
}  // namespace tremplin::gateway::transcoding
