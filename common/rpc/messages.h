#ifndef TREMPLIN_COMMON_RPC_MESSAGES_H_
#define TREMPLIN_COMMON_RPC_MESSAGES_H_

#include "common/messages/message.h"

// What the runtime itself says to callers.
namespace tremplin::rpc {

inline constexpr messages::Message kMethodUnknown{
    "METHOD_UNKNOWN", "There is no such method. Check its name and the version of the API.",
    "Cette méthode n’existe pas. Vérifiez son nom et la version de l’API."};

inline constexpr messages::Message kCredentialMissing{
    "CREDENTIAL_MISSING", "The call carries no key. Send it as “authorization: Bearer <key>”.",
    "L’appel ne porte pas de clé. Envoyez-la ainsi : « authorization: Bearer <clé> »."};

inline constexpr messages::Message kCredentialRefused{
    "CREDENTIAL_REFUSED",
    "The key is unknown, expired or revoked. Ask the operations team for one.",
    "La clé est inconnue, expirée ou révoquée. Demandez-en une à l’équipe d’exploitation."};

inline constexpr messages::Message kCredentialUnchecked{
    "CREDENTIAL_UNCHECKED", "The key cannot be checked at the moment. Try again shortly.",
    "La clé ne peut pas être vérifiée pour le moment. Réessayez sous peu."};

inline constexpr messages::Message kRoleNotAllowed{
    "ROLE_NOT_ALLOWED", "The role of this key may not call this method.",
    "Le rôle de cette clé ne permet pas d’appeler cette méthode."};

inline constexpr messages::Message kDeadlinePassed{
    "DEADLINE_PASSED",
    "The time given for the call passed before it was served. Try again with the same request id.",
    "Le délai accordé à l’appel est passé avant son traitement. Réessayez avec le même identifiant "
    "de requête."};

inline constexpr messages::Message kMalformedRequest{
    "MALFORMED_REQUEST", "The bytes sent are not a request of this method.",
    "Les octets envoyés ne sont pas une requête de cette méthode."};

inline constexpr messages::Message kInvalidUtf8{
    "INVALID_UTF8", "The text is not valid UTF-8. Save the file as UTF-8 and send it again.",
    "Le texte n’est pas de l’UTF-8 valide. Enregistrez le fichier en UTF-8 et renvoyez-le."};

inline constexpr messages::Message kUnknownEnumValue{
    "UNKNOWN_ENUM_VALUE", "The value is not one that this version of the API knows.",
    "La valeur n’est pas connue de cette version de l’API."};

inline constexpr messages::Message kTimestampOutOfRange{
    "TIMESTAMP_OUT_OF_RANGE",
    "A time lies between the years 1 and 9999, with 0 to 999,999,999 nanoseconds. Send a time in "
    "that range.",
    "Une heure se situe entre les années 1 et 9999, avec 0 à 999 999 999 nanosecondes. Envoyez une "
    "heure dans ces limites."};

inline constexpr messages::Message kDurationOutOfRange{
    "DURATION_OUT_OF_RANGE",
    "A duration is at most 10,000 years, with at most 999,999,999 nanoseconds of the same sign. "
    "Send a duration in that range.",
    "Une durée compte au plus 10 000 ans, avec au plus 999 999 999 nanosecondes de même signe. "
    "Envoyez une durée dans ces limites."};

inline constexpr messages::Message kInvalidRequestId{
    "INVALID_REQUEST_ID", "A request id is 1 to 128 printable ASCII characters.",
    "Un identifiant de requête compte de 1 à 128 caractères ASCII imprimables."};

inline constexpr messages::Message kRequestTooLarge{
    "REQUEST_TOO_LARGE", "The request is larger than {0} bytes. Send fewer items at once.",
    "La requête dépasse {0} octets. Envoyez moins d’éléments à la fois."};

inline constexpr messages::Message kRequestIdReused{
    "REQUEST_ID_REUSED",
    "This request id was used for another request. Send the first request again, or choose a new "
    "id.",
    "Cet identifiant a servi à une autre requête. Renvoyez la première, ou choisissez-en un "
    "autre."};

inline constexpr messages::Message kOverloaded{
    "OVERLOADED", "The service is at its limit at the moment. Try again shortly.",
    "Le service est à sa limite pour le moment. Réessayez sous peu."};

inline constexpr messages::Message kDraining{
    "DRAINING", "This server is shutting down. Try again; another one answers.",
    "Ce serveur s’arrête. Réessayez; un autre répondra."};

inline constexpr messages::Message kUnavailable{
    "UNAVAILABLE",
    "A part of the system cannot be reached at the moment. Try again with the same request id.",
    "Une partie du système est injoignable pour le moment. Réessayez avec le même identifiant de "
    "requête."};

inline constexpr messages::Message kConflict{
    "CONFLICT", "Others changed the same thing at the same moment. Try again.",
    "D’autres ont modifié la même chose au même moment. Réessayez."};

inline constexpr messages::Message kCancelled{"CANCELLED", "The call was cancelled by its caller.",
                                              "L’appel a été annulé par son auteur."};

inline constexpr messages::Message kInternal{
    "INTERNAL", "Something failed on our side. It has been recorded; try again later.",
    "Une erreur est survenue de notre côté. Elle a été consignée; réessayez plus tard."};

}  // namespace tremplin::rpc

#endif  // TREMPLIN_COMMON_RPC_MESSAGES_H_
