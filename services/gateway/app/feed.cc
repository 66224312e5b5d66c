#include "services/gateway/app/feed.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/time/clock.h"
#include "common/resources/names.h"
#include "common/rpc/details.h"
#include "common/status/error.h"
#include "common/text/text.h"
#include "services/gateway/transcoding/errors.h"
#include "services/gateway/transcoding/json_writer.h"

namespace tremplin::gateway {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr absl::Duration kOutageWait = absl::Seconds(5);
constexpr char kComeAgain[] = "retry: 2000\n\n";  // milliseconds

const FieldDescriptor* Field(const Descriptor* type, const char* name,
                             FieldDescriptor::CppType kind) {
  const FieldDescriptor* const field = type == nullptr ? nullptr : type->FindFieldByName(name);
  return field != nullptr && field->cpp_type() == kind ? field : nullptr;
}

class FeedStream final : public http::Stream {
 public:
  FeedStream(const FeedShape& shape, FeedCall call, std::unique_ptr<Message> request,
             FeedPage first, const FeedOptions& options)
      : shape_(shape),
        call_(std::move(call)),
        request_(std::move(request)),
        first_(std::move(first)),
        options_(options),
        begin_(absl::Now()),
        last_said_(begin_) {
    options_.followers->Come();
  }
  ~FeedStream() override { options_.followers->Go(); }
  FeedStream(const FeedStream&) = delete;
  FeedStream& operator=(const FeedStream&) = delete;

  Piece Next(bool draining) override {
    const absl::Time now = absl::Now();
    if (draining || now - begin_ > options_.longest) {
      return {.bytes = Events() ? kComeAgain : "", .end = true, .wait = {}};
    }
    absl::StatusOr<FeedPage> page = first_ != nullptr ? std::move(first_) : call_(*request_);
    first_ = nullptr;
    Piece piece = page.ok() ? Tell(**page) : Fail(page.status());
    if (piece.bytes.empty() && !piece.end && now - last_said_ >= options_.heartbeat) {
      piece.bytes = ": \n\n";
    }
    if (!piece.bytes.empty()) last_said_ = now;
    return piece;
  }

 private:
  bool Events() const { return options_.format == FeedFormat::kEvents; }

  Piece Tell(const Message& page) {
    const auto* reflection = page.GetReflection();
    std::string bytes;
    for (int i = 0; i < reflection->FieldSize(page, shape_.entries); ++i) {
      Append(reflection->GetRepeatedMessage(page, shape_.entries, i), bytes);
    }
    request_->GetReflection()->SetString(request_.get(), shape_.cursor,
                                         reflection->GetString(page, shape_.next_cursor));
    const bool more = reflection->GetBool(page, shape_.more);
    return {.bytes = std::move(bytes),
            .end = !more && !Events(),
            .wait = more ? absl::ZeroDuration()
                         : std::max(options_.poll, options_.followers->Between())};
  }

  void Append(const Message& entry, std::string& bytes) const {
    const std::string json = transcoding::WriteJson(entry);
    if (Events()) {
      const int64_t sequence = entry.GetReflection()->GetInt64(entry, shape_.sequence);
      bytes += text::Cat("id: ", sequence, "\ndata: ", json, "\n\n");
    } else {
      bytes += json + "\n";
    }
  }

  Piece Fail(const absl::Status& status) const {
    if (Events() && status::IsOutage(status))
      return {.bytes = "", .end = false, .wait = kOutageWait};
    const std::string json = transcoding::ErrorJson(rpc::ForCaller(status), options_.language);
    return {.bytes = Events() ? text::Cat("event: error\ndata: ", json, "\n\n")
                              : text::Cat("{\"error\":", json, "}\n"),
            .end = true,
            .wait = {}};
  }

  const FeedShape shape_;
  const FeedCall call_;
  const std::unique_ptr<Message> request_;
  FeedPage first_;
  const FeedOptions options_;
  const absl::Time begin_;
  absl::Time last_said_;
};

}  // namespace

std::optional<FeedShape> FeedShape::Of(const transcoding::Route& route) {
  const Descriptor* const request = route.request_prototype->GetDescriptor();
  const Descriptor* const response = route.response_prototype->GetDescriptor();
  FeedShape shape{};
  shape.cursor = Field(request, "cursor", FieldDescriptor::CPPTYPE_STRING);
  shape.page_size = Field(request, "page_size", FieldDescriptor::CPPTYPE_INT32);
  shape.entries = Field(response, "entries", FieldDescriptor::CPPTYPE_MESSAGE);
  shape.next_cursor = Field(response, "cursor", FieldDescriptor::CPPTYPE_STRING);
  shape.more = Field(response, "more", FieldDescriptor::CPPTYPE_BOOL);
  if (shape.entries == nullptr || !shape.entries->is_repeated()) return std::nullopt;
  shape.sequence = Field(shape.entries->message_type(), "sequence", FieldDescriptor::CPPTYPE_INT64);
  const bool whole = shape.cursor != nullptr && shape.page_size != nullptr &&
                     shape.next_cursor != nullptr && shape.more != nullptr &&
                     shape.sequence != nullptr;
  return whole ? std::optional(shape) : std::nullopt;
}

std::string CursorBehind(std::string_view cursor, int64_t sequence) {
  std::string plain;
  if (!absl::WebSafeBase64Unescape(text::Absl(cursor), &plain)) return "";
  const size_t end = plain.rfind('\n');
  if (end == std::string::npos) return "";
  return resources::PageToken(plain.substr(0, end), text::Cat(sequence));
}

std::optional<FeedFormat> FormatOf(std::string_view accept) {
  if (absl::StrContains(text::Absl(accept), "text/event-stream")) return FeedFormat::kEvents;
  if (absl::StrContains(text::Absl(accept), "application/x-ndjson")) return FeedFormat::kLines;
  return std::nullopt;
}

std::unique_ptr<http::Stream> FollowFeed(const FeedShape& shape, FeedCall call,
                                         std::unique_ptr<Message> request, FeedPage first,
                                         const FeedOptions& options) {
  return std::make_unique<FeedStream>(shape, std::move(call), std::move(request), std::move(first),
                                      options);
}

}  // namespace tremplin::gateway
