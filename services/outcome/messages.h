#ifndef TREMPLIN_SERVICES_OUTCOME_MESSAGES_H_
#define TREMPLIN_SERVICES_OUTCOME_MESSAGES_H_

#include "common/messages/message.h"

// What outcome says to people, in both languages.
namespace tremplin::outcome {

using messages::Message;

inline constexpr Message kFollowUpNotFound{"FOLLOW_UP_NOT_FOUND",
                                           "There is no such follow-up, or it is not yours to see.",
                                           "Ce suivi n’existe pas, ou vous n’y avez pas accès."};
inline constexpr Message kEnrolmentNotFound{
    "ENROLMENT_NOT_FOUND", "There is no such enrolment, or it is not yours to see.",
    "Cette inscription n’existe pas, ou vous n’y avez pas accès."};
inline constexpr Message kFollowUpNotOpen{
    "FOLLOW_UP_NOT_OPEN",
    "This follow-up is not open yet. It can be answered from the day it is sent.",
    "Ce suivi n’est pas encore ouvert. On peut y répondre à partir du jour de l’envoi."};
inline constexpr Message kFollowUpClosed{
    "FOLLOW_UP_CLOSED",
    "This follow-up is closed: it was answered, its window has passed, or the person left the "
    "program. Tell of a job in itself instead.",
    "Ce suivi est clos : une réponse a été donnée, le délai est passé, ou la personne a quitté le "
    "programme. Signalez plutôt l’emploi lui-même."};
inline constexpr Message kEmploymentRequired{
    "EMPLOYMENT_REQUIRED", "Say whether the person works, and in which kind of job.",
    "Indiquez si la personne travaille, et dans quel genre d’emploi."};
inline constexpr Message kJobRequired{
    "JOB_REQUIRED", "An employed person’s job is needed: start, hours a week and earnings band.",
    "L’emploi d’une personne qui travaille est requis : début, heures par semaine et tranche de "
    "revenu."};
inline constexpr Message kJobRefused{"JOB_REFUSED", "A person without work has no job to describe.",
                                     "Une personne sans travail n’a pas d’emploi à décrire."};
inline constexpr Message kJobKindDiffers{"JOB_KIND_DIFFERS",
                                         "The kind of job differs from the employment answered.",
                                         "Le genre d’emploi diffère de la situation indiquée."};
inline constexpr Message kDateInvalid{"DATE_INVALID", "Give a real date as YYYY-MM-DD.",
                                      "Donnez une date réelle sous la forme AAAA-MM-JJ."};
inline constexpr Message kStartInFuture{"START_IN_FUTURE",
                                        "The job has not begun yet: its start is in the future.",
                                        "L’emploi n’a pas commencé : son début est à venir."};
inline constexpr Message kEndBeforeStart{"END_BEFORE_START",
                                         "The end of the job is before its start.",
                                         "La fin de l’emploi précède son début."};
inline constexpr Message kStartTooEarly{
    "START_TOO_EARLY", "The job cannot have begun over 60 years ago. Check the year.",
    "L’emploi ne peut pas avoir commencé il y a plus de 60 ans. Vérifiez l’année."};
inline constexpr Message kStartTooYoung{
    "START_TOO_YOUNG", "The person was not 14 yet when this job began. Check the year.",
    "La personne n’avait pas encore 14 ans au début de cet emploi. Vérifiez l’année."};
inline constexpr Message kNotAnswered{
    "NOT_ANSWERED", "This follow-up holds no answer to correct. Answer it instead.",
    "Ce suivi ne contient aucune réponse à corriger. Répondez-y plutôt."};
inline constexpr Message kAmendReasonUnknown{"REASON_UNKNOWN", "Give one of the reasons: {0}.",
                                             "Donnez l’une des raisons : {0}."};
inline constexpr Message kJobNotFound{"JOB_NOT_FOUND",
                                      "There is no such job, or it is not yours to see.",
                                      "Cet emploi n’existe pas, ou vous n’y avez pas accès."};
inline constexpr Message kJobStruck{
    "JOB_STRUCK", "This job was struck. Tell of it anew if it is one after all.",
    "Cet emploi a été rayé. Signalez-le de nouveau s’il a bien existé."};
inline constexpr Message kJobAlreadyTold{
    "JOB_ALREADY_TOLD",
    "A job of this kind that began on this day is told of already. Correct or strike that one.",
    "Un emploi de ce genre qui a commencé ce jour-là est déjà signalé. Corrigez ou rayez "
    "celui-là."};
inline constexpr Message kEndInFuture{
    "END_IN_FUTURE", "The job has not ended yet: leave its end out while it lasts.",
    "L’emploi n’est pas terminé : n’indiquez pas de fin tant qu’il dure."};
inline constexpr Message kJobEnded{
    "JOB_ENDED",
    "This job ended before the day of the answer, so the person is not employed by it. Answer with "
    "the job of that day or with none, and report the past one by itself.",
    "Cet emploi a pris fin avant le jour de la réponse : la personne n’y travaillait plus. "
    "Indiquez "
    "l’emploi de ce jour-là ou aucun, et signalez à part l’emploi passé."};
inline constexpr Message kKindRequired{
    "KIND_REQUIRED", "Say which kind of job it is: in the profession, related or other.",
    "Indiquez le genre d’emploi : dans la profession, connexe ou autre."};
inline constexpr Message kTooManyJobs{"TOO_MANY_JOBS",
                                      "This person has {0} jobs on record, and no more are kept. "
                                      "Correct one of them, by its start and "
                                      "kind, instead.",
                                      "Le dossier de cette personne compte {0} emplois, et aucun "
                                      "autre n’est conservé. Corrigez plutôt "
                                      "l’un d’eux, d’après son début et son genre."};
inline constexpr Message kOutOfRange{"OUT_OF_RANGE", "Give a number from {0} to {1}.",
                                     "Donnez un nombre de {0} à {1}."};
inline constexpr Message kEarningsRequired{"EARNINGS_REQUIRED", "Choose one of the earnings bands.",
                                           "Choisissez l’une des tranches de revenu."};
inline constexpr Message kChannelUnknown{"CHANNEL_UNKNOWN",
                                         "The channel is one of call, mail or message.",
                                         "Le moyen est call, mail ou message."};
inline constexpr Message kStateUnknown{"STATE_UNKNOWN", "There is no such state of a follow-up.",
                                       "Cet état de suivi n’existe pas."};
inline constexpr Message kProgramNotFound{"PROGRAM_NOT_FOUND",
                                          "There is no such program, or it is not yours to see.",
                                          "Ce programme n’existe pas, ou vous n’y avez pas accès."};
inline constexpr Message kProgramRequired{"PROGRAM_REQUIRED", "Name the program: programs/<id>.",
                                          "Nommez le programme : programs/<id>."};

// Titles of the funnel's steps; the reason is the step's code in upper case.
inline constexpr Message kFunnelSteps[] = {
    {"REFERRED", "Referred", "Aiguillages reçus"},
    {"ELIGIBLE", "Found eligible", "Jugés admissibles"},
    {"ADMITTED", "Admitted", "Admis"},
    {"RETURNED", "Returned to the agency", "Retournés à l’agence"},
    {"WITHDRAWN", "Withdrawn", "Retirés"},
    {"WAITLISTED", "Waitlisted", "En liste d’attente"},
    {"MENTEES_ENROLLED", "Mentees enrolled", "Mentoré·es inscrit·es"},
    {"MENTEES_READY", "Mentees ready to be matched", "Mentoré·es prêt·es au jumelage"},
    {"MENTORS_ENROLLED", "Mentors enrolled", "Mentors inscrits"},
    {"MENTORS_READY", "Mentors ready to be matched", "Mentors prêts au jumelage"},
    {"PROPOSED", "Matches proposed", "Jumelages proposés"},
    {"INTERESTED", "Everyone asked is interested", "Intérêt de toutes les personnes sollicitées"},
    {"MET", "Contact meetings held", "Rencontres de contact tenues"},
    {"MATCHED", "Matches made", "Jumelages conclus"},
    {"STARTED", "Engagements started", "Accompagnements commencés"},
    {"COMPLETED", "Engagements completed", "Accompagnements achevés"},
    {"ENDED_EARLY", "Engagements ended early", "Accompagnements terminés plus tôt"},
    {"LAPSED", "Agreements not signed in time", "Ententes non signées à temps"},
    {"DECLINED", "Proposals declined", "Propositions déclinées"},
    {"EXPIRED", "Proposals expired", "Propositions expirées"},
    {"SESSIONS", "Sessions logged", "Séances consignées"},
    {"INTRODUCTIONS", "Introductions given", "Mises en relation faites"},
    {"LEFT", "Mentees who left the program", "Mentoré·es ayant quitté le programme"},
    {"JOBS_REPORTED", "Jobs reported outside follow-ups", "Emplois signalés hors des suivis"},
};

}  // namespace tremplin::outcome

#endif  // TREMPLIN_SERVICES_OUTCOME_MESSAGES_H_
