#include <algorithm>
#include <utility>

#include "common/events/event.h"
#include "common/inbox/inbox.h"

namespace tremplin::inbox {

void Handlers::Add(std::string topic_service, std::string type, Prepare prepare, Reads reads) {
  by_type_.insert_or_assign(std::move(type), Handler{std::move(prepare), reads});
  if (std::find(services_.begin(), services_.end(), topic_service) == services_.end()) {
    services_.push_back(std::move(topic_service));
  }
}

std::vector<std::string> Handlers::Topics() const {
  std::vector<std::string> topics;
  for (const std::string& service : services_) topics.push_back(events::TopicOf(service));
  return topics;
}

const Handlers::Prepare* Handlers::Find(const std::string& type) const {
  const auto found = by_type_.find(type);
  return found == by_type_.end() ? nullptr : &found->second.prepare;
}

bool Handlers::ReadsEventAlone(const std::string& type) const {
  const auto found = by_type_.find(type);
  return found != by_type_.end() && found->second.reads == Reads::kEventAlone;
}

}  // namespace tremplin::inbox
