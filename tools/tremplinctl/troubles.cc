#include "tools/tremplinctl/troubles.h"

#include <map>
#include <string>
#include <tuple>

#include "absl/time/time.h"
#include "common/resources/names.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/messages.h"

namespace tremplin::ctl {
namespace {

std::string TimeText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M", resources::FromTimestamp(time), absl::UTCTimeZone());
}

std::string PartText(Language language, const std::string& part) {
  static const auto* const texts =
      new std::map<std::string, Message>{{"store", kPartStore},
                                         {"event log", kPartEventLog},
                                         {"cache", kPartCache},
                                         {"consumer", kPartConsumer},
                                         {"relay", kPartRelay},
                                         {"timers", kPartTimers},
                                         {"housekeeping", kPartHousekeeping}};
  const auto found = texts->find(part);
  return found == texts->end()
             ? part
             : std::string(language == Language::kFrench ? found->second.fr() : found->second.en());
}

const Message& FaultText(runtime::v1::Fault::Kind kind) {
  if (kind == runtime::v1::Fault::KIND_DISK_FULL) return kDiskIsFull;
  if (kind == runtime::v1::Fault::KIND_REFUSED) return kServerRefuses;
  return kind == runtime::v1::Fault::KIND_AWAY ? kStoreAway : kPartStopped;
}

bool PrintFaults(Language language, const runtime::v1::GetStatusResponse& all) {
  struct Group {
    runtime::v1::Fault fault;
    std::string modules;
  };
  std::map<std::tuple<int, std::string, std::string>, Group> groups;
  for (const runtime::v1::ModuleStatus& module : all.modules()) {
    for (const runtime::v1::Fault& fault : module.faults()) {
      Group& group = groups[{fault.kind(), fault.part(), fault.cause()}];
      group.fault = fault;
      group.modules += text::Cat(group.modules.empty() ? "" : ", ", module.module());
    }
  }
  for (const auto& [key, group] : groups) {
    Say(language, FaultText(group.fault.kind()),
        {group.modules, TimeText(group.fault.since()), group.fault.cause(),
         PartText(language, group.fault.part())});
  }
  return !groups.empty();
}

}  // namespace

absl::StatusOr<runtime::v1::GetStatusResponse> AskStatus(Api& api) {
  TREMPLIN_ASSIGN_OR_RETURN(const auto responses, api.Statuses());
  runtime::v1::GetStatusResponse all;
  for (const runtime::v1::GetStatusResponse& response : responses) {
    all.mutable_modules()->MergeFrom(response.modules());
    all.set_demo(response.demo());
    all.set_version(response.version());
  }
  return all;
}

bool PrintTroubles(Language language, const runtime::v1::GetStatusResponse& all) {
  bool any = PrintFaults(language, all);
  for (const runtime::v1::ModuleStatus& module : all.modules()) {
    if (module.dead_letters() <= 0) continue;
    any = true;
    Say(language, kDeadLettersWait,
        {text::Cat(module.dead_letters()), module.module(), module.dead_letter_cause()});
  }
  return any;
}

}  // namespace tremplin::ctl
