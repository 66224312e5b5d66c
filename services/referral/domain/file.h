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

// Every value in the normal form of people's texts (common/person), facts as their types mean them
// (program::Normal); what is blank, or a name that says there is none, is not given. A fact that no
// registry knows stays as it is.
File Normal(File file, const Registries& registries);

enum class Strictness {
  kSubmission,  // who the person is must be given, and facts by who may state them
  kCheck,       // a check before referring needs no name
};

// What cannot be read in a normal file: violations by the field's or the fact's name ("birth_date",
// "postal_code"), identity first, then facts in the order of the registries, then those that none
// knows. Values are never part of a violation. A submission needs a name and an email or a
// telephone; a mentee's birth date and, by the door of agencies, the day it was made. What a person
// has lived through lies between their birth, at most 120 years before, and that day, or `today`
// where it is not given.
std::vector<status::FieldViolation> Faults(const File& file, const Registries& registries,
                                           const classification::Classification& tables, Side side,
                                           const Speaker& speaker, absl::CivilDay today,
                                           Strictness strictness);

// What is taken and ought to be looked at: names with letters that no name has, a telephone that
// cannot be dialled beside an email. Of a normal file.
std::vector<status::FieldViolation> Warnings(const File& file);

// One text for one content: each part with its length, facts by name; what is not given leaves no
// trace of its fact. Two submissions are the same content exactly when their canonical forms are
// equal.
std::string Canonical(const File& file, const Volunteered& volunteered);

// What the same person's file would share with this one (common/person): "" when it cannot be told.
// To be hashed before it is stored.
std::string EmailKey(const File& file);
std::string PersonKey(const File& file);

// Whether a file sent under the key of `standing` is of somebody else: the words of the names, the
// birth date and the email all differ.
bool IsSomebodyElse(const File& file, const File& standing);
// Whether two files are of one person: the email and the words of the names are equal, and birth
// dates where both give one.
bool IsSamePerson(const File& file, const File& other);
// Whether it was made before the standing one.
bool IsOlder(const File& file, const File& standing);

}  // namespace tremplin::referral

#endif  // TREMPLIN_SERVICES_REFERRAL_DOMAIN_FILE_H_
