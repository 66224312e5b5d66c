#ifndef TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ENGAGED_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ENGAGED_H_

#include <string>
#include <vector>

#include "tremplin/session/v1/session.pb.h"

// Who is in an engagement, and by which keys draws about it are made.
namespace tremplin::ctl::season {

inline constexpr char kSession[] = "tremplin.session.v1.SessionService/";

const char* NameOf(program::v1::Subject side);  // "mentee", "mentor"

// Those who have not left, by side and business key.
std::vector<session::v1::Participant> Present(const session::v1::Engagement& engagement);

bool IsPair(const session::v1::Engagement& engagement);

// Of a pair the two together; of more the first of them.
std::string KeyOf(const session::v1::Engagement& engagement);
// Of a pair the two together; of more the person's own.
std::string KeyOf(const session::v1::Engagement& engagement, const session::v1::Participant& who);

// The first of that side; of whom there are where nobody is on it. `present` is not empty.
const session::v1::Participant& FirstOf(const std::vector<session::v1::Participant>& present,
                                        program::v1::Subject side);

}  // namespace tremplin::ctl::season

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_SEASON_ENGAGED_H_
