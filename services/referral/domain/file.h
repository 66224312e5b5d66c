#ifndef TREMPLIN_SERVICES_REFERRAL_DOMAIN_FILE_H_
#define TREMPLIN_SERVICES_REFERRAL_DOMAIN_FILE_H_

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/civil_time.h"
#include "common/classification/classification.h"
#include "common/program/facts.h"
#include "common/status/error.h"
#include "services/referral/domain/entry.h"
#include "services/referral/domain/volunteered.h"

// The file of a person: who they are and how to reach them, and given facts, whose types registries
// say. Pure: no I/O, no clock.
namespace tremplin::referral {

// Empty: not given.
struct File {
  std::string given_name, family_name, birth_date, email, phone;
  std::string language;     // they are written to in: "en", "fr"
  std::string referred_on;  // the day the file was made
  program::GivenFacts facts;
};

// The registries of the programs a file is for; they outlive what is done with them. A name that
// several know means what the first says.
using Registries = std::vector<const program::Registry*>;
// nullptr when none knows it.
const program::v1::Fact* FindFact(const Registries& registries, std::string_view name);

// Every value without surrounding blanks, facts as their types mean them (program::Normal); what is
// blank is not given. A fact that no registry knows stays as it is.
File Normal(File file, const Registries& registries);

enum class Strictness {
  kSubmission,  // who the person is must be given, and facts by who may state them
  kCheck,       // a check before referring needs no name
};

// What cannot be read in a normal file: violations by the field's or the fact's name ("birth_date",
// "postal_code"), identity first, then facts in the order of the registries, then those that none
// knows. Values are never part of a violation. A submission needs names and email; a mentee's birth
// date and, by the door of agencies, the day it was made. That day, or `today` if it is later,
// bounds what may not lie ahead.
std::vector<status::FieldViolation> Faults(const File& file, const Registries& registries,
                                           const classification::Classification& tables, Side side,
                                           const Speaker& speaker, absl::CivilDay today,
                                           Strictness strictness);

// One text for one content: each part with its length, facts by name; what is not given leaves no
// trace of its fact. Two submissions are the same content exactly when their canonical forms are
// equal.
std::string Canonical(const File& file, const Volunteered& volunteered);

// What the same person's file would share with this one, whatever the case, the accents and the
// script: "" when it cannot be told. To be hashed before it is stored.
std::string EmailKey(const File& file);
std::string PersonKey(const File& file);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_FILE_H_
