#ifndef TREMPLIN_COMMON_PROGRAM_MESSAGES_H_
#define TREMPLIN_COMMON_PROGRAM_MESSAGES_H_

#include "common/messages/message.h"

// What is said about program definitions.
namespace tremplin::program {

inline constexpr messages::Message kProgramNotFound{
    "PROGRAM_NOT_FOUND", "There is no program {0}, or none in force at that time.",
    "Il n’y a pas de programme {0}, ou aucune version n’est en vigueur à ce moment."};
inline constexpr messages::Message kDefinitionUnreadable{
    "DEFINITION_UNREADABLE", "The definition cannot be read. Line {0}, column {1}: {2}",
    "La définition ne peut pas être lue. Ligne {0}, colonne {1} : {2}"};
inline constexpr messages::Message kTextMissing{
    "TEXT_MISSING", "Give this text in English and in French; one of them is missing.",
    "Donnez ce texte en français et en anglais; l’un des deux manque."};
inline constexpr messages::Message kRequired{"REQUIRED", "This must be given.",
                                             "Ceci doit être indiqué."};
inline constexpr messages::Message kIdMalformed{
    "ID_MALFORMED", "Use lower-case letters, digits and hyphens, beginning with a letter.",
    "Employez des lettres minuscules, des chiffres et des traits d’union, en commençant par une "
    "lettre."};
inline constexpr messages::Message kTimeZoneUnknown{
    "TIME_ZONE_UNKNOWN", "This is no IANA time zone, such as America/Toronto.",
    "Ce n’est pas un fuseau horaire de l’IANA, comme America/Toronto."};
inline constexpr messages::Message kDateMalformed{
    "DATE_MALFORMED", "Give a real date as YYYY-MM-DD.", "Indiquez une vraie date : AAAA-MM-JJ."};
inline constexpr messages::Message kReviewTooEarly{
    "REVIEW_TOO_EARLY", "The review is due after the day from which the version is in force.",
    "La révision se fait après le jour de l’entrée en vigueur."};
inline constexpr messages::Message kDoubled{"DOUBLED", "The same code is given twice: {0}.",
                                            "Le même code figure deux fois : {0}."};
inline constexpr messages::Message kPredicateMissing{
    "PREDICATE_MISSING", "The criterion says nothing about what it asks: choose a predicate.",
    "Le critère ne dit pas ce qu’il exige : choisissez un prédicat."};
inline constexpr messages::Message kChoiceUnknown{"CHOICE_UNKNOWN", "Give one of: {0}.",
                                                  "Donnez l’une de ces valeurs : {0}."};
inline constexpr messages::Message kNotWithin{"NOT_WITHIN", "Give a number from {0} to {1}.",
                                              "Indiquez un nombre de {0} à {1}."};
inline constexpr messages::Message kNotFinite{"NOT_FINITE", "Give an ordinary number.",
                                              "Indiquez un nombre ordinaire."};
inline constexpr messages::Message kTooMany{"TOO_MANY", "Give {0} of these at most.",
                                            "N’en donnez pas plus de {0}."};
inline constexpr messages::Message kCodeMalformed{
    "CODE_MALFORMED",
    "A code has 1 to 64 lower-case letters, digits, dots, hyphens or underscores.",
    "Un code compte de 1 à 64 lettres minuscules, chiffres, points, traits d’union ou traits de "
    "soulignement."};
inline constexpr messages::Message kNotUtf8{
    "TEXT_UNREADABLE", "This text holds characters that cannot be read. Type it anew.",
    "Ce texte contient des caractères illisibles. Saisissez-le de nouveau."};
inline constexpr messages::Message kTextTooLong{
    "TEXT_TOO_LONG", "This text is too long. Give {0} characters at most.",
    "Ce texte est trop long. Donnez {0} caractères au plus."};
inline constexpr messages::Message kBoundsCross{
    "BOUNDS_CROSS", "The least is more than the most. Exchange or correct them.",
    "Le minimum dépasse le maximum. Inversez-les ou corrigez-les."};

// Of definitions.
inline constexpr messages::Message kRegistryGiven{
    "REGISTRY_GIVEN",
    "Publication fills this in. Take it away, and give the program’s own facts in facts.",
    "La publication remplit ceci. Retirez-le, et donnez les données propres au programme dans "
    "facts."};
inline constexpr messages::Message kDefinitionTooLong{
    "DEFINITION_TOO_LONG", "The definition is longer than {0} bytes. Shorten its texts.",
    "La définition dépasse {0} octets. Abrégez ses textes."};
inline constexpr messages::Message kFactUnknown{
    "FACT_UNKNOWN",
    "There is no fact {0}. Correct its name, or add it to the registry or to facts.",
    "Il n’y a pas de donnée {0}. Corrigez son nom, ou ajoutez-la au registre ou à facts."};
inline constexpr messages::Message kFactOfOthers{
    "FACT_OF_OTHERS", "The fact {0} is not about these people. Choose another.",
    "La donnée {0} ne porte pas sur ces personnes. Choisissez-en une autre."};
inline constexpr messages::Message kFactOfAnotherType{
    "FACT_OF_ANOTHER_TYPE", "This asks for a fact of the type {1}, which {0} is not.",
    "Ceci demande une donnée du genre {1}, ce que {0} n’est pas."};
inline constexpr messages::Message kValueUnknown{
    "VALUE_UNKNOWN", "The fact {0} never has this value. Use one of its codes.",
    "La donnée {0} n’a jamais cette valeur. Employez l’un de ses codes."};
inline constexpr messages::Message kPeriodMissing{"PERIOD_MISSING",
                                                  "Give a period of at least a day.",
                                                  "Indiquez une période d’au moins un jour."};
inline constexpr messages::Message kNestedTooDeep{
    "NESTED_TOO_DEEP", "Predicates stand in each other eight deep at most. Write this one flatter.",
    "Les prédicats s’imbriquent sur huit niveaux au plus. Simplifiez celui-ci."};
inline constexpr messages::Message kFunderWithoutNumber{
    "FUNDER_WITHOUT_NUMBER", "A funder’s bounds need a predicate with a number. Take them away.",
    "Les limites d’un bailleur de fonds exigent un prédicat qui porte un nombre. Retirez-les."};
inline constexpr messages::Message kOutsideFunder{
    "OUTSIDE_FUNDER", "The funder allows from {0} to {1}. Bring the predicate’s number within.",
    "Le bailleur de fonds permet de {0} à {1}. Ramenez-y le nombre du prédicat."};
inline constexpr messages::Message kNoCriteria{
    "NO_CRITERIA", "Nothing would be asked of these people. Give at least one criterion.",
    "Rien ne serait exigé de ces personnes. Donnez au moins un critère."};
inline constexpr messages::Message kCriterionDiffers{
    "CRITERION_DIFFERS",
    "Another format has a different criterion of the code {0}. Give one of them another code.",
    "Un autre format a un critère différent sous le code {0}. Donnez un autre code à l’un des "
    "deux."};
inline constexpr messages::Message kCriterionUnknown{
    "CRITERION_UNKNOWN", "The program has no criterion {0}. Correct the code.",
    "Le programme n’a pas de critère {0}. Corrigez le code."};
inline constexpr messages::Message kStepForNobody{
    "STEP_FOR_NOBODY",
    "Nobody may record this step, as these people come through no agency. Choose the person or "
    "staff.",
    "Personne ne peut consigner cette étape, car ces personnes ne viennent d’aucune agence. "
    "Choisissez "
    "la personne ou le personnel."};
inline constexpr messages::Message kStaffDoNotState{
    "STAFF_DO_NOT_STATE", "Staff may not state the fact {0}. Choose another, or change who may.",
    "Le personnel ne peut pas déclarer la donnée {0}. Choisissez-en une autre, ou changez qui le "
    "peut."};
inline constexpr messages::Message kNotYesNo{"NOT_YES_OR_NO",
                                             "Give the name of a fact that is yes or no.",
                                             "Donnez le nom d’une donnée qui vaut oui ou non."};
inline constexpr messages::Message kSideMissing{
    "SIDE_MISSING", "A format brings at least two people together, one of them a mentee.",
    "Un format réunit au moins deux personnes, dont une mentorée."};
inline constexpr messages::Message kSideAbsent{
    "SIDE_ABSENT", "This format has nobody on that side. Choose the other.",
    "Ce format ne compte personne de ce côté. Choisissez l’autre."};
inline constexpr messages::Message kNobodyDecides{
    "NOBODY_DECIDES", "At least one side accepts, or staff approve. Add one of these steps.",
    "Au moins une partie accepte, ou le personnel approuve. Ajoutez l’une de ces étapes."};
inline constexpr messages::Message kNobodyAsked{
    "NOBODY_ASKED",
    "Whom a mentee asks must be able to say no. Add a step of interest or acceptance that asks the "
    "mentors.",
    "La personne sollicitée doit pouvoir refuser. Ajoutez une étape d’intérêt ou d’acceptation qui "
    "s’adresse aux mentors."};
inline constexpr messages::Message kStepOutOfOrder{
    "STEP_OUT_OF_ORDER",
    "The approval of staff comes first and the agreement last. Move this step.",
    "L’approbation du personnel vient en premier et l’entente en dernier. Déplacez cette étape."};
inline constexpr messages::Message kStepAsksNobody{
    "STEP_ASKS_NOBODY", "Staff do this step; it asks nobody. Take the sides away.",
    "Le personnel fait cette étape; elle ne demande rien aux parties. Retirez-les."};
inline constexpr messages::Message kStepUnknown{
    "STEP_UNKNOWN", "The format has no such step. Add it, or start from another.",
    "Le format n’a pas cette étape. Ajoutez-la, ou partez d’une autre."};
inline constexpr messages::Message kPairsOnly{
    "PAIRS_ONLY", "Participants ask each other one by one: this needs one mentee and one mentor.",
    "Les personnes se font la demande une à une : il faut une personne mentorée et un·e mentor·e."};
inline constexpr messages::Message kFactPersonal{
    "FACT_PERSONAL", "The fact {0} is personal and is not disclosed. Take it away.",
    "La donnée {0} est personnelle et n’est pas divulguée. Retirez-la."};
inline constexpr messages::Message kFactNotSeen{
    "FACT_NOT_SEEN",
    "Matching does not see the fact {0}, so it cannot be disclosed. Take it away, or give the fact "
    "a "
    "use in matching.",
    "Le jumelage ne voit pas la donnée {0}, qui ne peut donc pas être divulguée. Retirez-la, ou "
    "donnez à la donnée un usage dans le jumelage."};
inline constexpr messages::Message kNothingDisclosed{
    "NOTHING_DISCLOSED", "This discloses nothing. Give facts or contact, or take it away.",
    "Ceci ne divulgue rien. Donnez des données ou les coordonnées, ou retirez-le."};
inline constexpr messages::Message kWeightUnknown{
    "WEIGHT_UNKNOWN",
    "Matching weighs occupation, industry, language, proximity, availability, level, goals, "
    "preference, waiting, and facts about both sides that it sees as a criterion.",
    "Le jumelage pondère occupation, industry, language, proximity, availability, level, goals, "
    "preference, waiting, et les données sur les deux parties qu’il voit comme critère."};
inline constexpr messages::Message kWeightsSumToNothing{
    "WEIGHTS_SUM_TO_NOTHING", "The weights sum to nothing. Give at least one above 0.",
    "La somme des poids est nulle. Donnez-en au moins un au-dessus de 0."};
inline constexpr messages::Message kLifetimeMissing{
    "LIFETIME_MISSING",
    "Say how long it lasts: length_days, single_meeting_minutes, season or hours.",
    "Indiquez la durée : length_days, single_meeting_minutes, season ou hours."};
inline constexpr messages::Message kSeasonDay{
    "SEASON_DAY_MALFORMED", "Give a day of every year as MM-DD, such as 09-01.",
    "Indiquez un jour de toute année : MM-JJ, comme 09-01."};
inline constexpr messages::Message kAgreementMissing{
    "AGREEMENT_MISSING", "Documents before the start need a step of AGREEMENT. Add it.",
    "Des documents avant le début exigent une étape AGREEMENT. Ajoutez-la."};
inline constexpr messages::Message kDocumentsMissing{
    "DOCUMENTS_MISSING", "The step of AGREEMENT needs a document before the start. Add it.",
    "L’étape AGREEMENT exige un document avant le début. Ajoutez-le."};
inline constexpr messages::Message kSignerNotAsked{
    "SIGNER_NOT_ASKED", "The step of AGREEMENT does not ask a side that must sign. Ask it too.",
    "L’étape AGREEMENT ne s’adresse pas à une partie qui doit signer. Adressez-la aussi à elle."};
inline constexpr messages::Message kNothingCounts{
    "NOTHING_COUNTS",
    "No kind of contact counts, so hours and credits would stay at nothing. Give at least one.",
    "Aucune forme de contact ne compte : les heures et les crédits resteraient nuls. Donnez-en au "
    "moins une."};
inline constexpr messages::Message kCreditFact{
    "CREDIT_FACT", "Credits go by a yes/no fact that matching sees as a criterion.",
    "Les crédits dépendent d’une donnée oui ou non que le jumelage voit comme critère."};
inline constexpr messages::Message kIntroductionsOfMeetings{
    "INTRODUCTIONS_OF_MEETINGS",
    "Only a single meeting of two leads on by introductions. Take them away, or give "
    "single_meeting_minutes.",
    "Seule une rencontre unique à deux mène à des présentations. Retirez-les, ou donnez "
    "single_meeting_minutes."};
inline constexpr messages::Message kFormatUnknown{
    "FORMAT_UNKNOWN", "The program has no other format {0}. Correct the code.",
    "Le programme n’a pas d’autre format {0}. Corrigez le code."};

// Of registries.
inline constexpr messages::Message kRegistryTooLong{
    "REGISTRY_TOO_LONG", "The registry is longer than {0} bytes. Shorten its texts and lists.",
    "Le registre dépasse {0} octets. Abrégez ses textes et ses listes."};
inline constexpr messages::Message kFactName{
    "FACT_NAME_MALFORMED",
    "A fact’s name has 1 to 64 lower-case letters, digits and underscores, begins with a letter "
    "and "
    "is not birth_date.",
    "Le nom d’une donnée compte de 1 à 64 lettres minuscules, chiffres et traits de soulignement, "
    "commence par une lettre et n’est pas birth_date."};
inline constexpr messages::Message kOwnFactName{
    "OWN_FACT_NAME_MALFORMED",
    "The name of a program’s own fact is the program’s id, a dot, and lower-case letters, digits "
    "and underscores.",
    "Le nom d’une donnée propre à un programme est l’identifiant du programme, un point, puis des "
    "lettres minuscules, des chiffres et des traits de soulignement."};
inline constexpr messages::Message kTypeMissing{
    "TYPE_MISSING",
    "Choose what kind of fact this is: code, codes, yes_no, whole_number, day or text.",
    "Choisissez le genre de cette donnée : code, codes, yes_no, whole_number, day ou text."};
inline constexpr messages::Message kCodesOrTable{
    "CODES_OR_TABLE", "Give either the allowed codes or the name of a reference table.",
    "Donnez soit les codes permis, soit le nom d’une table de référence."};
inline constexpr messages::Message kTableUnknown{
    "TABLE_UNKNOWN",
    "There is no such table. There are noc, naics, country, postal_code, area, slot, goal, trait "
    "and "
    "language.",
    "Cette table n’existe pas. Il y a noc, naics, country, postal_code, area, slot, goal, trait et "
    "language."};
inline constexpr messages::Message kFactCodeMalformed{
    "FACT_CODE_MALFORMED",
    "A code has 1 to 64 letters without accents, digits, dots, colons, hyphens or underscores.",
    "Un code compte de 1 à 64 lettres sans accent, chiffres, points, deux-points, traits d’union "
    "ou "
    "traits de soulignement."};
inline constexpr messages::Message kPersonalToMatching{
    "PERSONAL_TO_MATCHING",
    "Matching does not see personal facts, but the area of an address. Take away the use, or do "
    "not "
    "mark the fact as personal.",
    "Le jumelage ne voit pas les données personnelles, hormis la région d’une adresse. Retirez "
    "l’usage, ou ne marquez pas la donnée comme personnelle."};
inline constexpr messages::Message kDerivedToMatching{
    "DERIVED_TO_MATCHING", "Matching does not see derived facts. Take away the use.",
    "Le jumelage ne voit pas les données calculées. Retirez l’usage."};
inline constexpr messages::Message kUseOfAnotherType{
    "USE_OF_ANOTHER_TYPE",
    "Matching cannot use a fact of this type so: an occupation is a code of the table noc, an "
    "industry of naics, an area of postal_code or area, availability codes of slot, languages and "
    "goals codes, experience and capacity whole numbers from 0.",
    "Le jumelage ne peut pas se servir ainsi d’une donnée de ce genre : la profession est un code "
    "de "
    "la table noc, le secteur de naics, la région de postal_code ou d’area, les disponibilités des "
    "codes de slot, les langues et les objectifs des codes, l’expérience et la capacité des "
    "nombres "
    "entiers à partir de 0."};
inline constexpr messages::Message kUseTaken{
    "USE_TAKEN", "The fact {0} has this use about the same subject. Give one of them another.",
    "La donnée {0} a déjà cet usage pour les mêmes personnes. Donnez-en un autre à l’une des "
    "deux."};
inline constexpr messages::Message kHeaderBlank{
    "HEADER_BLANK", "A header has letters or digits. Give it, or take it away.",
    "Un en-tête compte des lettres ou des chiffres. Indiquez-le, ou retirez-le."};
inline constexpr messages::Message kHeaderTaken{
    "HEADER_TAKEN", "The fact {0} has this header too. Give one of them another.",
    "La donnée {0} a aussi cet en-tête. Donnez-en un autre à l’une des deux."};
inline constexpr messages::Message kDerivedIsANumber{
    "DERIVED_IS_A_NUMBER", "What is derived is counted: give the fact the type whole_number.",
    "Une donnée calculée se compte : donnez-lui le genre whole_number."};
inline constexpr messages::Message kDerivedStated{
    "DERIVED_STATED", "A derived fact is stated by nobody. Take this away.",
    "Personne ne déclare une donnée calculée. Retirez ceci."};
inline constexpr messages::Message kDerivedFromNoDay{
    "DERIVED_FROM_NO_DAY", "A fact derives from a day: give the name of one, or birth_date.",
    "Une donnée se calcule depuis un jour : donnez le nom d’une telle donnée, ou birth_date."};

// Of given facts.
inline constexpr messages::Message kFactIsDerived{
    "FACT_IS_DERIVED", "This is counted and cannot be given. Take it away.",
    "Ceci est calculé et ne peut pas être donné. Retirez-le."};
inline constexpr messages::Message kOneValueOnly{"ONE_VALUE_ONLY", "Give one value only.",
                                                 "Ne donnez qu’une valeur."};
inline constexpr messages::Message kTooManyValues{"TOO_MANY_VALUES", "Give 100 codes at most.",
                                                  "Donnez 100 codes au plus."};
inline constexpr messages::Message kNotOneOf{"NOT_ONE_OF", "Use one of: {0}.",
                                             "Employez l’une de ces valeurs : {0}."};
inline constexpr messages::Message kNotInTable{"NOT_IN_TABLE", "Use the codes: {0}.",
                                               "Employez les codes : {0}."};
inline constexpr messages::Message kNotANoc{
    "NOC_UNKNOWN", "Use the five digits of a unit group of NOC 2021, such as 21231.",
    "Employez les cinq chiffres d’un groupe de base de la CNP 2021, comme 21231."};
inline constexpr messages::Message kNotANaics{
    "NAICS_UNKNOWN", "Use a sector or subsector of NAICS 2022, such as 54 or 541.",
    "Employez un secteur ou un sous-secteur du SCIAN 2022, comme 54 ou 541."};
inline constexpr messages::Message kNotACountry{
    "COUNTRY_MALFORMED", "Use the two capital letters of a country (ISO 3166), such as SY.",
    "Employez les deux lettres majuscules d’un pays (ISO 3166), comme SY."};
inline constexpr messages::Message kNotAPostalCode{
    "POSTAL_CODE_MALFORMED", "Use a Canadian postal code, such as K1Z 9E5.",
    "Employez un code postal canadien, comme K1Z 9E5."};
inline constexpr messages::Message kNotAnArea{
    "AREA_MALFORMED", "Use the first three characters of a postal code, such as K1Z.",
    "Employez les trois premiers caractères d’un code postal, comme K1Z."};
inline constexpr messages::Message kNotASlot{
    "SLOT_MALFORMED", "Use a day and a part of it, such as mon-evening, tue-noon or sat-morning.",
    "Employez un jour et une de ses parties, comme mon-evening, tue-noon ou sat-morning."};
inline constexpr messages::Message kNotALanguage{
    "LANGUAGE_MALFORMED", "Use the two letters of a language (ISO 639-1), such as ar.",
    "Employez les deux lettres d’une langue (ISO 639-1), comme ar."};
inline constexpr messages::Message kNotAWholeNumber{"NOT_A_WHOLE_NUMBER",
                                                    "Use a whole number from {0} to {1}.",
                                                    "Employez un nombre entier de {0} à {1}."};
inline constexpr messages::Message kNotADay{"NOT_A_DAY", "Use a real date as YYYY-MM-DD.",
                                            "Employez une vraie date : AAAA-MM-JJ."};
inline constexpr messages::Message kDayToCome{
    "DAY_TO_COME", "This day has not come yet. Correct it, or give it when it has.",
    "Ce jour n’est pas encore venu. Corrigez-le, ou donnez-le le moment venu."};
inline constexpr messages::Message kAttestationDay{
    "ATTESTATION_DAY", "Give the day of the attestation as YYYY-MM-DD, today at the latest.",
    "Indiquez le jour de l’attestation : AAAA-MM-JJ, au plus tard aujourd’hui."};
inline constexpr messages::Message kAttestationTooLong{
    "ATTESTATION_TOO_LONG",
    "Give a shorter name (200 bytes) or note (4,000 bytes) of the attestation.",
    "Abrégez le nom (200 octets) ou la note (4 000 octets) de l’attestation."};

}  // namespace tremplin::program

#endif  // TREMPLIN_COMMON_PROGRAM_MESSAGES_H_
