#ifndef TREMPLIN_COMMON_RPC_CALL_H_
#define TREMPLIN_COMMON_RPC_CALL_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "common/database/database.h"
#include "common/messages/message.h"
#include "tremplin/options/v1/options.pb.h"

namespace tremplin::rpc {

using options::v1::Role;

// Who calls. Comes from the credential only, never from the request.
struct Principal {
  std::string id = {};  // the API key's id; "service:<name>" for a service
  Role role = Role::ROLE_UNSPECIFIED;
  std::string organization = {};  // id of the organization they act for: the tenant of an agency
  std::string person = {};        // id of the person, for mentees and mentors
  std::string program =
      {};  // id of the only program they act in, "" for any (coordinators, managers)
};

// What a handler knows of the call it serves.
struct CallContext {
  Principal principal;
  std::string method;          // "tremplin.referral.v1.ReferralService/GetReferral"
  std::string request_id;      // the request's `request_id`, "" when it has none
  std::string request_digest;  // keyed digest of the canonical request
  absl::Time deadline = absl::InfiniteFuture();  // system time
  absl::Time business_now;                       // one reading for the whole call
  messages::Language language = messages::Language::kEnglish;
  std::string traceparent;
  std::string credential;   // handed on by peers: the original subject is authorized again
  bool derive_ids = false;  // demo mode: ids follow from the request id

  // The tenant that the caller's statements run under: an agency its own organization, everyone who
  // is not bound to an agency all (their handlers check what they may see), nobody none.
  database::Tenant tenant() const;

  // A new id for a resource made by this call. `what` tells several ids of one call apart
  // ("referral", "item/3"). In demo mode with a request id: derived from principal, method, request
  // id and `what`; otherwise UUIDv7.
  std::string NewId(std::string_view what) const;

  database::WriteOptions Write(std::string_view lane_key) const;
  database::ReadOptions Read() const;
};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_CALL_H_
