#include "services/matching/app/pool.h"

#include <string>
#include <vector>

#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/matching/app/view.h"
#include "services/matching/messages.h"

namespace tremplin::matching::app {

Pool::Pool(database::Database& db, program::ProgramStore& programs)
    : db_(db), programs_(programs) {}

absl::StatusOr<v1::ListPoolResponse> Pool::ListPool(const rpc::CallContext& call,
                                                    const v1::ListPoolRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const std::string program,
                            resources::IdOf("programs", request.program(), "program"));
  if (!MaySeeProgram(call.principal, program)) {
    return status::Error(absl::StatusCode::kNotFound, kProgramNotFound);
  }
  TREMPLIN_RETURN_IF_ERROR(programs_.Version(program, 1).status());
  TREMPLIN_ASSIGN_OR_RETURN(const int size, resources::PageSize(request.page_size()));
  const std::string scope =
      text::Cat("ListPool/", program, "/", request.side(), "/", request.format());
  TREMPLIN_ASSIGN_OR_RETURN(const std::string after,
                            resources::LastKey(scope, request.page_token()));
  v1::ListPoolResponse response;
  TREMPLIN_RETURN_IF_ERROR(db_.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
    response.Clear();
    TREMPLIN_ASSIGN_OR_RETURN(const std::vector<store::PoolEntry> entries,
                              store::ListEntries(reader, program, SideOf(request.side()),
                                                 request.format(), after, size + 1));
    std::string last;
    for (const store::PoolEntry& entry : entries) {
      if (response.entries_size() == size) {
        response.set_next_page_token(resources::PageToken(scope, last));
        break;
      }
      *response.add_entries() = ToProto(entry);
      last = entry.enrolment;
    }
    return absl::OkStatus();
  }));
  return response;
}

}  // namespace tremplin::matching::app
