#include "services/gateway/app/import.h"

#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/digest/stream.h"
#include "common/resources/names.h"
#include "common/rpc/details.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/gateway/app/messages.h"
#include "services/gateway/transcoding/errors.h"
#include "services/gateway/transcoding/json_writer.h"

namespace tremplin::gateway {
namespace {

using gateway::v1::ImportReferralsRequest;
using gateway::v1::ImportReferralsResponse;

constexpr char kName[] = "import.csv";  // what the file is called in sentences
constexpr int kMostPrograms = 30;
// Asked of nothing, it tells a key that is known from one that is not.
constexpr char kKnown[] = "tremplin.registration.v1.RegistrationService/GetProgram";

// The SHA-256 of "sha-256=:…:" among the digests of the header, in hexadecimal digits (RFC 9530).
absl::StatusOr<std::string> DigestIn(std::string_view header) {
  constexpr std::string_view kBegin = "sha-256=:";
  const size_t at = header.find(kBegin);
  const size_t end = at == std::string_view::npos ? at : header.find(':', at + kBegin.size());
  std::string bytes;
  if (end == std::string_view::npos ||
      !absl::Base64Unescape(text::Absl(header.substr(at + kBegin.size(), end - at - kBegin.size())),
                            &bytes) ||
      bytes.size() != digest::Bytes().size()) {
    return status::Error(absl::StatusCode::kInvalidArgument, kDigestMalformed);
  }
  return absl::BytesToHexString(bytes);
}

std::string Hex(const digest::Bytes& bytes) {
  return absl::BytesToHexString(digest::ToString(bytes));
}

// A file whose digest nobody said, whole.
absl::StatusOr<std::string> ReadAll(const intake::Source& source, size_t most) {
  std::string file;
  while (true) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string piece, source());
    if (piece.empty()) return file;
    if (file.size() + piece.size() > most) {
      return status::Error(absl::StatusCode::kInvalidArgument, kDigestNeeded);
    }
    file += piece;
  }
}

absl::StatusOr<intake::ImportOptions> ToIntake(const ImportReferralsRequest& request) {
  intake::ImportOptions options;
  options.side = request.side() == program::v1::SUBJECT_UNSPECIFIED ? program::v1::SUBJECT_MENTEE
                                                                    : request.side();
  options.dry_run = request.dry_run();
  options.after_row = request.after_row();
  if (request.programs().empty() || request.programs_size() > kMostPrograms) {
    return status::InvalidFields({status::Violation("programs", kProgramsWanted)});
  }
  for (const std::string& name : request.programs()) {
    TREMPLIN_ASSIGN_OR_RETURN(std::string id, resources::IdOf("programs", name, "programs"));
    options.programs.push_back(std::move(id));
  }
  if (request.agency().empty()) return options;
  TREMPLIN_ASSIGN_OR_RETURN(options.agency,
                            resources::IdOf("organizations", request.agency(), "agency"));
  return options;
}

class ImportStream final : public http::Stream {
 public:
  ImportStream(intake::Source source, ImportOptions options)
      : source_(std::move(source)), options_(std::move(options)), begin_(absl::Now()) {}

  // Takes the first rows.
  absl::Status Open(intake::Call call, const ImportReferralsRequest& request) {
    // Whom nobody knows is told so before anything is said of the request.
    const absl::StatusOr<std::string> known = call(kKnown, "");
    if (absl::IsUnauthenticated(known.status())) return known.status();
    TREMPLIN_ASSIGN_OR_RETURN(intake::ImportOptions how, ToIntake(request));
    last_row_ = how.after_row;
    if (options_.repr_digest.empty()) {
      TREMPLIN_ASSIGN_OR_RETURN(std::string file, ReadAll(source_, options_.most_without_digest));
      how.digest = Hex(digest::Sha256(file));
      source_ = [file = std::move(file)]() mutable { return std::exchange(file, std::string()); };
    } else {
      TREMPLIN_ASSIGN_OR_RETURN(how.digest, DigestIn(options_.repr_digest));
    }
    digest_ = how.digest;
    TREMPLIN_ASSIGN_OR_RETURN(
        importer_, intake::Importer::Open(
                       std::move(call), std::move(how), [this] { return Pull(); }, kName));
    TREMPLIN_ASSIGN_OR_RETURN(first_, importer_->Next());
    return absl::OkStatus();
  }

