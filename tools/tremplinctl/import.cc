#include "tools/tremplinctl/import.h"

#include <cstdio>
#include <fstream>
#include <set>
#include <utility>

#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "common/csv/csv.h"
#include "common/intake/importer.h"
#include "common/program/format.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "tools/tremplinctl/files.h"
#include "tools/tremplinctl/messages.h"

namespace tremplin::ctl {
namespace {

using ItemResult = referral::v1::BatchSubmitReferralsResponse::ItemResult;

std::string NameOf(referral::v1::Verdict verdict) {
  if (verdict == referral::v1::VERDICT_INVALID) return "invalid";
  if (verdict == referral::v1::VERDICT_INELIGIBLE) return "ineligible";
  if (verdict == referral::v1::VERDICT_INCOMPLETE) return "incomplete";
  if (verdict == referral::v1::VERDICT_ELIGIBLE) return "eligible";
  return "";
}

std::string NameOf(referral::v1::SubmissionKind kind) {
  if (kind == referral::v1::SUBMISSION_KIND_NEW) return "new";
  if (kind == referral::v1::SUBMISSION_KIND_REPEAT) return "repeat";
  if (kind == referral::v1::SUBMISSION_KIND_REVISION) return "revision";
  if (kind == referral::v1::SUBMISSION_KIND_STALE) return "stale";
  return "";
}

// "residence"; of a field at fault, "file.facts.noc", the column's name.
std::string ReasonOf(const std::string& reason) {
  return std::string(absl::StripPrefix(absl::StripPrefix(reason, "file."), "facts."));
}

// What a sentence in the verdict file is about: "birth_date: …".
std::string About(std::string_view field, std::string_view sentence) {
  return text::Cat(field, ": ", sentence);
}

// Writes what the importer tells.
class Teller {
 public:
  Teller(const ImportOptions& options, const OnNote& on_note)
      : options_(options), on_note_(on_note) {}

  absl::StatusOr<ImportResult> Run(Api& api, Progress& progress) {
    TREMPLIN_ASSIGN_OR_RETURN(const std::string digest, DigestOf(options_.file));
    const auto call = [&api](const std::string& method, const std::string& request) {
      return api.CallMethod(method, request);
    };
    TREMPLIN_ASSIGN_OR_RETURN(const auto importer,
                              intake::Importer::Open(call,
                                                     {.agency = options_.agency,
                                                      .programs = options_.programs,
                                                      .side = options_.side,
                                                      .dry_run = options_.dry_run,
                                                      .digest = digest,
                                                      .run = options_.run,
                                                      .name = options_.name},
                                                     options_.file));
    programs_ = importer->programs();
    TREMPLIN_RETURN_IF_ERROR(OpenVerdicts());
    while (true) {
      if (options_.ends && options_.ends()) return absl::CancelledError("the import is ended");
      TREMPLIN_ASSIGN_OR_RETURN(const std::vector<intake::Row> rows, importer->Next());
      for (const intake::Row& row : rows) Take(row);
      intake::Sheet& sheet = importer->sheet();
      progress.Show(sheet.position(), sheet.size(), text::Cat(sheet.row()));
      if (rows.empty()) break;
    }
    TREMPLIN_RETURN_IF_ERROR(CloseVerdicts());
    result_.converted = importer->sheet().converted();
    return result_;
  }

 private:
  absl::Status OpenVerdicts() {
    if (options_.verdicts.empty()) return absl::OkStatus();
    verdicts_.open(options_.verdicts, std::ios::binary | std::ios::trunc);
    verdicts_ << "row,agency,external_id,verdict,reasons,kind,possible_duplicate,line,sentence,"
                 "warnings\n";
    if (verdicts_) return absl::OkStatus();
    return status::Error(absl::StatusCode::kInvalidArgument, kFileNotWritten, {options_.verdicts});
  }

  absl::Status CloseVerdicts() {
    if (!verdicts_.is_open()) return absl::OkStatus();
    verdicts_.flush();
    if (verdicts_) return absl::OkStatus();
    return status::Error(absl::StatusCode::kInvalidArgument, kFileNotWritten, {options_.verdicts});
  }

  void Take(const intake::Row& row) {
    const ItemResult& result = row.result;
    ++result_.rows;
    if (row.faulty) ++result_.faulty;
    const std::string verdict = NameOf(result.verdict());
    ++result_.verdicts[verdict];
    ++result_.kinds[NameOf(result.kind())];
    const std::string sentence = SentenceOf(result);
    const std::string warnings = WarningsOf(result);
    if (!result.error_reason().empty()) ++result_.refused;
    if (!warnings.empty()) ++result_.warned;
    if (!result.error_reason().empty() || !result.notices().empty() ||
        result.verdict() == referral::v1::VERDICT_INVALID) {
      on_note_({row.number, row.line, result.external_id(), sentence});
    }
    if (!warnings.empty()) on_note_({row.number, row.line, result.external_id(), warnings});
    if (!verdicts_.is_open()) return;
    std::set<std::string> reasons;
    for (const std::string& reason : result.reasons()) reasons.insert(ReasonOf(reason));
    verdicts_ << csv::Join({text::Cat(row.number), row.agency, result.external_id(), verdict,
                            absl::StrJoin(reasons, " "), NameOf(result.kind()),
                            result.possible_duplicate() ? "yes" : "", text::Cat(row.line), sentence,
                            warnings})
              << '\n';
  }

