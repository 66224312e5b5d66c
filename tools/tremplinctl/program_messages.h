#ifndef TREMPLIN_TOOLS_TREMPLINCTL_PROGRAM_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_PROGRAM_MESSAGES_H_

#include "common/messages/message.h"

// What `facts` and `programs` say, and the words in which a definition is explained.
namespace tremplin::ctl {

using messages::Message;

inline constexpr Message kNoFault{"NO_FAULT", "{0}: no fault.", "{0} : aucune erreur."};
inline constexpr Message kFaultsFound{"FAULTS_FOUND", "Faults found: {0}. Correct them first.",
                                      "Erreurs trouvées : {0}. Corrigez-les d’abord."};
inline constexpr Message kFactsPublished{"FACTS_PUBLISHED", "{0} facts are published.",
                                         "{0} données sont publiées."};
inline constexpr Message kProgramPublished{"PROGRAM_PUBLISHED", "{0} is published.",
                                           "{0} est publié."};
inline constexpr Message kPreview{
    "PREVIEW", "{0} open applications were judged: {1} would gain, {2} would lose.",
    "{0} candidatures ouvertes ont été évaluées : {1} y gagneraient, {2} y perdraient."};
inline constexpr Message kNoDifference{"NO_DIFFERENCE",
                                       "Nothing differs from the version in force.",
                                       "Rien ne diffère de la version en vigueur."};
inline constexpr Message kNotInForce{
    "NOT_IN_FORCE", "No version of {0} is in force: all of it would be new.",
    "Aucune version de {0} n’est en vigueur : tout serait nouveau."};

// Explanation.
inline constexpr Message kRunBy{"RUN_BY", "Run by {0} ({1}).", "Offert par {0} ({1})."};
inline constexpr Message kInForceFrom{
    "IN_FORCE_FROM", "In force from {0}; its criteria are to be reviewed by {1}.",
    "En vigueur à partir du {0}; ses critères sont à réviser d’ici le {1}."};
inline constexpr Message kServedIn{"SERVED_IN", "Languages of service: {0}.",
                                   "Langues de service : {0}."};
inline constexpr Message kForMentees{"FOR_MENTEES", "Who may take part as a mentee",
                                     "Qui peut y prendre part comme personne mentorée"};
inline constexpr Message kForMentors{"FOR_MENTORS", "Who may take part as a mentor",
                                     "Qui peut y prendre part comme mentor·e"};
inline constexpr Message kComesBy{"COMES_BY", "People come {0}.", "On y vient {0}."};
inline constexpr Message kDoorAgency{"DOOR_AGENCY", "through an agency", "par une agence"};
inline constexpr Message kDoorSelf{"DOOR_SELF", "by themselves", "de soi-même"};
inline constexpr Message kDoorProposer{"DOOR_PROPOSER", "proposed by an organization",
                                       "sur proposition d’un organisme"};
inline constexpr Message kAdmittedByRule{"ADMITTED_BY_RULE",
                                         "Whoever meets every criterion is admitted at once.",
                                         "Qui répond à tous les critères est admis sur-le-champ."};
inline constexpr Message kAdmittedByStaff{"ADMITTED_BY_STAFF", "Staff admit each application.",
                                          "Le personnel admet chaque candidature."};
inline constexpr Message kConsentNeeded{"CONSENT_NEEDED", "Nobody is admitted without: {0}.",
                                        "Personne n’est admis sans : {0}."};
inline constexpr Message kStepsBefore{"STEPS_BEFORE", "Steps after admission: {0}.",
                                      "Étapes après l’admission : {0}."};
inline constexpr Message kCompulsory{"COMPULSORY", "{0} (compulsory)", "{0} (obligatoire)"};
inline constexpr Message kGate{"GATE", "{0} (compulsory; it decides who goes on)",
                               "{0} (obligatoire; elle détermine qui poursuit)"};
inline constexpr Message kOptionalStep{"OPTIONAL_STEP", "{0} (optional)", "{0} (facultatif)"};
inline constexpr Message kFormatHead{"FORMAT_HEAD", "Format: {0}", "Format : {0}"};
inline constexpr Message kTogether{"TOGETHER", "It brings together {0}.", "Il réunit {0}."};
inline constexpr Message kBetweenMany{"BETWEEN_MANY", "{0} to {1} × {2}", "de {0} à {1} × {2}"};
inline constexpr Message kAndSides{"AND_SIDES", "{0} and {1}", "{0} et {1}"};
inline constexpr Message kAfterWaiting{"AFTER_WAITING",
                                       "It is offered to those who have been ready for {0}.",
                                       "Il est offert à qui est prêt·e depuis {0}."};
inline constexpr Message kBroughtBy{"BROUGHT_BY", "Proposed by: {0}.", "Proposé par : {0}."};
inline constexpr Message kByCoordinator{"BY_COORDINATOR", "staff", "le personnel"};
inline constexpr Message kByAlgorithm{"BY_ALGORITHM", "the matching engine",
                                      "le moteur de jumelage"};
inline constexpr Message kByParticipant{"BY_PARTICIPANT", "the mentee, who asks",
                                        "la personne mentorée, qui en fait la demande"};
inline constexpr Message kSteps{"STEPS", "Steps: {0}.", "Étapes : {0}."};
inline constexpr Message kStepApproval{"STEP_APPROVAL", "staff approve within {0}",
                                       "approbation du personnel en {0}"};
inline constexpr Message kStepInterest{"STEP_INTEREST", "study of the proposal within {0}",
                                       "étude de la proposition en {0}"};
inline constexpr Message kStepMeeting{"STEP_MEETING", "contact meeting with staff within {0}",
                                      "rencontre de prise de contact avec le personnel en {0}"};
inline constexpr Message kStepAcceptance{"STEP_ACCEPTANCE", "acceptance within {0}",
                                         "acceptation en {0}"};
inline constexpr Message kStepAgreement{"STEP_AGREEMENT", "signatures within {0}",
                                        "signatures en {0}"};
inline constexpr Message kNotAsked{"NOT_ASKED", "Not asked here: {0}.", "Non exigé ici : {0}."};
inline constexpr Message kAskedToo{"ASKED_TOO",
                                   "Asked here as well ({0}):", "Aussi exigé ici ({0}) :"};
inline constexpr Message kWeighs{"WEIGHS", "Matching weighs: {0}.", "Le jumelage pondère : {0}."};
inline constexpr Message kLasts{"LASTS", "It lasts {0}.", "Il dure {0}."};
inline constexpr Message kOneMeeting{"ONE_MEETING", "one meeting of {0} minutes",
                                     "une rencontre de {0} minutes"};
inline constexpr Message kSeason{"SEASON", "each year from {0} to {1} (month-day)",
                                 "chaque année du {0} au {1} (mois-jour)"};
inline constexpr Message kHoursLong{"HOURS_LONG", "{0} hours, over {1} at most",
                                    "{0} heures, sur {1} au plus"};
inline constexpr Message kCadence{"CADENCE", "At least {0} hours a week, counting: {1}.",
                                  "Au moins {0} heures par semaine; comptent : {1}."};
inline constexpr Message kMayExtend{"MAY_EXTEND", "All may agree on {0} more.",
                                    "Il peut être prolongé de {0} d’un commun accord."};
inline constexpr Message kReviewed{"REVIEWED", "Staff review it every {0}.",
                                   "Le personnel en fait le point chaque {0}."};
inline constexpr Message kDocuments{"DOCUMENTS", "Documents: {0}.", "Documents : {0}."};
inline constexpr Message kBeforeStart{"BEFORE_START", "{0} (before the start)",
                                      "{0} (avant le début)"};
inline constexpr Message kPairPrivate{"PAIR_PRIVATE", "{0} (kept between the participants)",
                                      "{0} (gardé entre les parties)"};
inline constexpr Message kPhases{"PHASES", "Phases: {0}.", "Phases : {0}."};
inline constexpr Message kCredits{"CREDITS", "{0}: {1} an hour, for those of whom it is said: {2}.",
                                  "{0} : {1} par heure, pour qui répond oui à : {2}."};
inline constexpr Message kIntroductions{"INTRODUCTIONS", "Each meeting leads to {0} introductions.",
                                        "Chaque rencontre mène à {0} présentations."};
inline constexpr Message kBecomes{"BECOMES", "If all wish it, it goes on as: {0}.",
                                  "Si tout le monde le veut, il se poursuit comme : {0}."};
inline constexpr Message kFollowUp{"FOLLOW_UP", "Follow-up", "Suivi"};
inline constexpr Message kFromAdmission{"FROM_ADMISSION", "from admission",
                                        "à partir de l’admission"};
inline constexpr Message kFromEnd{"FROM_END", "from the end", "à partir de la fin"};
inline constexpr Message kFromFirst{"FROM_FIRST", "from the first meeting",
                                    "à partir de la première rencontre"};
inline constexpr Message kStage{"STAGE", "{0}: {1} months {2}, open for {3}, {4} reminders",
                                "{0} : {1} mois {2}, réponse possible pendant {3}, {4} rappels"};
inline constexpr Message kOneDay{"ONE_DAY", "1 day", "1 jour"};
inline constexpr Message kManyDays{"MANY_DAYS", "{0} days", "{0} jours"};

// Kinds of contact, and what matching weighs.
inline constexpr Message kInPerson{"IN_PERSON", "in person", "en personne"};
inline constexpr Message kByVideo{"BY_VIDEO", "by video", "par vidéo"};
inline constexpr Message kByPhone{"BY_PHONE", "by phone", "par téléphone"};
inline constexpr Message kByMail{"BY_MAIL", "by e-mail", "par courriel"};
inline constexpr Message kOccupation{"OCCUPATION", "occupation", "profession"};
inline constexpr Message kIndustry{"INDUSTRY", "industry", "secteur"};
inline constexpr Message kLanguageWeight{"LANGUAGE", "language", "langue"};
inline constexpr Message kProximity{"PROXIMITY", "proximity", "proximité"};
inline constexpr Message kAvailability{"AVAILABILITY", "availability", "disponibilités"};
inline constexpr Message kLevel{"LEVEL", "level", "niveau"};
inline constexpr Message kGoalsWeight{"GOALS", "goals", "objectifs"};
inline constexpr Message kPreference{"PREFERENCE", "wishes", "souhaits"};
inline constexpr Message kWaiting{"WAITING", "waiting", "attente"};

// Predicates; what precedes is the fact’s title.
inline constexpr Message kIsOneOf{"IS_ONE_OF", "{0}: {1}", "{0} : {1}"};
inline constexpr Message kOr{"OR", " or ", " ou "};
inline constexpr Message kAnd{"AND", " and ", " et "};
inline constexpr Message kYes{"YES", "yes", "oui"};
inline constexpr Message kNo{"NO", "no", "non"};
inline constexpr Message kAtLeastWords{"AT_LEAST", "{0}: at least {1}", "{0} : au moins {1}"};
inline constexpr Message kAtMostWords{"AT_MOST", "{0}: at most {1}", "{0} : au plus {1}"};
inline constexpr Message kBeginsWith{"BEGINS_WITH", "{0}: begins with {1}",
                                     "{0} : commence par {1}"};
inline constexpr Message kMustBeGiven{"MUST_BE_GIVEN", "given: {0}", "indiqué : {0}"};
inline constexpr Message kAnyOfThese{"ANY_OF_THESE", "any of these:", "l’une de ces conditions :"};
inline constexpr Message kAllOfThese{"ALL_OF_THESE", "all of these:", "toutes ces conditions :"};
inline constexpr Message kWithinPast{"WITHIN_PAST", "{0}: within the past {1}",
                                     "{0} : au cours des derniers {1}"};
inline constexpr Message kAgo{"AGO", "{0}: at least {1} ago", "{0} : il y a au moins {1}"};
inline constexpr Message kPeriodYears{"PERIOD_YEARS", "{0} years", "{0} ans"};
inline constexpr Message kPeriodMonths{"PERIOD_MONTHS", "{0} months", "{0} mois"};
inline constexpr Message kMayStillCome{"MAY_STILL_COME", "{0} (asked for as long as it is not so)",
                                       "{0} (demandé tant que ce n’est pas le cas)"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_PROGRAM_MESSAGES_H_
