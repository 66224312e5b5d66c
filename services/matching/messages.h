#ifndef TREMPLIN_SERVICES_MATCHING_MESSAGES_H_
#define TREMPLIN_SERVICES_MATCHING_MESSAGES_H_

#include "common/messages/message.h"

// What matching says to people, in both languages.
namespace tremplin::matching {

using messages::Message;

// Not found, or not the caller's to see: nobody learns which.
inline constexpr Message kProposalNotFound{
    "PROPOSAL_NOT_FOUND", "There is no such proposal among those you may see.",
    "Il n’y a pas de proposition de ce nom parmi celles que vous pouvez voir."};
inline constexpr Message kEnrolmentNotInPool{
    "ENROLMENT_NOT_IN_POOL",
    "This person is not in the pool: only those who finished their onboarding can be proposed.",
    "Cette personne n’est pas dans le bassin : seules celles qui ont terminé leur accueil peuvent "
    "être proposées."};
inline constexpr Message kProgramNotFound{
    "PROGRAM_NOT_FOUND", "There is no such program among those you may see.",
    "Il n’y a pas de programme de ce nom parmi ceux que vous pouvez voir."};

inline constexpr Message kRunNotFound{
    "RUN_NOT_FOUND", "There is no such run among those you may see.",
    "Il n’y a pas d’exécution de ce nom parmi celles que vous pouvez voir."};
inline constexpr Message kRunTakenOver{
    "RUN_TAKEN_OVER",
    "Another run of this program went ahead of yours each time. Look at its proposals, then run "
    "again.",
    "Une autre exécution de ce programme a chaque fois devancé la vôtre. Consultez ses "
    "propositions, puis relancez."};
inline constexpr Message kRunRecordGone{
    "RUN_RECORD_GONE",
    "What this run was given is no longer kept: only the latest runs can be solved again, and none "
    "for which somebody has withdrawn what they had volunteered.",
    "Ce que cette exécution a reçu n’est plus conservé : seules les dernières peuvent être "
    "refaites, "
    "et aucune dont une personne a retiré ce qu’elle avait confié."};

// What a proposal's state does not allow.
inline constexpr Message kProposalEnded{
    "PROPOSAL_ENDED", "This proposal has ended; nothing more can be answered.",
    "Cette proposition a pris fin; il n’y a plus rien à y répondre."};
inline constexpr Message kProposalMatched{
    "PROPOSAL_MATCHED", "All have accepted already; what follows belongs to the engagement.",
    "Toutes les personnes ont déjà accepté; la suite relève de l’accompagnement."};
inline constexpr Message kNotMatched{"PROPOSAL_NOT_MATCHED",
                                     "Only a matched proposal can be closed.",
                                     "Seul un jumelage conclu peut être clos."};
inline constexpr Message kApprovalAwaited{
    "APPROVAL_AWAITED", "Staff are to approve this suggestion first; neither side has seen it yet.",
    "Le personnel doit d’abord approuver cette suggestion; aucune des parties ne l’a encore vue."};
inline constexpr Message kApprovalNotAwaited{
    "APPROVAL_NOT_AWAITED", "This proposal awaits no approval: both sides can see it already.",
    "Cette proposition n’attend pas d’approbation : les deux parties la voient déjà."};
inline constexpr Message kMeetingAwaited{
    "CONTACT_MEETING_AWAITED",
    "Both are interested: the contact meeting with staff comes first. Until then one can only "
    "decline.",
    "Les deux parties sont intéressées : la rencontre de prise de contact avec le personnel vient "
    "d’abord. D’ici là, on peut seulement décliner."};
inline constexpr Message kMeetingTooEarly{
    "INTEREST_AWAITED",
    "The contact meeting is recorded once both sides have said that they are interested.",
    "La rencontre de prise de contact se consigne quand les deux parties ont dit leur intérêt."};
inline constexpr Message kMeetingAlreadyHeld{"CONTACT_MEETING_RECORDED",
                                             "The contact meeting has been recorded already.",
                                             "La rencontre de prise de contact est déjà "
                                             "consignée."};
inline constexpr Message kAlreadyAnswered{"ALREADY_ANSWERED",
                                          "This side has already said yes at this step.",
                                          "Cette partie a déjà dit oui à cette étape."};
inline constexpr Message kAlreadyAsked{"ALREADY_ASKED_MORE",
                                       "This side has already asked for more at this step.",
                                       "Cette partie a déjà demandé des précisions à cette étape."};
inline constexpr Message kDeadlinePassed{
    "DEADLINE_PASSED", "The time to answer has run out; the proposal is expiring.",
    "Le délai de réponse est écoulé; la proposition arrive à échéance."};
inline constexpr Message kNotDueYet{"NOT_DUE_YET", "This proposal is not due yet.",
                                    "Cette proposition n’est pas encore échue."};

inline constexpr Message kNotParticipant{
    "NOT_PARTICIPANT", "This enrolment is not in the proposal; name one of its participants.",
    "Cette inscription ne fait pas partie de la proposition; nommez l’une de ses personnes."};
inline constexpr Message kNoLongerIn{
    "NO_LONGER_IN", "This person is out of the proposal already; it goes on without them.",
    "Cette personne ne fait plus partie de la proposition, qui se poursuit sans elle."};
inline constexpr Message kNotAsked{
    "NOT_ASKED", "This step asks the other side only. Until it is done one can only decline.",
    "Cette étape ne s’adresse qu’à l’autre partie. D’ici là, on peut seulement décliner."};
inline constexpr Message kTooFewForMeeting{
    "TOO_FEW_FOR_MEETING",
    "Too few are left for this meeting. Wait until the gap is filled, or cancel the proposal.",
    "Il reste trop peu de personnes pour cette rencontre. Attendez que la place soit comblée, ou "
    "annulez la proposition."};
inline constexpr Message kAlreadyParticipant{
    "ALREADY_PARTICIPANT", "This person is or was in the proposal already; take in somebody else.",
    "Cette personne fait ou a déjà fait partie de la proposition; choisissez-en une autre."};
inline constexpr Message kNoGap{"NO_GAP", "Nobody more can be taken in on this side.",
                                "Personne d’autre ne peut être accueilli de ce côté."};

// What the pool does not allow.
inline constexpr Message kMenteeEngaged{
    "MENTEE_ALREADY_PROPOSED",
    "The mentee has another open proposal or match in this program or in one it excludes.",
    "La personne mentorée a déjà une proposition ou un jumelage en cours dans ce programme ou dans "
    "un programme qu’il exclut."};
inline constexpr Message kMentorFull{"MENTOR_FULL", "Every place of this mentor is taken.",
                                     "Toutes les places de cette personne mentore sont prises."};
inline constexpr Message kSamePerson{"SAME_PERSON", "Nobody mentors themselves.",
                                     "Nul n’est son propre mentor."};
inline constexpr Message kOtherProgram{"OTHER_PROGRAM",
                                       "Mentee and mentor are enrolled in different programs.",
                                       "Les deux personnes sont inscrites à des programmes "
                                       "différents."};

inline constexpr Message kPersonPaused{
    "PERSON_PAUSED", "Somebody among them is paused and takes no new proposal for now.",
    "L’une de ces personnes est en pause et ne reçoit pas de nouvelle proposition pour le "
    "moment."};
inline constexpr Message kOutOfBounds{
    "OUT_OF_BOUNDS",
    "The format takes {0} to {1} mentees and {2} to {3} mentors; choose that many.",
    "Ce format réunit de {0} à {1} personnes mentorées et de {2} à {3} personnes mentores; "
    "choisissez-en autant."};
inline constexpr Message kRequestsOpen{
    "REQUESTS_OPEN",
    "As many requests are open as may be: {0}. Wait for an answer, or decline one of them.",
    "Le nombre maximal de demandes en cours est atteint : {0}. Attendez une réponse, ou déclinez "
    "l’une d’elles."};
inline constexpr Message kPairMayNotMeet{
    "PAIR_MAY_NOT_MEET",
    "These two share no language or hour that the format asks for, or lack what is required; "
    "choose among the mentors "
    "found.",
    "Ces deux personnes n’ont pas la langue ou l’heure commune que demande le format, ou il manque "
    "ce qui est exigé; "
    "choisissez parmi les personnes mentores trouvées."};
inline constexpr Message kAlreadyRequested{
    "ALREADY_REQUESTED", "A proposal of these two is open already; answer that one.",
    "Une proposition réunissant ces deux personnes est déjà en cours; répondez à celle-ci."};
inline constexpr Message kNotWaiting{
    "NOT_WAITING",
    "Formats are for those who qualify for them; this person does not qualify for this one.",
    "Un format s’adresse à qui en remplit les critères; cette personne ne remplit pas ceux de "
    "celui-ci."};
inline constexpr Message kEngagementUnknown{
    "ENGAGEMENT_UNKNOWN", "No running match of this format is known under this engagement.",
    "Aucun jumelage en cours de ce format n’est connu pour cet accompagnement."};
inline constexpr Message kPausedByStaff{
    "PAUSED_BY_STAFF", "Staff paused this person; only staff can change that.",
    "Le personnel a mis cette personne en pause; lui seul peut y changer quelque chose."};
inline constexpr Message kPairPinned{
    "PAIR_PINNED", "This pair is pinned; lift the pin before barring it.",
    "Cette paire est épinglée; retirez l’épingle avant de l’écarter."};
inline constexpr Message kPairBarred{
    "PAIR_BARRED",
    "This pair is barred, by staff or by how an earlier proposal ended; choose somebody else.",
    "Cette paire est écartée, par le personnel ou par l’issue d’une proposition; choisissez "
    "quelqu’un d’autre."};
inline constexpr Message kMenteePinned{
    "MENTEE_PINNED", "The mentee is pinned to another mentor; lift that pin first.",
    "La personne mentorée est épinglée à une autre personne mentore; retirez d’abord cette "
    "épingle."};

// Faults of a request's fields.
inline constexpr Message kAnswerRequired{"ANSWER_REQUIRED", "Answer yes, no or ask for more.",
                                         "Répondez oui, non, ou demandez des précisions."};
inline constexpr Message kReasonUnknown{"REASON_UNKNOWN", "Give one of the reasons: {0}.",
                                        "Donnez l’une des raisons : {0}."};
inline constexpr Message kReasonOnlyWithNo{"REASON_ONLY_WITH_NO",
                                           "A reason is given with a no only.",
                                           "Une raison ne se donne qu’avec un non."};
inline constexpr Message kReasonOnlyWithBar{
    "REASON_ONLY_WITH_BAR", "A reason is given where a pair is barred; leave it out otherwise.",
    "Un motif se donne quand une paire est écartée; omettez-le autrement."};
inline constexpr Message kReasonOnlyWithPin{
    "REASON_ONLY_WITH_PIN", "A reason is given where a pair is pinned; leave it out otherwise.",
    "Un motif se donne quand une paire est épinglée; omettez-le autrement."};
inline constexpr Message kUntilOutOfRange{"UNTIL_OUT_OF_RANGE",
                                          "Give a time in the future, {0} days ahead at most.",
                                          "Indiquez un moment à venir, d’ici {0} jours au plus."};
inline constexpr Message kUntilPast{"UNTIL_PAST", "Give a time in the future.",
                                    "Indiquez un moment à venir."};
inline constexpr Message kUntilUnneeded{
    "UNTIL_UNNEEDED", "A time is given with a beginning only; leave it out otherwise.",
    "Un moment ne s’indique qu’au début; omettez-le autrement."};
inline constexpr Message kItemsOutOfRange{"ITEMS_OUT_OF_RANGE", "Give 1 to 500 proposals.",
                                          "Donnez de 1 à 500 propositions."};
inline constexpr Message kForStaffOnly{"FOR_STAFF_ONLY", "Only staff can ask for this.",
                                       "Seul le personnel peut demander cela."};
inline constexpr Message kOrderUnknown{"ORDER_UNKNOWN", "Leave this out, or give: {0}.",
                                       "Omettez ceci, ou donnez : {0}."};
inline constexpr Message kChangesOutOfRange{"CHANGES_OUT_OF_RANGE", "Give 1 to 20 changes.",
                                            "Donnez de 1 à 20 changements."};
inline constexpr Message kChangeMissing{"CHANGE_MISSING", "Say what would change.",
                                        "Dites ce qui changerait."};
inline constexpr Message kNotInRun{
    "NOT_IN_RUN",
    "A run would not consider this enrolment now: name a mentee who waits or a ready mentor of the "
    "program.",
    "Une exécution ne considérerait pas cette inscription maintenant : nommez une personne "
    "mentorée "
    "qui attend, ou une personne mentore prête du programme."};
inline constexpr Message kCriterionUnknown{"CRITERION_UNKNOWN",
                                           "No criterion of a score has this name.",
                                           "Aucun critère d’une note ne porte ce nom."};
inline constexpr Message kNumberOutOfRange{"NUMBER_OUT_OF_RANGE", "This is between {0} and {1}.",
                                           "Ceci se situe entre {0} et {1}."};
inline constexpr Message kMoreIsNothing{"MORE_IS_NOTHING",
                                        "Give how many places more, or fewer: not 0.",
                                        "Indiquez combien de places de plus, ou de moins : pas 0."};
inline constexpr Message kChoiceUnknown{"CHOICE_UNKNOWN", "Give one of: {0}.",
                                        "Donnez l’une de ces valeurs : {0}."};
inline constexpr Message kEnrolmentRequired{
    "ENROLMENT_REQUIRED", "Say whose answer you note: give their enrolment.",
    "Dites de qui vous notez la réponse : donnez son inscription."};
inline constexpr Message kEnrolmentNotYours{
    "ENROLMENT_NOT_YOURS", "You answer for yourself only; leave the enrolment out.",
    "Vous ne répondez que pour vous-même; omettez l’inscription."};
inline constexpr Message kFormatUnknown{
    "FORMAT_UNKNOWN", "Give the code of one of the program’s formats that this is for: {0}.",
    "Donnez le code de l’un des formats du programme auxquels ceci s’applique : {0}."};
inline constexpr Message kParticipantsOutOfRange{
    "PARTICIPANTS_OUT_OF_RANGE", "Give 1 to 200 enrolments, each once.",
    "Donnez de 1 à 200 inscriptions, chacune une seule fois."};
inline constexpr Message kFactUnknown{
    "FACT_UNKNOWN", "Nothing of this name is known of a mentor for matching; leave it out.",
    "Rien de ce nom n’est connu d’une personne mentore pour le jumelage; omettez-le."};
inline constexpr Message kLimitOutOfRange{"LIMIT_OUT_OF_RANGE", "The limit is 1 to 1000.",
                                          "La limite va de 1 à 1000."};
inline constexpr Message kNocInvalid{
    "NOC_INVALID", "Give the five digits of a NOC 2021 unit group.",
    "Donnez les cinq chiffres d’un groupe de base de la CNP 2021."};
inline constexpr Message kEnumUnknown{"VALUE_UNKNOWN", "This value is not known.",
                                      "Cette valeur n’est pas connue."};
// Why somebody stays without a proposal.
inline constexpr Message kWhyNoMentorFree{
    "NO_MENTOR_FREE", "No suitable mentor is free at present; full: {0}.",
    "Aucune personne mentore convenable n’est libre pour le moment; complètes : {0}."};
inline constexpr Message kWhyNoSharedLanguage{
    "NO_SHARED_LANGUAGE", "No mentor of the program speaks a language of this person.",
    "Aucune personne mentore du programme ne parle une langue de cette personne."};
inline constexpr Message kWhyScoreTooLow{
    "SCORE_TOO_LOW",
    "Those who are left suit too little: none reaches the program’s least "
    "score.",
    "Les personnes mentores qui restent conviennent trop peu : aucune n’atteint la note minimale "
    "du programme."};
inline constexpr Message kWhyAlreadyDeclined{
    "ALREADY_DECLINED",
    "Every mentor with a shared language has been proposed before, without a lasting match, or is "
    "barred by staff.",
    "Toutes les personnes mentores de même langue ont déjà été proposées, sans jumelage durable, "
    "ou "
    "sont écartées par le personnel."};
inline constexpr Message kWhyNoSharedSlot{
    "NO_SHARED_SLOT", "No mentor who could suit is free at an hour when this person is.",
    "Aucune personne mentore qui conviendrait n’est libre aux mêmes heures que cette personne."};
inline constexpr Message kWhyNoneAsRequired{
    "NONE_AS_REQUIRED",
    "No mentor who could suit says of themselves all that this person requires of a mentor.",
    "Aucune personne mentore qui conviendrait ne dit d’elle-même tout ce que cette personne exige "
    "d’une personne mentore."};
inline constexpr Message kWhyOthersSuitBetter{
    "OTHERS_SUIT_BETTER",
    "Every mentor who suits and had a place is of more use to somebody else; suitable and full: "
    "{0}.",
    "Chaque personne mentore qui convient et avait une place est plus utile à quelqu’un d’autre; "
    "convenables et complètes : {0}."};
inline constexpr Message kWhyLimitReached{
    "LIMIT_REACHED", "The run reached its limit of proposals before this person’s turn.",
    "Le nombre maximal de propositions a été atteint avant le tour de cette personne."};
inline constexpr Message kWhyChangedMeanwhile{
    "CHANGED_MEANWHILE", "The pool changed during the run; the next run decides anew.",
    "Le bassin a changé pendant l’exécution; la prochaine décidera de nouveau."};
inline constexpr Message kWhyPinned{
    "PINNED",
    "The staff have one mentor in mind for this person, who has no free place yet; until that is "
    "settled nobody else is proposed.",
    "Le personnel a en vue une personne mentore précise, qui n’a pas encore de place libre; d’ici "
    "là, personne d’autre n’est proposé."};
inline constexpr Message kWhyTooFew{
    "TOO_FEW",
    "At none of this person’s hours, in a language of theirs, are there people enough for a group.",
    "À aucune des heures de cette personne, dans l’une de ses langues, il n’y a assez de monde "
    "pour un groupe."};
inline constexpr Message kWhyGroupsFull{
    "GROUPS_FULL",
    "The groups at this person’s hours, in a language of theirs, are full of others.",
    "Les groupes aux heures de cette personne, dans l’une de ses langues, sont complets."};
inline constexpr Message kWhyNotGiven{
    "NOT_GIVEN", "No language or no weekly hour is given; a group needs both. Add them.",
    "Aucune langue ou aucune heure de la semaine n’est indiquée; un groupe exige les deux. "
    "Ajoutez-les."};
inline constexpr Message kWhyLeftOut{"LEFT_OUT", "The person was left out of this trial.",
                                     "La personne a été laissée de côté dans cet essai."};
inline constexpr Message kWhyGains{"GAINS", "The person would get a proposal.",
                                   "La personne recevrait une proposition."};

// The parts of a score.
inline constexpr Message kCriterionOccupation{"OCCUPATION", "Likeness of occupations (NOC)",
                                              "Ressemblance des professions (CNP)"};
inline constexpr Message kCriterionIndustry{"INDUSTRY", "Same industry (NAICS)",
                                            "Même secteur d’activité (SCIAN)"};
inline constexpr Message kCriterionLanguage{"LANGUAGE", "A shared language", "Une langue commune"};
inline constexpr Message kCriterionProximity{"PROXIMITY", "Living near each other",
                                             "Proximité des domiciles"};
inline constexpr Message kCriterionAvailability{"AVAILABILITY", "Hours both are free",
                                                "Heures libres communes"};
inline constexpr Message kCriterionLevel{"LEVEL", "The mentor’s lead in years of experience",
                                         "Avance de la personne mentore en années d’expérience"};
inline constexpr Message kCriterionGoals{"GOALS", "Goals that the mentor can help with",
                                         "Objectifs que la personne mentore peut soutenir"};
inline constexpr Message kCriterionPreference{"PREFERENCE", "Wishes of the mentee that are met",
                                              "Souhaits de la personne mentorée qui sont comblés"};
inline constexpr Message kCriterionWaiting{"WAITING", "Time waited so far",
                                           "Temps d’attente écoulé"};

// Of a group: means over those who are in it.
inline constexpr Message kCriterionCohesion{"COHESION", "How alike the mentees of the group are",
                                            "Ressemblance des personnes mentorées du groupe"};
inline constexpr Message kCriterionFit{
    "FIT", "How well the mentors suit the mentees of the group",
    "Adéquation des personnes mentores aux personnes mentorées du groupe"};

// Why a mentee would get nobody, in steps, and what would change it.
inline constexpr Message kExplainProposed{
    "PROPOSED", "A proposal or a match is open for this person.",
    "Une proposition ou un jumelage est en cours pour cette personne."};
inline constexpr Message kExplainWithStaff{
    "WITH_STAFF", "The staff are deciding this person’s next step; there is nothing to answer yet.",
    "Le personnel décide de la suite pour cette personne; il n’y a rien à répondre pour le "
    "moment."};
inline constexpr Message kExplainPaused{
    "PAUSED",
    "This person is paused: no new proposal is made for now, and their place in the order "
    "is kept.",
    "Cette personne est en pause : pas de nouvelle proposition pour le moment, et son rang est "
    "gardé."};
inline constexpr Message kExplainMatched{
    "MATCHED", "The next run has a mentor for this person.",
    "La prochaine exécution a une personne mentore pour elle."};
inline constexpr Message kStageAnotherPerson{"STAGE_MENTORS", "Mentors in the program: {0}.",
                                             "Personnes mentores du programme : {0}."};
inline constexpr Message kStageSharedLanguage{"STAGE_LANGUAGE",
                                              "Of these, speak a language of the person: {0}.",
                                              "Dont parlent une langue de la personne : {0}."};
inline constexpr Message kStageSharedSlot{"STAGE_SLOT",
                                          "Of these, are free at the same hours: {0}.",
                                          "Dont libres aux mêmes heures : {0}."};
inline constexpr Message kStageRequired{"STAGE_REQUIRED",
                                        "Of these, have what the person requires: {0}.",
                                        "Dont ont ce que la personne exige : {0}."};
inline constexpr Message kStageNotBarred{"STAGE_NOT_BARRED",
                                         "Of these, were not proposed before: {0}.",
                                         "Dont pas encore proposées : {0}."};
inline constexpr Message kStageLeastScore{"STAGE_LEAST_SCORE",
                                          "Of these, reach the program’s least score: {0}.",
                                          "Dont atteignent la note minimale du programme : {0}."};
inline constexpr Message kStagePlace{"STAGE_PLACE", "Of these, had a place: {0}.",
                                     "Dont avaient une place : {0}."};
inline constexpr Message kNearestShort{
    "NEAREST_SHORT", "The nearest mentor fell short by {0} points of 10,000, most of all for: {1}.",
    "La personne mentore la plus proche : il manque {0} points sur 10 000, surtout pour : {1}."};
inline constexpr Message kRemedyLanguage{"REMEDY_LANGUAGE",
                                         "To be mentored in one more language: {0}.",
                                         "Être accompagnée dans une langue de plus : {0}."};
inline constexpr Message kRemedySlot{"REMEDY_SLOT", "To be free at one more time: {0}.",
                                     "Être libre à un moment de plus : {0}."};
inline constexpr Message kRemedyWish{"REMEDY_WISH", "To require this of a mentor no longer: {0}.",
                                     "Ne plus exiger ceci d’une personne mentore : {0}."};
inline constexpr Message kRemedyPlace{
    "REMEDY_PLACE", "One more place with a mentor who suits.",
    "Une place de plus auprès d’une personne mentore qui convient."};
inline constexpr Message kRemedyLeastScore{"REMEDY_LEAST_SCORE",
                                           "A least score of {0} points in the program.",
                                           "Une note minimale de {0} points dans le programme."};

}  // namespace tremplin::matching

#endif  // TREMPLIN_SERVICES_MATCHING_MESSAGES_H_
