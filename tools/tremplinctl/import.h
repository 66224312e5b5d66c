#ifndef TREMPLIN_TOOLS_TREMPLINCTL_IMPORT_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_IMPORT_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/tremplinctl/api.h"
#include "tools/tremplinctl/output.h"
#include "tremplin/program/v1/program.pb.h"
#include "tremplin/program/v1/text.pb.h"
#include "tremplin/referral/v1/referral.pb.h"

// The one way by which people come in from a file: mentees and mentors alike.
namespace tremplin::ctl {

struct ImportOptions {
  std::string file;
  std::string name;                        // as what it is spoken of; "": by its path
  std::string verdicts;                    // CSV file to write, one verdict a row; "" for none
  Language language = Language::kEnglish;  // of its sentences
  std::string agency;  // of rows that name none; "" for mentors who come by themselves
  std::vector<std::string> programs;  // ids, 1–30
  program::v1::Subject side = program::v1::SUBJECT_MENTEE;
  bool dry_run = false;
  // What the request ids derive from: the same again is the same request. "": this run alone.
  std::string run;
  // Asked before each chunk: true ends the import there, with CANCELLED. What was sent stands.
  std::function<bool()> ends;
};

struct ImportResult {
  int64_t rows = 0;
  std::map<std::string, int64_t> verdicts;  // "eligible", "incomplete", "ineligible", "invalid"
  std::map<std::string, int64_t> kinds;     // "new", "repeat", "revision", "stale"
  int64_t refused = 0;
  int64_t faulty = 0;      // of the invalid: rows that could not be taken apart
  int64_t warned = 0;      // rows taken with a warning
  bool converted = false;  // the file was not UTF-8

  int64_t Verdict(const std::string& name) const;
  int64_t Kind(const std::string& name) const;
};

// A sentence about one row.
struct RowNote {
  int64_t row = 0;
  int64_t line = 0;
  std::string external_id;
  std::string sentence;
};
// Told of each row that is invalid, or valid and refused all the same, or taken with a warning or
// with something to know besides, such as that it was withdrawn.
using OnNote = std::function<void(const RowNote&)>;

// Reads the file, sends it in chunks one after another (a later row may revise an earlier one), and
// writes a verdict a row with its sentences: what came of it and, for every column at fault or
// criterion not met, what is wanted, never what was given. A row that cannot be taken apart is
// invalid by reason "row" and is not sent. Holds one chunk at a time.
absl::StatusOr<ImportResult> Import(Api& api, const ImportOptions& options, Progress& progress,
                                    const OnNote& on_note);

// Says what came of it: a line or two, or JSON.
void TellImport(Language language, bool json, const ImportOptions& options,
                const ImportResult& result);

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_IMPORT_H_
