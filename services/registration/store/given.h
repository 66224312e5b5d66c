#ifndef TREMPLIN_SERVICES_REGISTRATION_STORE_GIVEN_H_
#define TREMPLIN_SERVICES_REGISTRATION_STORE_GIVEN_H_

#include "google/protobuf/repeated_ptr_field.h"
#include "services/registration/domain/profile.h"
#include "tremplin/program/v1/text.pb.h"
#include "tremplin/registration/v1/registration.pb.h"

// What a person is known by, between the domain's values and messages.
namespace tremplin::registration::store {

using GivenList = google::protobuf::RepeatedPtrField<program::v1::GivenFact>;

domain::Given ToDomain(const program::v1::GivenFact& given);
domain::GivenFacts ToDomain(const GivenList& list);
domain::Preferences ToDomain(const v1::Preferences& preferences);

// Appends the facts in the order of their names.
void Append(const domain::GivenFacts& facts, GivenList& list);
v1::Preferences ToMessage(const domain::Preferences& preferences);

}  // namespace tremplin::registration::store

#endif  // TREMPLIN_SERVICES_REGISTRATION_STORE_GIVEN_H_
