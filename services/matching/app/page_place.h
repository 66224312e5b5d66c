#ifndef TREMPLIN_SERVICES_MATCHING_APP_PAGE_PLACE_H_
#define TREMPLIN_SERVICES_MATCHING_APP_PAGE_PLACE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

// Where a page begins of a list that is in the order of times, then ids.
namespace tremplin::matching::app {

struct PagePlace {
  int64_t time_us = 0;
  std::string id;
};

// The last key of a page token, and back. `first` is where a list without a token begins.
std::string KeyOf(const PagePlace& place);
absl::StatusOr<PagePlace> PlaceOf(const std::string& last_key, const PagePlace& first);

}  // namespace tremplin::matching::app

#endif  // TREMPLIN_SERVICES_MATCHING_APP_PAGE_PLACE_H_
