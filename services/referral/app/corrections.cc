// Who a person is and how they are reached, corrected at any time, with history.
#include "services/referral/app/corrections.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/consents.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"
#include "services/referral/messages.h"
#include "services/referral/store/search_store.h"

namespace tremplin::referral::app {
namespace {

struct Field {
  const char* name;
  std::string File::*value;
};
// What a correction says of a person, in this order.
constexpr std::array<Field, 6> kFields = {{{"given_name", &File::given_name},
                                           {"family_name", &File::family_name},
                                           {"birth_date", &File::birth_date},
                                           {"email", &File::email},
                                           {"phone", &File::phone},
                                           {"language", &File::language}}};

std::string ColumnOf(int64_t revision) { return text::Cat("correction/", revision); }

// The file with what the request gives.
File Corrected(File file, const v1::CorrectReferralRequest& request) {
  const auto take = [](const std::string& given, std::string* value) {
    if (!given.empty()) *value = given;
  };
  take(request.given_name(), &file.given_name);
  take(request.family_name(), &file.family_name);
  take(request.email(), &file.email);
  take(request.phone(), &file.phone);
  take(request.language(), &file.language);
  return file;
}

bool Differ(const File& a, const File& b) {
  return std::any_of(kFields.begin(), kFields.end(),
                     [&](const Field& field) { return a.*field.value != b.*field.value; });
}

// What is wrong with what was corrected; whatever else stands in the file was taken before.
std::vector<status::FieldViolation> FaultsOf(const Deps& deps, const CallContext& call,
                                             const ReferralRow& referral, const File& before,
                                             File after) {
  after.facts.Clear();
  std::vector<status::FieldViolation> faults =
      Faults(after, {}, deps.tables, referral.side, {referral.door, !IsPartner(call)},
             absl::ToCivilDay(call.business_now, absl::UTCTimeZone()), Strictness::kSubmission);
  std::erase_if(faults, [&](const status::FieldViolation& fault) {
    return std::none_of(kFields.begin(), kFields.end(), [&](const Field& field) {
      return fault.field == field.name && before.*field.value != after.*field.value;
    });
  });
  return faults;
}

}  // namespace

absl::Status KeepCorrection(database::Transaction& tx, const seal::Sealer& sealer,
                            const ReferralRow& referral, const File& before, const File& after,
                            std::string_view by, absl::Time at) {
  v1::ListCorrectionsResponse::Correction kept;
  for (const Field& field : kFields) {
    if (before.*field.value == after.*field.value) continue;
    auto* change = kept.add_changes();
    change->set_field(field.name);
    change->set_before(before.*field.value);
    change->set_after(after.*field.value);
  }
  if (kept.changes().empty()) return absl::OkStatus();
  TREMPLIN_ASSIGN_OR_RETURN(
      database::Bytes sealed,
      sealer.Seal(tx, referral.id, ColumnOf(referral.revision), kept.SerializeAsString()));
  return store::InsertCorrection(tx, {.referral = referral.id,
                                      .revision = referral.revision,
                                      .agency = referral.agency,
                                      .by = std::string(by),
                                      .at = at,
                                      .changes = std::move(sealed.data)});
}

Answer<v1::Referral> Service::CorrectReferral(const CallContext& call,
                                              const v1::CorrectReferralRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("referrals", request.name(), "name"));
  // Read once before, for the lane on which all changes of this source run.
  std::string lane;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        TREMPLIN_ASSIGN_OR_RETURN(const VisibleReferral visible,
                                  FindVisibleReferral(reader, call, id));
        const ReferralRow& row = visible.referral;
        lane = Entry{{row.agency, row.side, row.external_id}, row.door}.Lane();
        return absl::OkStatus();
      }));
  const bool service = call.principal.role == rpc::Role::ROLE_SERVICE;
  const std::string by = service && !request.by().empty() ? request.by() : call.principal.id;
  return deps_.commands.Run<v1::Referral>(
      call, lane, [&](database::Transaction& tx) -> absl::StatusOr<v1::Referral> {
        TREMPLIN_ASSIGN_OR_RETURN(VisibleReferral visible, FindVisibleReferral(tx, call, id));
        ReferralRow& row = visible.referral;
        TREMPLIN_ASSIGN_OR_RETURN(const v1::AdmittedFile kept, OpenFile(tx, id, row.revision));
        const File before = FileOf(kept.file());
        const File after = Normal(Corrected(before, request), {});
        if (Differ(before, after)) {
          std::vector<status::FieldViolation> faults = FaultsOf(deps_, call, row, before, after);
          if (!faults.empty()) return status::InvalidFields(std::move(faults));
          Candidate candidate;
          candidate.entry.identity = {row.agency, row.side, row.external_id};
          candidate.file = after;
          submitter_.Key(VolunteeredOf(kept.volunteered()), &candidate);
          TREMPLIN_RETURN_IF_ERROR(
              submitter_.Correct(tx, call, candidate, by, visible.applications, &row));
        }
        v1::Referral response = ToProto(row, call);
        if (!IsSilentFor(call, row)) *response.mutable_file() = ToProto(after);
        for (const ApplicationRow& application : visible.applications) {
          TREMPLIN_ASSIGN_OR_RETURN(*response.add_applications(),
                                    ToApplication(tx, call, application));
        }
        return response;
      });
}

Answer<v1::ListCorrectionsResponse> Service::ListCorrections(
    const CallContext& call, const v1::ListCorrectionsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string id,
                            resources::IdOf("referrals", request.name(), "name"));
  v1::ListCorrectionsResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        response.Clear();
        TREMPLIN_ASSIGN_OR_RETURN(const VisibleReferral visible,
                                  FindVisibleReferral(reader, call, id));
        TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::CorrectionRow> rows,
                                  store::ListCorrections(reader, id));
        const bool silent = IsSilentFor(call, visible.referral);
        for (const store::CorrectionRow& row : rows) {
          // What others corrected since is not the source's to know.
          if (silent && row.at >= visible.referral.silent_from && row.by != call.principal.id) {
            continue;
          }
          TREMPLIN_ASSIGN_OR_RETURN(
              const std::string plain,
              deps_.sealer.Open(reader, id, ColumnOf(row.revision), row.changes));
          auto* correction = response.add_corrections();
          if (!correction->ParseFromString(plain)) {
            return absl::DataLossError("a correction cannot be decoded");
          }
          correction->set_revision(row.revision);
          correction->set_by(row.by);
          *correction->mutable_time() = resources::ToTimestamp(row.at);
        }
        return absl::OkStatus();
      }));
  return response;
}

}  // namespace tremplin::referral::app
