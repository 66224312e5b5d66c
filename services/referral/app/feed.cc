#include <charconv>
#include <memory>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"
#include "services/referral/messages.h"
#include "services/referral/store/feed_store.h"

namespace tremplin::referral::app {
namespace {

std::string ScopeOf(Door door, std::string_view agency) {
  return text::Cat("feed/", NameOf(door), "/", agency);
}

// A cursor beyond the end was given by another system, or before a restore: to follow it would be
// to miss, silently, what happens until the feed has caught up.
absl::Status CheckReached(database::Reader& reader, std::string_view agency, Door door,
                          int64_t after) {
  if (after == 0) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(const int64_t last, store::LastSequence(reader, agency, door));
  if (after >= 0 && after <= last) return absl::OkStatus();
  return status::InvalidFields({status::Violation("cursor", kCursorBeyondEnd)});
}

}  // namespace

Answer<v1::ListStatusFeedResponse> Service::ListStatusFeed(
    const CallContext& call, const v1::ListStatusFeedRequest& request) {
  // Those who refer, and those who propose for the same organization, follow their own people.
  return ReadFeed(call,
                  {.agency = call.principal.organization,
                   .door = DoorOf(call).value_or(Door::DOOR_AGENCY),
                   .program = call.principal.program},
                  request.cursor(), request.page_size());
}

Answer<v1::ListStatusFeedResponse> Service::ReadStatusFeed(
    const CallContext& call, const v1::ReadStatusFeedRequest& request) {
  Feed feed;
  TREMPLIN_ASSIGN_OR_RETURN(
      feed.agency, resources::IdOf("organizations", request.organization(), "organization"));
  if (!request.program().empty()) {
    TREMPLIN_ASSIGN_OR_RETURN(feed.program,
                              resources::IdOf("programs", request.program(), "program"));
  }
  return ReadFeed(call, feed, request.cursor(), request.page_size());
}

Answer<v1::FindStatusCursorResponse> Service::FindStatusCursor(
    const CallContext& call, const v1::FindStatusCursorRequest& request) {
  Feed feed;
  TREMPLIN_ASSIGN_OR_RETURN(
      feed.agency, resources::IdOf("organizations", request.organization(), "organization"));
  int64_t reached = 0;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(
            reached, request.has_time()
                         ? store::SequenceBefore(reader, feed.agency, feed.door,
                                                 resources::FromTimestamp(request.time()))
                         : store::LastSequence(reader, feed.agency, feed.door));
        return absl::OkStatus();
      }));
  v1::FindStatusCursorResponse response;
  response.set_cursor(resources::PageToken(ScopeOf(feed.door, feed.agency), text::Cat(reached)));
  return response;
}

Answer<v1::ListStatusFeedResponse> Service::ReadFeed(const CallContext& call, const Feed& feed,
                                                     const std::string& cursor, int asked) {
  const std::string scope = ScopeOf(feed.door, feed.agency);
  TREMPLIN_ASSIGN_OR_RETURN(const int page_size, resources::PageSize(asked));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last, resources::LastKey(scope, cursor));
  int64_t after = 0;
  std::from_chars(last.data(), last.data() + last.size(), after);
  v1::ListStatusFeedResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        response.Clear();
        TREMPLIN_RETURN_IF_ERROR(CheckReached(reader, feed.agency, feed.door, after));
        TREMPLIN_ASSIGN_OR_RETURN(
            std::vector<FeedRow> rows,
            store::ListFeed(reader, feed.agency, feed.door, feed.program, after, page_size + 1));
        response.set_more(rows.size() > static_cast<size_t>(page_size));
        if (response.more()) rows.resize(static_cast<size_t>(page_size));
        for (const FeedRow& row : rows) {
          TREMPLIN_ASSIGN_OR_RETURN(
              const std::shared_ptr<const program::Program> program,
              deps_.programs.Version(reader, row.program, row.program_version));
          *response.add_entries() = ToProto(row, *program);
        }
        // The end of the feed has a cursor too: the next call goes on from it.
        const int64_t reached = rows.empty() ? after : rows.back().sequence;
        response.set_cursor(resources::PageToken(scope, std::to_string(reached)));
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace tremplin::referral::app
