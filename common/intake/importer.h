#ifndef TREMPLIN_COMMON_INTAKE_IMPORTER_H_
#define TREMPLIN_COMMON_INTAKE_IMPORTER_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/intake/columns.h"
#include "common/intake/sheet.h"
#include "tremplin/program/v1/program.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

// The one way by which people come in from a file, whoever reads it: mentees and mentors alike, by
// calls of the API, with a verdict for each row.
namespace tremplin::intake {

struct ImportOptions {
  // Of rows that name none: an organization's id; "" for mentors who come by themselves.
  std::string agency = {};
  std::vector<std::string> programs = {};  // ids, 1–30
  program::v1::Subject side = program::v1::SUBJECT_MENTEE;
  bool dry_run = false;
  // SHA-256 of the file, in hexadecimal digits: the same file, the same rows.
  std::string digest = {};
  // What the request ids derive from; "": this run alone.
  std::string run = {};
  int64_t after_row = 0;  // rows up to this one are read, and not sent
  // As what a file that is opened by its path is spoken of; "": by its path.
  std::string name = {};
};

// A call of the API by whoever imports, to which a request is sent again until it has had its
// effect or cannot have it.
using Call = std::function<absl::StatusOr<std::string>(const std::string& method,
                                                       const std::string& request)>;

// What came of a row.
struct Row {
  int64_t number = 0;
  int64_t line = 0;
  std::string agency = {};  // id
  referral::v1::BatchSubmitReferralsResponse::ItemResult result = {};
  bool faulty = false;  // it could not be taken apart: invalid by reason "row", and not sent
};

// By which door those enter whom an organization stands for: where none of the programs lets
// anybody of the side in through an agency, as proposed; else as the service has it (UNSPECIFIED).
program::v1::Door DoorThroughOrganizations(
    const std::vector<program::v1::ProgramDefinition>& programs, program::v1::Subject side);

// Whether `status`, of Importer::Open, says what is wrong with the file itself: the same file again
// fares no better, whatever else changes.
bool IsOfFile(const absl::Status& status);

// Reads a file and sends it in chunks one after another (a later row may revise an earlier one).
// Holds one chunk at a time. Not thread-safe.
class Importer {
 public:
  // Asks for the programs, by whose facts columns are found, and reads the header. Opens a path, or
  // a source called `name`. The errors of the call, and of Sheet::Open.
  static absl::StatusOr<std::unique_ptr<Importer>> Open(Call call, ImportOptions options,
                                                        const std::string& path);
  static absl::StatusOr<std::unique_ptr<Importer>> Open(Call call, ImportOptions options,
                                                        Source source, const std::string& name);

  // Reads and sends the next chunk: its rows, none at the end. After an error the importer is of no
  // more use; what was told before stands.
  absl::StatusOr<std::vector<Row>> Next();

  const std::vector<program::v1::ProgramDefinition>& programs() const { return programs_; }
  Sheet& sheet() { return *sheet_; }

 private:
  // A row of the file: sent as an item, or with what is wrong with it.
  struct Read {
    int64_t number = 0;
    int64_t line = 0;
    std::string agency;
    referral::v1::BatchSubmitReferralsRequest::Item item;
    absl::Status fault;
  };

  Importer(Call call, ImportOptions options);
  absl::Status AskForPrograms();
  bool FillChunk();
  bool Present();
  absl::StatusOr<std::vector<Row>> SendChunk();

  const Call call_;
  const ImportOptions options_;
  const std::string source_;  // the same for the same file
  const std::string run_;     // a retry within this run is the same request; another run is not
  std::vector<program::v1::ProgramDefinition> programs_;
  std::unique_ptr<Columns> columns_;
  std::unique_ptr<Sheet> sheet_;
  program::v1::Door through_ = program::v1::DOOR_UNSPECIFIED;  // of whom an organization stands for
  referral::v1::BatchSubmitReferralsRequest chunk_;
  std::vector<Read> rows_;      // of the chunk, with those at fault between its items
  bool by_themselves_ = false;  // those of the chunk
  std::optional<Read> next_;    // read, and in no chunk yet
  bool more_ = true;
};

}  // namespace tremplin::intake

#endif  // TREMPLIN_COMMON_INTAKE_IMPORTER_H_
