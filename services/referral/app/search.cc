// People found by name, e-mail, the key their source knows them by, and state.
#include "services/referral/app/search.h"

#include <unicode/unistr.h>

#include <algorithm>
#include <set>
#include <utility>

#include "common/person/name.h"
#include "common/resources/names.h"
#include "common/status/error.h"
#include "common/status/macros.h"
#include "common/text/text.h"
#include "services/referral/app/access.h"
#include "services/referral/app/convert.h"
#include "services/referral/app/service.h"
#include "services/referral/messages.h"
#include "services/referral/store/search_store.h"

namespace tremplin::referral::app {
namespace {

// A token is of the first characters of a word, or of the whole where it is shorter: few enough to
// find a word that was begun; rows found by it are opened and compared.
constexpr int kTokenLength = 3;
constexpr size_t kMostWords = 8;
constexpr int kBatch = 200;
// Rows that one call looks at; the next page goes on from there.
constexpr int kMostLookedAt = 2000;

std::string TokenOf(const seal::Sealer& sealer, const std::string& word) {
  const icu::UnicodeString text = icu::UnicodeString::fromUTF8(word);
  std::string begin;
  text.tempSubString(0, text.moveIndex32(0, kTokenLength)).toUTF8String(begin);
  return sealer.Index("name-token", begin);
}

bool FillsToken(const std::string& word) {
  return icu::UnicodeString::fromUTF8(word).countChar32() >= kTokenLength;
}

// What is looked for, ready to be compared.
struct Wanted {
  std::vector<std::string> words;
  std::string email_mentee, email_mentor;  // keyed hashes, "" for none
  std::string external_id;
  std::string agency;
  std::string program;
  v1::Application::State state = v1::Application::STATE_UNSPECIFIED;
  Side side = Side::SUBJECT_UNSPECIFIED;

  bool Named(const File& file) const {
    const std::vector<std::string> names = person::NameWords(file.given_name, file.family_name);
    return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
      return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
        return name.compare(0, word.size(), word) == 0;
      });
    });
  }
  bool Stands(const VisibleReferral& visible) const {
    const ReferralRow& row = visible.referral;
    if (!external_id.empty() && row.external_id != external_id) return false;
    if (!agency.empty() && row.agency != agency) return false;
    if (side != Side::SUBJECT_UNSPECIFIED && row.side != side) return false;
    if (program.empty() && state == v1::Application::STATE_UNSPECIFIED) return true;
    return std::any_of(visible.applications.begin(), visible.applications.end(),
                       [&](const ApplicationRow& application) {
                         return (program.empty() || application.program == program) &&
                                (state == v1::Application::STATE_UNSPECIFIED ||
                                 app::ToProto(application.state) == state);
                       });
  }
};

// The one index that leaves the fewest rows to look at.
absl::StatusOr<std::vector<std::string>> Candidates(database::Reader& reader,
                                                    const seal::Sealer& sealer,
                                                    const Wanted& wanted,
                                                    const std::string& before) {
  if (!wanted.external_id.empty()) {
    return store::WithExternalId(reader, wanted.external_id, before, kBatch);
  }
  if (!wanted.email_mentee.empty()) {
    return store::WithEmail(reader, wanted.email_mentee, wanted.email_mentor, before, kBatch);
  }
  if (!wanted.words.empty()) {
    std::vector<std::string> words = wanted.words;
    std::sort(words.begin(), words.end(),
              [](const auto& a, const auto& b) { return a.size() > b.size(); });
    const std::string longest = TokenOf(sealer, words[0]);
    // One token is hundreds of people's, two are few people's. A word that is shorter than a token
    // may be the beginning of a longer one, which another token stands for.
    if (words.size() > 1 && FillsToken(words[1])) {
      return store::WithBothTokens(reader, longest, TokenOf(sealer, words[1]), before, kBatch);
    }
    return store::WithToken(reader, longest, before, kBatch);
  }
  return store::All(reader, before, kBatch);
}

absl::StatusOr<std::string> Filter(std::string_view collection, const std::string& name,
                                   std::string_view field) {
  if (name.empty()) return std::string();
  return resources::IdOf(collection, name, field);
}

