// A feed that is followed: what is said when there is something, nothing, an outage, a refusal, or
// the end.

#include "services/gateway/app/feed.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "services/gateway/api/api.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::gateway {
namespace {

using referral::v1::ListStatusFeedRequest;
using referral::v1::ListStatusFeedResponse;
using ::testing::HasSubstr;

class FeedTest : public ::testing::Test {
 protected:
  FeedTest() : api_(*Api::Load()), transcoder_(*transcoding::Transcoder::Make(api_->Methods())) {
    options_.poll = absl::Milliseconds(1);
  }

  const transcoding::Route& Route(const std::string& path) {
    return **transcoder_->Find("GET", path);
  }

  // Answers of the service, in order; the last one again and again.
  using Answers = std::vector<absl::StatusOr<ListStatusFeedResponse>>;
  std::unique_ptr<http::Stream> Follow(Answers answers) {
    answers_ = std::move(answers);
    const FeedCall call =
        [this](const google::protobuf::Message& request) -> absl::StatusOr<FeedPage> {
      cursors_.push_back(static_cast<const ListStatusFeedRequest&>(request).cursor());
      const size_t at = std::min(asked_++, answers_.size() - 1);
      if (!answers_[at].ok()) return answers_[at].status();
      return std::make_unique<ListStatusFeedResponse>(*answers_[at]);
    };
    auto request = std::make_unique<ListStatusFeedRequest>();
    FeedPage first = *call(*request);
    return FollowFeed(*FeedShape::Of(Route("/v1/statusFeed")), call, std::move(request),
                      std::move(first), options_);
  }

  static ListStatusFeedResponse Page(const std::vector<int>& sequences, bool more = false) {
    ListStatusFeedResponse page;
    for (const int sequence : sequences) page.add_entries()->set_sequence(sequence);
    page.set_cursor("after-" + std::to_string(sequences.empty() ? 0 : sequences.back()));
    page.set_more(more);
    return page;
  }

