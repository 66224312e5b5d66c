#ifndef TREMPLIN_TOOLS_TREMPLINCTL_PEOPLE_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_PEOPLE_MESSAGES_H_

#include "common/messages/message.h"

// What `people` and `consent` say.
namespace tremplin::ctl {

using messages::Message;

inline constexpr Message kNobodyFound{"NOBODY_FOUND", "Nobody was found.",
                                      "Personne n’a été trouvé."};
inline constexpr Message kCorrected{"CORRECTED", "{0} is corrected (revision {1}).",
                                    "{0} est corrigé (révision {1})."};
inline constexpr Message kCorrectedBy{"CORRECTED_BY", "{0}, by {1}:", "{0}, par {1} :"};
inline constexpr Message kNeverCorrected{"NEVER_CORRECTED", "Nothing was corrected.",
                                         "Rien n’a été corrigé."};
inline constexpr Message kNoSuggestions{"NO_SUGGESTIONS", "Nobody seems to be here twice.",
                                        "Personne ne semble inscrit deux fois."};
inline constexpr Message kNoLinks{"NO_LINKS", "No entries are linked.", "Aucun dossier n’est lié."};
inline constexpr Message kLinkWould{
    "LINK_WOULD", "A link of the two would change this:", "Lier les deux changerait ceci :"};
inline constexpr Message kUnlinkWould{
    "UNLINK_WOULD", "Undoing their link would change this:", "Annuler leur lien changerait ceci :"};
inline constexpr Message kLinkStrangers{
    "LINK_STRANGERS",
    "They share neither e-mail nor name and birth date. A link of them has to be confirmed: "
    "--confirm.",
    "Ils n’ont en commun ni courriel, ni nom et date de naissance. Un tel lien doit être confirmé "
    ": "
    "--confirm."};
inline constexpr Message kLinked{"LINKED", "{0} and {1} are linked: one person.",
                                 "{0} et {1} sont liés : une seule personne."};
inline constexpr Message kUnlinked{"UNLINKED", "The link of {0} and {1} is undone.",
                                   "Le lien de {0} et {1} est annulé."};
inline constexpr Message kKeptApart{"KEPT_APART",
                                    "{0} and {1} are two people, and are suggested no more.",
                                    "{0} et {1} sont deux personnes et ne sont plus suggérés."};
inline constexpr Message kShare{"SHARE", "share: {0}", "en commun : {0}"};
inline constexpr Message kDiffer{"DIFFER", "differ: {0}", "diffèrent : {0}"};

// What entries share and what they do not.
inline constexpr Message kWordEmail{"WORD_EMAIL", "e-mail", "courriel"};
inline constexpr Message kWordNameAndBirthDate{"WORD_NAME_AND_BIRTH_DATE", "name and birth date",
                                               "nom et date de naissance"};
inline constexpr Message kWordName{"WORD_NAME", "name", "nom"};
inline constexpr Message kWordBirthDate{"WORD_BIRTH_DATE", "birth date", "date de naissance"};
inline constexpr Message kWordPhone{"WORD_PHONE", "phone", "téléphone"};
inline constexpr Message kWordNothing{"WORD_NOTHING", "nothing", "rien"};

// The ledger of consents.
inline constexpr Message kNoConsents{"NO_CONSENTS", "Nothing was said of consent.",
                                     "Rien n’a été dit du consentement."};
inline constexpr Message kConsentIsGiven{"CONSENT_IS_GIVEN",
                                         "Consent to share {0} is given as of {1}.",
                                         "Le consentement à la communication de {0} est donné "
                                         "depuis le {1}."};
inline constexpr Message kConsentIsWithdrawn{
    "CONSENT_IS_WITHDRAWN",
    "Consent to share {0} is withdrawn as of {1}. Whoever referred the person is told nothing more "
    "from then on.",
    "Le consentement à la communication de {0} est retiré depuis le {1}. Qui a aiguillé la "
    "personne "
    "n’apprend plus rien d’elle à partir de là."};
inline constexpr Message kConsentGiven{"CONSENT_GIVEN", "given", "donné"};
inline constexpr Message kConsentWithdrawn{"CONSENT_WITHDRAWN", "withdrawn", "retiré"};
inline constexpr Message kSpeakerFile{"SPEAKER_FILE", "the file", "le dossier"};
inline constexpr Message kSpeakerOrganization{"SPEAKER_ORGANIZATION", "the organization",
                                              "l’organisme"};
inline constexpr Message kSpeakerPerson{"SPEAKER_PERSON", "the person", "la personne"};
inline constexpr Message kSpeakerStaff{"SPEAKER_STAFF", "staff", "le personnel"};
inline constexpr Message kYes{"YES", "yes", "oui"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_PEOPLE_MESSAGES_H_