absl::StatusOr<Wanted> WantedOf(const CallContext& call, const seal::Sealer& sealer,
                                const v1::SearchReferralsRequest& request) {
  Wanted wanted;
  if (request.query().find('@') != std::string::npos) {
    File file;
    file.email = request.query();
    file = Normal(std::move(file), {});
    wanted.email_mentee = KeysOf(sealer, Side::SUBJECT_MENTEE, file).email;
    wanted.email_mentor = KeysOf(sealer, Side::SUBJECT_MENTOR, file).email;
  } else {
    wanted.words = person::NameWords(request.query(), "");
    const bool nothing = !request.query().empty() && wanted.words.empty();
    if (nothing || wanted.words.size() > kMostWords) {
      return status::InvalidFields({status::Violation("query", kQueryMalformed)});
    }
  }
  wanted.external_id = request.external_id();
  TREMPLIN_ASSIGN_OR_RETURN(wanted.agency, Filter("organizations", request.agency(), "agency"));
  TREMPLIN_ASSIGN_OR_RETURN(wanted.program, Filter("programs", request.program(), "program"));
  TREMPLIN_RETURN_IF_ERROR(CheckProgram(call, wanted.program));
  wanted.state = request.state();
  wanted.side = request.side();
  return wanted;
}

}  // namespace

std::vector<std::string> TokensOf(const seal::Sealer& sealer, const File& file) {
  std::set<std::string> tokens;
  for (const std::string& word : person::NameWords(file.given_name, file.family_name)) {
    tokens.insert(TokenOf(sealer, word));
  }
  return {tokens.begin(), tokens.end()};
}

Answer<v1::SearchReferralsResponse> Service::SearchReferrals(
    const CallContext& call, const v1::SearchReferralsRequest& request) {
  TREMPLIN_ASSIGN_OR_RETURN(const int page_size, resources::PageSize(request.page_size()));
  TREMPLIN_ASSIGN_OR_RETURN(const Wanted wanted, WantedOf(call, deps_.sealer, request));
  // What was asked for is personal data, so that a token holds a hash of it.
  v1::SearchReferralsRequest asked = request;
  asked.clear_page_token();
  asked.clear_page_size();
  const std::string scope = text::Cat("search/", call.principal.program, "/",
                                      deps_.sealer.Index("search", asked.SerializeAsString()));
  TREMPLIN_ASSIGN_OR_RETURN(const std::string last,
                            resources::LastKey(scope, request.page_token()));
  v1::SearchReferralsResponse response;
  TREMPLIN_RETURN_IF_ERROR(
      deps_.db.Read(call.Read(), [&](database::Reader& reader) -> absl::Status {
        response.Clear();
        std::string before = last;
        for (int looked_at = 0; looked_at < kMostLookedAt;) {
          TREMPLIN_ASSIGN_OR_RETURN(const std::vector<std::string> ids,
                                    Candidates(reader, deps_.sealer, wanted, before));
          for (const std::string& id : ids) {
            if (response.referrals_size() == page_size) {
              response.set_next_page_token(resources::PageToken(scope, before));
              return absl::OkStatus();
            }
            before = id;
            ++looked_at;
            TREMPLIN_RETURN_IF_ERROR(ShowFound(
                reader, call, id,
                [&](const auto& visible, const File& file) {
                  return wanted.Stands(visible) && wanted.Named(file);
                },
                &response));
          }
          if (ids.size() < static_cast<size_t>(kBatch)) return absl::OkStatus();
        }
        response.set_next_page_token(resources::PageToken(scope, before));
        return absl::OkStatus();
      }));
  return response;
}

absl::Status Service::ShowFound(
    database::Reader& reader, const CallContext& call, const std::string& id,
    const std::function<bool(const VisibleReferral&, const File&)>& wanted,
    v1::SearchReferralsResponse* response) {
  const absl::StatusOr<VisibleReferral> visible = FindVisibleReferral(reader, call, id);
  if (absl::IsNotFound(visible.status())) return absl::OkStatus();  // of another program
  TREMPLIN_RETURN_IF_ERROR(visible.status());
  const absl::StatusOr<v1::AdmittedFile> kept = OpenFile(reader, id, visible->referral.revision);
  if (absl::IsNotFound(kept.status())) return absl::OkStatus();  // erased
  TREMPLIN_RETURN_IF_ERROR(kept.status());
  if (!wanted(*visible, FileOf(kept->file()))) return absl::OkStatus();
  v1::Referral* found = response->add_referrals();
  *found = ToProto(visible->referral, call);
  found->set_given_name(kept->file().given_name());
  found->set_family_name(kept->file().family_name());
  for (const ApplicationRow& application : visible->applications) {
    TREMPLIN_ASSIGN_OR_RETURN(*found->add_applications(), ToApplication(reader, call, application));
  }
  return absl::OkStatus();
}

}  // namespace tremplin::referral::app
