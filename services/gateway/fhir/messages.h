#ifndef TREMPLIN_SERVICES_GATEWAY_FHIR_MESSAGES_H_
#define TREMPLIN_SERVICES_GATEWAY_FHIR_MESSAGES_H_

#include "common/messages/message.h"

// What is said of resources of FHIR, and in them.
namespace tremplin::gateway::fhir {

inline constexpr messages::Message kModifier{
    "MODIFIER_NOT_SUPPORTED",
    "This may change the meaning of the whole resource, and is not understood. Send it without.",
    "Cet élément peut changer le sens de toute la ressource et n’est pas compris. Envoyez-la sans "
    "lui."};
inline constexpr messages::Message kNotKept{"ELEMENT_NOT_KEPT", "Nothing is made of this element.",
                                            "Rien n’est fait de cet élément."};
inline constexpr messages::Message kTaken{"TAKEN", "All of it was taken.", "Tout a été pris."};
inline constexpr messages::Message kTooManyElements{
    "TOO_MANY_ELEMENTS", "There are more than {0} of these.", "Il y en a plus de {0}."};
inline constexpr messages::Message kTypeWanted{
    "RESOURCE_TYPE", "A resource of type {0} is expected here: say it as resourceType.",
    "On attend ici une ressource de type {0} : indiquez-le dans resourceType."};
inline constexpr messages::Message kIdentifierWanted{
    "IDENTIFIER_WANTED",
    "Give your own key of the referral. Its system is a URI without blanks and without “|”; a "
    "value "
    "with “|” needs a system.",
    "Donnez votre propre clé de l’aiguillage. Son system est un URI sans espace ni « | »; une "
    "value "
    "avec « | » demande un system."};
inline constexpr messages::Message kActiveWanted{
    "STATUS_NOT_ACTIVE",
    "A referral comes with the status “active”. To withdraw one, set the status of its Task to "
    "“cancelled”.",
    "Un aiguillage vient avec le statut « active ». Pour en retirer un, mettez le statut de sa "
    "Task à « cancelled »."};
inline constexpr messages::Message kIntentWanted{
    "INTENT_WANTED", "Say the intent: “order”, or “proposal”, “plan”, “directive”.",
    "Indiquez l’intent : « order », ou « proposal », « plan », « directive »."};
inline constexpr messages::Message kDoNotPerform{
    "DO_NOT_PERFORM", "A request not to do something is no referral.",
    "Une demande de ne pas faire quelque chose n’est pas un aiguillage."};
inline constexpr messages::Message kRequesterWanted{
    "REQUESTER_WANTED",
    "Name the organization that refers: “Organization/…” with its id here, or an identifier of the "
    "system {0}.",
    "Nommez l’organisme qui aiguille : « Organization/… » avec son identifiant ici, ou un "
    "identifier du système {0}."};
inline constexpr messages::Message kPerformerWanted{
    "PERFORMER_WANTED",
    "Name 1 to 30 programs: “HealthcareService/…” with the program’s id, or an identifier of the "
    "system {0}.",
    "Nommez de 1 à 30 programmes : « HealthcareService/… » avec l’identifiant du programme, ou un "
    "identifier du système {0}."};
inline constexpr messages::Message kSubjectWanted{
    "SUBJECT_WANTED",
    "The Patient is to come along: contained in the resource, or as an entry of the same Bundle.",
    "Le Patient doit venir avec : contenu dans la ressource, ou comme entrée du même Bundle."};
inline constexpr messages::Message kAnswerKind{
    "ANSWER_KIND",
    "An answer is a text, a yes or no, a whole number, a day or a coding: valueString, "
    "valueBoolean, valueInteger, valueDate or valueCoding.",
    "Une réponse est un texte, un oui ou un non, un nombre entier, un jour ou un code : "
    "valueString, valueBoolean, valueInteger, valueDate ou valueCoding."};

// Where a referral stands with a program.
inline constexpr messages::Message kPlaceReceived{"RECEIVED", "Received", "Demande reçue"};
inline constexpr messages::Message kPlaceUnderReview{"UNDER_REVIEW", "Under review", "À l’étude"};
inline constexpr messages::Message kPlaceReturned{"RETURNED", "Returned to who referred",
                                                  "Demande retournée à l’organisme"};
inline constexpr messages::Message kPlaceWaitlisted{"WAITLISTED", "On the waiting list",
                                                    "Sur la liste d’attente"};
inline constexpr messages::Message kPlaceWithdrawn{"WITHDRAWN", "Withdrawn", "Demande retirée"};
inline constexpr messages::Message kPlaceAdmitted{"ADMITTED", "Admitted", "Personne admise"};
inline constexpr messages::Message kPlaceEnrolled{"ENROLLED", "Enrolled", "Personne inscrite"};
inline constexpr messages::Message kPlaceReady{"READY", "Ready to be matched",
                                               "En attente d’un jumelage"};
inline constexpr messages::Message kPlaceMatched{"MATCHED", "Matched with a mentor",
                                                 "Jumelage fait"};
inline constexpr messages::Message kPlaceStarted{"STARTED", "Mentoring has begun",
                                                 "Le mentorat a commencé"};
inline constexpr messages::Message kPlaceCompleted{"COMPLETED", "Mentoring is completed",
                                                   "Le mentorat est terminé"};
inline constexpr messages::Message kPlaceEndedEarly{"ENDED_EARLY", "Mentoring ended early",
                                                    "Le mentorat a pris fin avant terme"};
// What a ServiceRequest asks for.
inline constexpr messages::Message kServiceAsked{"SERVICE_ASKED", "Mentoring for employment",
                                                 "Mentorat pour l’emploi"};

// Of requests.
inline constexpr messages::Message kFhirPathUnknown{
    "FHIR_PATH_UNKNOWN", "There is nothing here. /fhir/r4/metadata says what there is.",
    "Il n’y a rien ici. /fhir/r4/metadata dit ce qu’il y a."};
inline constexpr messages::Message kFhirMediaType{
    "FHIR_MEDIA_TYPE", "The body is to be JSON: send “Content-Type: application/fhir+json”.",
    "Le corps doit être du JSON : envoyez « Content-Type: application/fhir+json »."};
inline constexpr messages::Message kFhirFormWanted{
    "FHIR_FORM_WANTED",
    "The parameters of a search come as a form: send “Content-Type: "
    "application/x-www-form-urlencoded”.",
    "Les paramètres d’une recherche viennent en formulaire : envoyez « Content-Type: "
    "application/x-www-form-urlencoded »."};
inline constexpr messages::Message kFhirNotAcceptable{
    "FHIR_NOT_ACCEPTABLE", "Answers are JSON only: application/fhir+json.",
    "Les réponses sont en JSON seulement : application/fhir+json."};
inline constexpr messages::Message kSearchParameter{
    "SEARCH_PARAMETER",
    "This search does not know the parameter, or it is given twice. /fhir/r4/metadata says which "
    "there are.",
    "Cette recherche ne connaît pas le paramètre, ou il est donné deux fois. /fhir/r4/metadata dit "
    "lesquels existent."};
inline constexpr messages::Message kSearchValue{"SEARCH_VALUE",
                                                "The search cannot read this value.",
                                                "La recherche ne peut pas lire cette valeur."};
inline constexpr messages::Message kSearchInclude{
    "SEARCH_INCLUDE", "Only Task:focus and Task:based-on can be included.",
    "Seuls Task:focus et Task:based-on peuvent être inclus."};
inline constexpr messages::Message kSearchOneOf{
    "SEARCH_ONE_OF", "Of _id, identifier, based-on, focus and status give one at a time.",
    "De _id, identifier, based-on, focus et status, donnez-en un seul à la fois."};
inline constexpr messages::Message kBundleKind{
    "BUNDLE_KIND",
    "A Bundle is a transaction of one ServiceRequest with its Patient, its facts and its Tasks, "
    "each with the request POST.",
    "Un Bundle est une transaction d’un ServiceRequest avec son Patient, ses faits et ses Task, "
    "chacun avec la requête POST."};
inline constexpr messages::Message kTaskStatus{
    "TASK_STATUS",
    "Of a Task the status can be set to “cancelled”, which withdraws, or from there or from "
    "“rejected” to “requested”, which reopens.",
    "D’une Task, on peut mettre le statut à « cancelled », ce qui retire, ou de là ou de "
    "« rejected » à « requested », ce qui rouvre."};
inline constexpr messages::Message kTaskId{"TASK_ID", "The id is to be the one of the path.",
                                           "L’id doit être celui de l’adresse."};

}  // namespace tremplin::gateway::fhir

#endif  // TREMPLIN_SERVICES_GATEWAY_FHIR_MESSAGES_H_