  std::string In(const program::v1::Text& text) const {
    return options_.language == Language::kFrench ? text.fr() : text.en();
  }

  // What came of the row, then what is wanted for each reason, and what there is to know besides.
  std::string SentenceOf(const ItemResult& result) const {
    std::vector<std::string> sentences;
    if (!result.error_reason().empty()) sentences.push_back(In(result.error()));
    for (const referral::v1::Note& note : result.notes()) {
      sentences.push_back(About(ReasonOf(note.field()), In(note.text())));
    }
    if (result.notes().empty()) {
      if (const messages::Message* kind = KindSentence(result.kind())) {
        sentences.push_back(Text(options_.language, *kind));
      }
      sentences.push_back(Text(options_.language, VerdictSentence(result.verdict())));
      for (const std::string& code : result.reasons()) {
        const std::string sentence = CriterionSentence(code, result.verdict());
        if (!sentence.empty()) sentences.push_back(About(code, sentence));
      }
    }
    for (const referral::v1::SubmissionNotice& notice : result.notices()) {
      sentences.push_back(In(notice.text()));
    }
    return absl::StrJoin(sentences, " ");
  }

  std::string WarningsOf(const ItemResult& result) const {
    std::vector<std::string> sentences;
    for (const referral::v1::Note& note : result.warnings()) {
      sentences.push_back(About(ReasonOf(note.field()), In(note.text())));
    }
    return absl::StrJoin(sentences, " ");
  }

  static const messages::Message* KindSentence(referral::v1::SubmissionKind kind) {
    if (kind == referral::v1::SUBMISSION_KIND_REPEAT) return &kAsBefore;
    if (kind == referral::v1::SUBMISSION_KIND_REVISION) return &kUpdated;
    if (kind == referral::v1::SUBMISSION_KIND_STALE) return &kOlder;
    return nullptr;
  }

  static const messages::Message& VerdictSentence(referral::v1::Verdict verdict) {
    if (verdict == referral::v1::VERDICT_ELIGIBLE) return kIsEligible;
    if (verdict == referral::v1::VERDICT_INCOMPLETE) return kIsIncomplete;
    if (verdict == referral::v1::VERDICT_INELIGIBLE) return kIsIneligible;
    return kIsInvalid;
  }

  // As the first program's definition tells it: a verdict is by that one.
  std::string CriterionSentence(const std::string& code, referral::v1::Verdict verdict) const {
    const bool missing = verdict == referral::v1::VERDICT_INCOMPLETE;
    for (const program::v1::Criterion* criterion :
         program::AllCriteria(programs_.front(), options_.side)) {
      if (criterion->code() != code) continue;
      return In(missing ? criterion->missing_reason() : criterion->fail_reason());
    }
    return "";
  }

  const ImportOptions& options_;
  const OnNote& on_note_;
  std::vector<program::v1::ProgramDefinition> programs_;
  std::ofstream verdicts_;
  ImportResult result_;
};

int64_t CountOf(const std::map<std::string, int64_t>& counts, const std::string& name) {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

}  // namespace

int64_t ImportResult::Verdict(const std::string& name) const { return CountOf(verdicts, name); }
int64_t ImportResult::Kind(const std::string& name) const { return CountOf(kinds, name); }

absl::StatusOr<ImportResult> Import(Api& api, const ImportOptions& options, Progress& progress,
                                    const OnNote& on_note) {
  return Teller(options, on_note).Run(api, progress);
}

void TellImport(Language language, bool json, const ImportOptions& options,
                const ImportResult& result) {
  if (result.converted) Warn(language, kConverted, {options.file});
  const auto verdict = [&](const char* name) { return text::Cat(result.Verdict(name)); };
  const auto kind = [&](const char* name) { return text::Cat(result.Kind(name)); };
  if (json) {
    std::printf(
        "{\"rows\": %lld, \"eligible\": %s, \"incomplete\": %s, \"ineligible\": %s, \"invalid\": "
        "%s, \"refused\": %lld, \"new\": %s, \"repeat\": %s, \"revision\": %s, \"stale\": %s, "
        "\"warned\": %lld, \"stored\": "
        "%s}\n",
        static_cast<long long>(result.rows), verdict("eligible").c_str(),
        verdict("incomplete").c_str(), verdict("ineligible").c_str(), verdict("invalid").c_str(),
        static_cast<long long>(result.refused), kind("new").c_str(), kind("repeat").c_str(),
        kind("revision").c_str(), kind("stale").c_str(), static_cast<long long>(result.warned),
        options.dry_run ? "false" : "true");
    return;
  }
  Say(language, kImported,
      {text::Cat(result.rows), verdict("eligible"), verdict("incomplete"), verdict("ineligible"),
       verdict("invalid"), text::Cat(result.refused)});
  Say(language, kKinds, {kind("new"), kind("revision"), kind("repeat"), kind("stale")});
  if (result.warned > 0) Say(language, kWarned, {text::Cat(result.warned)});
  if (options.dry_run) Say(language, kDryRun);
}

}  // namespace tremplin::ctl
