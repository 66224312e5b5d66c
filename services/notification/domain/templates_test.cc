#include "services/notification/domain/templates.h"

#include <optional>
#include <set>
#include <string>
#include <utility>

#include "gtest/gtest.h"

namespace tremplin::notification {
namespace {

TEST(Templates, AreFoundByTheirCode_WhichTheirReasonsSpell) {
  std::set<std::pair<std::string_view, std::optional<RecipientKind>>> wordings;
  for (const Template& known : Templates()) {
    const RecipientKind kind = known.only.value_or(RecipientKind::kPerson);
    EXPECT_EQ(FindTemplate(known.code, kind), &known) << known.code;
    EXPECT_TRUE(wordings.insert({known.code, known.only}).second) << known.code;
    EXPECT_EQ(known.subject.reason(), known.body.reason());
    EXPECT_NE(known.subject.en(), known.subject.fr());
    EXPECT_NE(known.body.en(), known.body.fr());
    std::string upper(known.code);
    for (char& c : upper) c = c == '_' ? '_' : static_cast<char>(c - 'a' + 'A');
    EXPECT_EQ(known.subject.reason(), upper);
  }
  for (const Template& known : Templates()) {
    EXPECT_EQ(wordings.count({known.code, std::nullopt}), 1u) << known.code;
  }
  EXPECT_EQ(FindTemplate("birthday", RecipientKind::kPerson), nullptr);
}

TEST(Templates, AreWordedForTheirReader) {
  const Template* to_agency = FindTemplate("application_admitted", RecipientKind::kOrganization);
  const Template* to_applicant = FindTemplate("application_admitted", RecipientKind::kApplicant);
  ASSERT_NE(to_agency, nullptr);
  ASSERT_NE(to_applicant, nullptr);
  EXPECT_NE(to_agency->subject.en(), to_applicant->subject.en());
  EXPECT_EQ(FindTemplate("enrolment_ready", RecipientKind::kApplicant),
            FindTemplate("enrolment_ready", RecipientKind::kPerson));
}

TEST(Templates, MakeOneMessageAFactAndRecipient) {
  const Recipient person{RecipientKind::kPerson, "p"};
  const Recipient staff{RecipientKind::kStaff, "p"};
  const auto id = [](const char* event, const Recipient& recipient) {
    return MakeMessage(event, recipient, "review_due", "prog", "about", absl::UnixEpoch()).id;
  };
  EXPECT_EQ(id("e1", person), id("e1", person));
  EXPECT_NE(id("e1", person), id("e1", staff));
  EXPECT_NE(id("e1", person), id("e2", person));
}

TEST(Templates, GiveTheWallAValueThatIsNoOrganization_ForEverybodyElse) {
  EXPECT_EQ(TenantOf({RecipientKind::kOrganization, "ociso"}), "ociso");
  EXPECT_EQ(TenantOf({RecipientKind::kPerson, "ociso"}), "person:ociso");
  EXPECT_EQ(TenantOf({RecipientKind::kStaff, "ociso"}), "staff:ociso");
  EXPECT_EQ(TenantOf({RecipientKind::kApplicant, "ociso"}), "applicant:ociso");
}

}  // namespace
}  // namespace tremplin::notification