  Piece Next(bool draining) override {
    if (!first_.empty()) {
      const std::vector<intake::Row> rows = std::exchange(first_, {});
      return {.bytes = Lines(rows), .end = false, .wait = {}};
    }
    if (draining || absl::Now() - begin_ > options_.longest) return Fail(CutOff());
    const absl::StatusOr<std::vector<intake::Row>> rows = importer_->Next();
    if (!rows.ok()) return Fail(status::IsOutage(rows.status()) ? CutOff() : rows.status());
    if (!rows->empty()) return {.bytes = Lines(*rows), .end = false, .wait = {}};
    if (Hex(sum_.Finish()) != digest_) {
      return Fail(status::Error(absl::StatusCode::kInvalidArgument, kDigestOther));
    }
    return End();
  }

 private:
  absl::StatusOr<std::string> Pull() {
    absl::StatusOr<std::string> piece = source_();
    if (piece.ok()) sum_.Take(*piece);
    return piece;
  }

  std::string Lines(const std::vector<intake::Row>& rows) {
    std::string lines;
    for (const intake::Row& row : rows) {
      ImportReferralsResponse line;
      line.mutable_row()->set_row(row.number);
      line.mutable_row()->set_line(row.line);
      *line.mutable_row()->mutable_result() = row.result;
      lines += transcoding::WriteJson(line) + "\n";
      Count(row.result);
    }
    last_row_ = rows.back().number;
    return lines;
  }

  void Count(const referral::v1::BatchSubmitReferralsResponse::ItemResult& result) {
    auto& sum = *summary_.mutable_summary();
    sum.set_rows(sum.rows() + 1);
    if (!result.error_reason().empty()) sum.set_refused(sum.refused() + 1);
    const referral::v1::Verdict verdict = result.verdict();
    if (verdict == referral::v1::VERDICT_ELIGIBLE) sum.set_eligible(sum.eligible() + 1);
    if (verdict == referral::v1::VERDICT_INCOMPLETE) sum.set_incomplete(sum.incomplete() + 1);
    if (verdict == referral::v1::VERDICT_INELIGIBLE) sum.set_ineligible(sum.ineligible() + 1);
    if (verdict == referral::v1::VERDICT_INVALID) sum.set_invalid(sum.invalid() + 1);
  }

  Piece End() {
    summary_.mutable_summary()->set_converted(importer_->sheet().converted());
    return {.bytes = transcoding::WriteJson(summary_) + "\n", .end = true, .wait = {}};
  }

  absl::Status CutOff() const {
    return status::Error(absl::StatusCode::kUnavailable, kImportCutOff, {text::Cat(last_row_)});
  }

  Piece Fail(const absl::Status& status) const {
    const std::string json = transcoding::ErrorJson(rpc::ForCaller(status), options_.language);
    return {.bytes = text::Cat("{\"error\":", json, "}\n"), .end = true, .wait = {}};
  }

  intake::Source source_;
  const ImportOptions options_;
  const absl::Time begin_;
  digest::Sha256Stream sum_;
  std::string digest_;
  std::unique_ptr<intake::Importer> importer_;
  std::vector<intake::Row> first_;
  int64_t last_row_ = 0;
  ImportReferralsResponse summary_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<http::Stream>> ImportFile(intake::Source source, intake::Call call,
                                                         const ImportReferralsRequest& request,
                                                         ImportOptions options) {
  auto stream = std::make_unique<ImportStream>(std::move(source), std::move(options));
  TREMPLIN_RETURN_IF_ERROR(stream->Open(std::move(call), request));
  return stream;
}

}  // namespace tremplin::gateway
