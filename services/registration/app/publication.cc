#include "services/registration/app/publication.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "common/digest/digest.h"
#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"

namespace tremplin::registration {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Fields of a definition that name facts, wherever they stand.
constexpr std::array<std::string_view, 5> kNamingFields = {"fact", "facts", "from", "criterion",
                                                           "consent_fact"};

bool NamesFacts(const FieldDescriptor& field) {
  return field.cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
         std::find(kNamingFields.begin(), kNamingFields.end(), field.name()) != kNamingFields.end();
}

void Collect(const Message& message, std::set<std::string>& names) {
  const auto* reflection = message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const bool nested = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
    if (!nested && !NamesFacts(*field)) continue;
    if (nested && field->message_type() == program::v1::FactRegistry::descriptor()) continue;
    if (!field->is_repeated()) {
      if (nested) {
        Collect(reflection->GetMessage(message, field), names);
      } else {
        names.insert(reflection->GetString(message, field));
      }
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(message, field); ++i) {
      if (nested) {
        Collect(reflection->GetRepeatedMessage(message, field, i), names);
      } else {
        names.insert(reflection->GetRepeatedString(message, field, i));
      }
    }
  }
}

}  // namespace

std::string DigestOf(const Message& message) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    message.SerializeToCodedStream(&coded);
  }
  return digest::Sha256Hex(bytes);
}

std::set<std::string> FactsNamedBy(const program::v1::ProgramDefinition& definition) {
  std::set<std::string> names;
  Collect(definition, names);
  return names;
}

}  // namespace tremplin::registration