  std::unique_ptr<Api> api_;
  std::unique_ptr<transcoding::Transcoder> transcoder_;
  FeedOptions options_;
  Answers answers_;
  size_t asked_ = 0;
  std::vector<std::string> cursors_;
};

TEST_F(FeedTest, IsKnownByItsShape) {
  EXPECT_TRUE(FeedShape::Of(Route("/v1/statusFeed")).has_value());
  for (const char* path : {"/v1/referrals", "/v1/referrals/a", "/v1/programs/a/pool"}) {
    EXPECT_FALSE(FeedShape::Of(Route(path)).has_value()) << path;
  }
}

TEST_F(FeedTest, TheFormatIsWhatIsAccepted) {
  EXPECT_EQ(FormatOf("text/event-stream"), FeedFormat::kEvents);
  EXPECT_EQ(FormatOf("application/x-ndjson, */*;q=0.1"), FeedFormat::kLines);
  for (const char* accept : {"", "*/*", "application/json"})
    EXPECT_EQ(FormatOf(accept), std::nullopt);
}

TEST_F(FeedTest, ACursorIsMovedBehindAnEntry) {
  const std::string cursor = resources::PageToken("feed/agency/ociso", "7");
  EXPECT_EQ(CursorBehind(cursor, 3), resources::PageToken("feed/agency/ociso", "3"));
  EXPECT_EQ(CursorBehind("%%%", 3), "");
  EXPECT_EQ(CursorBehind("", 3), "");
}

TEST_F(FeedTest, EventsGoOnFromTheCursorAndNeverEnd) {
  const auto stream = Follow({Page({1, 2}, true), Page({3}), Page({})});
  const auto first = stream->Next(false);
  EXPECT_EQ(first.bytes,
            "id: 1\ndata: {\"sequence\":\"1\"}\n\nid: 2\ndata: {\"sequence\":\"2\"}\n\n");
  EXPECT_EQ(first.wait, absl::ZeroDuration());  // there is more
  const auto second = stream->Next(false);
  EXPECT_THAT(second.bytes, HasSubstr("id: 3\n"));
  EXPECT_EQ(second.wait, options_.poll);
  const auto third = stream->Next(false);
  EXPECT_EQ(third.bytes, "");
  EXPECT_FALSE(third.end);
  EXPECT_THAT(cursors_, ::testing::ElementsAre("", "after-2", "after-3"));
}

TEST_F(FeedTest, SilenceIsToldByAComment) {
  options_.heartbeat = absl::ZeroDuration();
  const auto stream = Follow({Page({})});
  EXPECT_EQ(stream->Next(false).bytes, ": \n\n");
}

TEST_F(FeedTest, LinesEndWithWhatThereIs) {
  options_.format = FeedFormat::kLines;
  const auto stream = Follow({Page({1}, true), Page({2})});
  const auto first = stream->Next(false);
  EXPECT_EQ(first.bytes, "{\"sequence\":\"1\"}\n");
  EXPECT_FALSE(first.end);
  const auto second = stream->Next(false);
  EXPECT_EQ(second.bytes, "{\"sequence\":\"2\"}\n");
  EXPECT_TRUE(second.end);
}

TEST_F(FeedTest, EventsWaitAnOutageOut_LinesTellIt) {
  const absl::Status outage = absl::UnavailableError("inner text");
  const auto events = Follow({Page({1}), outage, Page({2})});
  events->Next(false);
  const auto away = events->Next(false);
  EXPECT_FALSE(away.end);
  EXPECT_EQ(away.bytes, "");
  EXPECT_GT(away.wait, options_.poll);
  EXPECT_THAT(events->Next(false).bytes, HasSubstr("id: 2\n"));
  asked_ = 0;
  options_.format = FeedFormat::kLines;
  const auto lines = Follow({Page({1}, true), outage});
  lines->Next(false);
  const auto told = lines->Next(false);
  EXPECT_TRUE(told.end);
  EXPECT_THAT(told.bytes, HasSubstr("{\"error\":{\"code\":14"));
  EXPECT_THAT(told.bytes, ::testing::Not(HasSubstr("inner text")));
}

TEST_F(FeedTest, ARefusalEndsTheStream) {
  const absl::Status revoked = status::WithDetail(
      absl::StatusCode::kUnauthenticated,
      {.reason = "CREDENTIAL_REFUSED", .en = "No.", .fr = "Non.", .violations = {}});
  const auto stream = Follow({Page({}), revoked});
  stream->Next(false);
  const auto refused = stream->Next(false);
  EXPECT_TRUE(refused.end);
  EXPECT_THAT(refused.bytes, HasSubstr("event: error\ndata: {\"code\":16"));
}

TEST_F(FeedTest, TheEndSaysWhenToComeAgain) {
  const auto drained = Follow({Page({1})})->Next(true);
  EXPECT_TRUE(drained.end);
  EXPECT_EQ(drained.bytes, "retry: 2000\n\n");
  options_.longest = absl::ZeroDuration();
  const auto stream = Follow({Page({1})});
  absl::SleepFor(absl::Milliseconds(2));
  EXPECT_TRUE(stream->Next(false).end);
}

TEST_F(FeedTest, ManyFollowersPollLessOften) {
  options_.followers = std::make_shared<Followers>();
  const auto stream = Follow({Page({1}), Page({})});
  stream->Next(false);
  EXPECT_EQ(stream->Next(false).wait, options_.poll);
  for (int i = 0; i < 9999; ++i) options_.followers->Come();
  EXPECT_EQ(stream->Next(false).wait, absl::Seconds(10));
  for (int i = 0; i < 9999; ++i) options_.followers->Go();
  EXPECT_EQ(stream->Next(false).wait, options_.poll);
}

}  // namespace
}  // namespace tremplin::gateway
