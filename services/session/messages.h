#ifndef TREMPLIN_SERVICES_SESSION_MESSAGES_H_
#define TREMPLIN_SERVICES_SESSION_MESSAGES_H_

#include "common/messages/message.h"

// What session says to people, in both languages.
namespace tremplin::session {

using messages::Message;

// Not found, or not the caller's to see: nobody learns which.
inline constexpr Message kMentorshipNotFound{
    "MENTORSHIP_NOT_FOUND", "There is no such mentorship among those you may see.",
    "Il n’y a pas de mentorat de ce nom parmi ceux que vous pouvez voir."};
inline constexpr Message kProgramNotFound{
    "PROGRAM_NOT_FOUND", "There is no such program among those you may see.",
    "Il n’y a pas de programme de ce nom parmi ceux que vous pouvez voir."};

// What a mentorship's state does not allow.
inline constexpr Message kAgreementPending{
    "AGREEMENT_PENDING", "The mentorship begins when both have signed the agreement.",
    "Le mentorat commence quand les deux parties ont signé l’entente."};
inline constexpr Message kAlreadyActive{"MENTORSHIP_ACTIVE",
                                        "The agreement is signed; the mentorship is under way.",
                                        "L’entente est signée; le mentorat est en cours."};
inline constexpr Message kMentorshipEnded{"MENTORSHIP_ENDED", "This mentorship has ended.",
                                          "Ce mentorat a pris fin."};
inline constexpr Message kAlreadySigned{"ALREADY_SIGNED",
                                        "This side has signed the agreement already.",
                                        "Cette partie a déjà signé l’entente."};
inline constexpr Message kSigningLate{"SIGNING_LATE",
                                      "The time to sign has run out; the agreement is lapsing.",
                                      "Le délai de signature est écoulé; l’entente devient "
                                      "caduque."};
inline constexpr Message kClosing{"MENTORSHIP_CLOSING",
                                  "The time after the term has run out; the mentorship is closing.",
                                  "Le délai après l’échéance est écoulé; le mentorat se clôt."};
inline constexpr Message kNotDueYet{"NOT_DUE_YET", "It is not due yet.",
                                    "Ce n’est pas encore échu."};
inline constexpr Message kTermNotReached{
    "TERM_NOT_REACHED",
    "The term is not reached: complete it because the goals are met, or end it early.",
    "L’échéance n’est pas atteinte : terminez-le parce que les objectifs sont atteints, ou "
    "mettez-y fin plus tôt."};
inline constexpr Message kHeldInFuture{"HELD_IN_FUTURE", "A session is logged after it was held.",
                                       "Une séance se consigne après avoir eu lieu."};
inline constexpr Message kHeldBeforeStart{"HELD_BEFORE_START",
                                          "This session was held before the mentorship began.",
                                          "Cette séance a eu lieu avant le début du mentorat."};
inline constexpr Message kExtensionTooLong{"EXTENSION_TOO_LONG",
                                           "The program allows {0} more days at most.",
                                           "Le programme permet au plus {0} jours de plus."};
inline constexpr Message kSessionLoggedAlready{
    "SESSION_ALREADY_LOGGED",
    "A session of this kind that began at this time has been logged already.",
    "Une séance de ce type, commencée à cette heure, est déjà consignée."};

// Faults of a request's fields.
inline constexpr Message kMinutesOutOfRange{"MINUTES_OUT_OF_RANGE",
                                            "A session lasts 5 to 600 minutes.",
                                            "Une séance dure de 5 à 600 minutes."};
inline constexpr Message kContactRequired{
    "CONTACT_REQUIRED", "Say how they met: in person, by video, by call or by mail.",
    "Dites comment la rencontre a eu lieu : en personne, par vidéo, par appel ou par courriel."};
inline constexpr Message kHeldTimeRequired{"HELD_TIME_REQUIRED", "Say when the session began.",
                                           "Dites quand la séance a commencé."};
inline constexpr Message kRatingOutOfRange{"RATING_OUT_OF_RANGE", "The rating is 1 to 10.",
                                           "La note va de 1 à 10."};
inline constexpr Message kReviewStatusRequired{
    "REVIEW_STATUS_REQUIRED", "Say whether the mentorship is on track or at risk.",
    "Dites si le mentorat va bien ou s’il est à risque."};
inline constexpr Message kDaysOutOfRange{"DAYS_OUT_OF_RANGE", "Name 1 to 3650 days.",
                                         "Indiquez de 1 à 3650 jours."};
inline constexpr Message kReasonUnknown{"REASON_UNKNOWN", "Give one of the reasons: {0}.",
                                        "Donnez l’une des raisons : {0}."};

}  // namespace tremplin::session

#endif  // TREMPLIN_SERVICES_SESSION_MESSAGES_H_
