#include "services/notification/domain/templates.h"

#include <set>
#include <string>

#include "gtest/gtest.h"

namespace tremplin::notification {
namespace {

TEST(Templates, AreFoundByTheirCode_WhichTheirReasonsSpell) {
  std::set<std::string_view> codes;
  for (const Template& known : Templates()) {
    EXPECT_EQ(FindTemplate(known.code), &known);
    EXPECT_TRUE(codes.insert(known.code).second) << known.code;
    EXPECT_EQ(known.subject.reason(), known.body.reason());
    EXPECT_NE(known.subject.en(), known.subject.fr());
    EXPECT_NE(known.body.en(), known.body.fr());
    std::string upper(known.code);
    for (char& c : upper) c = c == '_' ? '_' : static_cast<char>(c - 'a' + 'A');
    EXPECT_EQ(known.subject.reason(), upper);
  }
  EXPECT_EQ(FindTemplate("birthday"), nullptr);
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
}

}  // namespace
}  // namespace tremplin::notification
