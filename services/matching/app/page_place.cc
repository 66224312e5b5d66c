#include "services/matching/app/page_place.h"

#include "absl/strings/numbers.h"
#include "common/text/text.h"

namespace tremplin::matching::app {

std::string KeyOf(const PagePlace& place) { return text::Cat(place.time_us, "/", place.id); }

absl::StatusOr<PagePlace> PlaceOf(const std::string& last_key, const PagePlace& first) {
  if (last_key.empty()) return first;
  PagePlace place;
  const size_t slash = last_key.find('/');
  if (slash == std::string::npos || !absl::SimpleAtoi(last_key.substr(0, slash), &place.time_us)) {
    return absl::InvalidArgumentError("page token");
  }
  place.id = last_key.substr(slash + 1);
  return place;
}

}  // namespace tremplin::matching::app
