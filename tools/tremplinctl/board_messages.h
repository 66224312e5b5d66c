#ifndef TREMPLIN_TOOLS_TREMPLINCTL_BOARD_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_BOARD_MESSAGES_H_

#include "common/messages/message.h"

// What the commands of a coordinator's board say, in both languages.
namespace tremplin::ctl {

inline constexpr messages::Message kTimeUnreadable{
    "TIME_UNREADABLE", "{0} is no time: give 2026-03-01, or 2026-03-01T00:00:00-05:00.",
    "{0} n’est pas un moment : donnez 2026-03-01, ou 2026-03-01T00:00:00-05:00."};
inline constexpr messages::Message kAssignmentUnreadable{"ASSIGNMENT_UNREADABLE",
                                                         "{0} is not of the form NAME=VALUE.",
                                                         "{0} n’est pas de la forme NOM=VALEUR."};
inline constexpr messages::Message kNumberUnreadable{"NUMBER_UNREADABLE", "{0} has no number.",
                                                     "{0} ne contient pas de nombre."};
inline constexpr messages::Message kNamesOrAll{
    "NAMES_OR_ALL", "Name the proposals to approve, or give --all.",
    "Nommez les propositions à approuver, ou donnez --all."};
inline constexpr messages::Message kApproved{"APPROVED", "Approved: {0} of {1}.",
                                             "Approuvées : {0} sur {1}."};
inline constexpr messages::Message kNotApproved{"NOT_APPROVED", "{0}: {1}", "{0} : {1}"};
inline constexpr messages::Message kPinTold{"PIN_TOLD", "{0} is pinned to {1} until {2} ({3}).",
                                            "{0} est épinglée à {1} jusqu’au {2} ({3})."};
inline constexpr messages::Message kPinLifted{"PIN_LIFTED", "{0} is not pinned to {1}.",
                                              "{0} n’est pas épinglée à {1}."};
inline constexpr messages::Message kPausedUntil{"PAUSED_UNTIL", "{0} is paused until {1}.",
                                                "{0} est en pause jusqu’au {1}."};
inline constexpr messages::Message kPausedOpenly{"PAUSED_OPENLY", "{0} is paused until resumed.",
                                                 "{0} est en pause jusqu’à sa reprise."};
inline constexpr messages::Message kResumed{"RESUMED", "{0} is not paused.",
                                            "{0} n’est pas en pause."};
inline constexpr messages::Message kEffectsLeftOut{"EFFECTS_LEFT_OUT", "And {0} more.",
                                                   "Et {0} de plus."};
inline constexpr messages::Message kFigureHeading{"FIGURE_HEADING", "Figure", "Chiffre"};
inline constexpr messages::Message kNowHeading{"NOW_HEADING", "Now", "Maintenant"};
inline constexpr messages::Message kThenHeading{"THEN_HEADING", "Then", "Ensuite"};
inline constexpr messages::Message kMenteesFigure{"MENTEES_FIGURE", "Mentees who wait",
                                                  "Personnes en attente"};
inline constexpr messages::Message kPlacesFigure{"PLACES_FIGURE", "Free places", "Places libres"};
inline constexpr messages::Message kPinnedFigure{"PINNED_FIGURE", "Pinned pairs",
                                                 "Paires épinglées"};
inline constexpr messages::Message kChosenFigure{"CHOSEN_FIGURE", "Pairs chosen",
                                                 "Paires choisies"};
inline constexpr messages::Message kPointsFigure{"POINTS_FIGURE", "Points", "Points"};
inline constexpr messages::Message kGroupFigure{"GROUP_FIGURE", "Matched, {0} {1}",
                                                "Jumelées, {0} {1}"};
inline constexpr messages::Message kCertifiedFigure{"CERTIFIED_FIGURE", "Proved", "Prouvé"};
inline constexpr messages::Message kYes{"YES", "yes", "oui"};
inline constexpr messages::Message kNo{"NO", "no", "non"};
inline constexpr messages::Message kGains{"GAINS", "+ {0} with {1}", "+ {0} avec {1}"};
inline constexpr messages::Message kLoses{"LOSES", "− {0} with {1}: {2}", "− {0} avec {1} : {2}"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_BOARD_MESSAGES_H_
