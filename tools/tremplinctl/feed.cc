// feed: what happened to an agency's referrals, from a cursor it keeps.
#include <cstdio>
#include <memory>
#include <thread>

#include "absl/strings/str_join.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/command.h"
#include "tools/tremplinctl/files.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::ctl {
namespace {

constexpr char kListStatusFeed[] = "tremplin.referral.v1.ReferralService/ListStatusFeed";
constexpr int kPage = 500;
constexpr std::chrono::seconds kPollEvery(1);

struct FeedOptions {
  std::string agency;
  std::string cursor;
  bool follow = false;
};

void Print(const Globals& globals, const referral::v1::StatusEntry& entry) {
  if (globals.json) {
    PrintJson(entry);
    return;
  }
  const std::string time = absl::FormatTime(
      "%Y-%m-%d %H:%M", resources::FromTimestamp(entry.time()), absl::UTCTimeZone());
  const std::string& text =
      globals.language() == Language::kFrench ? entry.text().fr() : entry.text().en();
  std::printf("%6lld  %s  %-20s  %-12s  %s  %s\n", static_cast<long long>(entry.sequence()),
              time.c_str(), entry.external_id().c_str(), entry.milestone().c_str(), text.c_str(),
              absl::StrJoin(entry.reasons(), " ").c_str());
}

absl::Status Feed(const Globals& globals, const FeedOptions& options) {
  Globals as_agency = globals;
  as_agency.key_file = text::Cat(globals.KeysDir(), "/", options.agency, ".key");
  TREMPLIN_ASSIGN_OR_RETURN(const std::unique_ptr<Api> api, as_agency.Open());
  referral::v1::ListStatusFeedRequest request;
  request.set_cursor(options.cursor);
  request.set_page_size(kPage);
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const auto page, api->Call<referral::v1::ListStatusFeedResponse>(
                                                   std::string(kListStatusFeed), request));
    for (const referral::v1::StatusEntry& entry : page.entries()) Print(globals, entry);
    request.set_cursor(page.cursor());
    if (page.more()) continue;
    if (!options.follow) break;
    std::fflush(stdout);
    std::this_thread::sleep_for(kPollEvery);
  }
  std::fprintf(stderr, "cursor: %s\n", request.cursor().c_str());
  return absl::OkStatus();
}

}  // namespace

void AddFeed(CLI::App& app, const Globals& globals, absl::Status& result) {
  auto options = std::make_shared<FeedOptions>();
  CLI::App* command = app.add_subcommand("feed", "an agency's status feed / fil d'une agence");
  command->add_option("--agency", options->agency, "agency's id; its key is in --keys-dir")
      ->required();
  command->add_option("--cursor", options->cursor, "where to go on; default: the beginning");
  command->add_flag("--follow", options->follow, "stay and show what comes");
  command->callback([&globals, &result, options] { result = Feed(globals, *options); });
}

}  // namespace tremplin::ctl
