#include "services/referral/store/rows.h"

#include "common/clock/clock.h"
#include "tremplin/referral/v1/referral.pb.h"

namespace tremplin::referral {

// The token holds a row of the list: what a key is made of, in messages that fit.
std::string Pack(const ListKey& key) {
  v1::StatusEntry token;
  token.set_sequence(key.created_us);
  token.set_referral(key.agency);
  token.set_external_id(key.external_id);
  token.set_program(key.program);
  token.set_milestone(key.side);
  return token.SerializeAsString();
}

ListKey UnpackKey(std::string_view text) {
  v1::StatusEntry token;
  if (text.empty() || !token.ParseFromString(std::string(text))) return {};
  return {token.sequence(), token.referral(), token.external_id(), token.program(),
          token.milestone()};
}

std::vector<Door> DoorsOf(std::optional<Door> door) {
  if (door.has_value()) return {*door};
  return {Door::DOOR_AGENCY, Door::DOOR_PROPOSER};
}

int64_t ToMoment(absl::Time time) {
  return time == absl::InfiniteFuture() ? 0 : clock::ToMicros(time);
}

std::string ToldName(const ApplicationRow& row) {
  return row.told_state.has_value() ? std::string(NameOf(*row.told_state)) : "";
}

database::Bytes BytesOf(const std::vector<std::string>& codes) {
  v1::Decision kept;
  for (const std::string& code : codes) kept.add_reasons(code);
  return {kept.SerializeAsString()};
}

std::optional<std::vector<std::string>> CodesOf(const std::string& bytes) {
  v1::Decision kept;
  if (!kept.ParseFromString(bytes)) return std::nullopt;
  return std::vector<std::string>(kept.reasons().begin(), kept.reasons().end());
}

// The results are numbered as the API's, which begins with UNSPECIFIED.
database::Bytes BytesOf(const std::vector<Finding>& findings) {
  v1::Decision kept;
  for (const Finding& finding : findings) {
    v1::CriterionResult* result = kept.add_results();
    result->set_code(finding.code);
    result->set_result(static_cast<v1::FindingResult>(static_cast<int>(finding.result) + 1));
    result->set_exemption(finding.exemption);
    result->set_exempted_until(finding.exempted_until);
  }
  return {kept.SerializeAsString()};
}

std::optional<std::vector<Finding>> FindingsOf(const std::string& bytes) {
  v1::Decision kept;
  if (!kept.ParseFromString(bytes)) return std::nullopt;
  std::vector<Finding> findings;
  for (const v1::CriterionResult& result : kept.results()) {
    findings.push_back({result.code(), static_cast<Result>(static_cast<int>(result.result()) - 1),
                        result.exemption(), result.exempted_until()});
  }
  return findings;
}

}  // namespace tremplin::referral
