#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_MESSAGES_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_MESSAGES_H_

#include "common/messages/message.h"

// What is said of a request that cannot become a call.
namespace tremplin::gateway::transcoding {

inline constexpr messages::Message kPathUnknown{
    "PATH_UNKNOWN", "Nothing is at this path. The paths there are stand in /openapi.json.",
    "Il n’y a rien à cette adresse. Les adresses existantes figurent dans /openapi.json."};

inline constexpr messages::Message kMethodNotAllowed{
    "METHOD_NOT_ALLOWED", "This path takes another method: {0}.",
    "Cette adresse attend une autre méthode : {0}."};

inline constexpr messages::Message kPathMalformed{
    "PATH_MALFORMED",
    "The path is not well formed: after “%” stand two hexadecimal digits, and the whole is UTF-8 "
    "without NUL.",
    "L’adresse est mal formée : « % » est suivi de deux chiffres hexadécimaux, et le tout est de "
    "l’UTF-8 sans NUL."};

inline constexpr messages::Message kQueryMalformed{
    "QUERY_MALFORMED",
    "The query is not well formed: after “%” stand two hexadecimal digits, and the whole is UTF-8 "
    "without NUL.",
    "Les paramètres sont mal formés : « % » est suivi de deux chiffres hexadécimaux, et le tout "
    "est "
    "de l’UTF-8 sans NUL."};

inline constexpr messages::Message kUnknownField{
    "UNKNOWN_FIELD", "There is no such field. Check its name against /openapi.json.",
    "Ce champ n’existe pas. Vérifiez son nom dans /openapi.json."};

inline constexpr messages::Message kUnknownParameter{
    "UNKNOWN_PARAMETER", "There is no such parameter. Check its name against /openapi.json.",
    "Ce paramètre n’existe pas. Vérifiez son nom dans /openapi.json."};

inline constexpr messages::Message kParameterElsewhere{
    "PARAMETER_ELSEWHERE", "This field is given by the path or the body, not as a parameter.",
    "Ce champ vient de l’adresse ou du corps, non d’un paramètre."};

inline constexpr messages::Message kParameterNotScalar{
    "PARAMETER_NOT_SCALAR", "This field has fields of its own: name one of them.",
    "Ce champ a ses propres champs : nommez l’un d’eux."};

inline constexpr messages::Message kGivenTwice{
    "GIVEN_TWICE", "This is given more than once. Give it once.",
    "Cet élément est donné plus d’une fois. Donnez-le une seule fois."};

inline constexpr messages::Message kOneOfGivenTwice{"ONE_OF_GIVEN_TWICE",
                                                    "Of “{0}” only one may be given.",
                                                    "De « {0} », un seul peut être donné."};

inline constexpr messages::Message kBodyMalformed{
    "BODY_MALFORMED", "The body is not JSON from byte {0}.",
    "Le corps n’est pas du JSON à partir de l’octet {0}."};

inline constexpr messages::Message kBodyNotExpected{
    "BODY_NOT_EXPECTED", "This method takes no body.", "Cette méthode ne prend pas de corps."};

inline constexpr messages::Message kTooDeep{"TOO_DEEP",
                                            "The body is nested deeper than {0} levels.",
                                            "Le corps est imbriqué sur plus de {0} niveaux."};

inline constexpr messages::Message kExpectedObject{"WRONG_TYPE", "An object {…} is expected here.",
                                                   "On attend ici un objet {…}."};

inline constexpr messages::Message kExpectedList{"WRONG_TYPE", "A list […] is expected here.",
                                                 "On attend ici une liste […]."};

inline constexpr messages::Message kExpectedText{"WRONG_TYPE", "A text is expected here.",
                                                 "On attend ici un texte."};

inline constexpr messages::Message kExpectedWholeNumber{
    "WRONG_TYPE", "A whole number is expected here.", "On attend ici un nombre entier."};

inline constexpr messages::Message kExpectedNumber{"WRONG_TYPE", "A number is expected here.",
                                                   "On attend ici un nombre."};

inline constexpr messages::Message kExpectedYesNo{"WRONG_TYPE", "true or false is expected here.",
                                                  "On attend ici true ou false."};

inline constexpr messages::Message kExpectedEnumName{
    "WRONG_TYPE", "The name of a value, or its number, is expected here.",
    "On attend ici le nom d’une valeur ou son numéro."};

inline constexpr messages::Message kExpectedBytes{
    "WRONG_TYPE", "Bytes in base64 are expected here.", "On attend ici des octets en base64."};

inline constexpr messages::Message kExpectedTime{
    "WRONG_TYPE", "A time like 2026-11-29T14:20:00Z is expected here.",
    "On attend ici une heure comme 2026-11-29T14:20:00Z."};

inline constexpr messages::Message kExpectedDuration{
    "WRONG_TYPE", "A duration like 1.5s is expected here.", "On attend ici une durée comme 1.5s."};

inline constexpr messages::Message kExpectedMask{
    "WRONG_TYPE", "Names of fields with commas are expected here.",
    "On attend ici des noms de champs séparés par des virgules."};

inline constexpr messages::Message kOutOfRange{"OUT_OF_RANGE",
                                               "The number is beyond what this field holds.",
                                               "Le nombre dépasse ce que ce champ peut contenir."};

inline constexpr messages::Message kUnknownEnumValue{
    "UNKNOWN_ENUM_VALUE", "The value is not one that this version of the API knows.",
    "La valeur n’est pas connue de cette version de l’API."};

inline constexpr messages::Message kNullInList{
    "NULL_IN_LIST", "A list or map holds no null.",
    "Une liste ou un dictionnaire ne contient pas de null."};

}  // namespace tremplin::gateway::transcoding

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_MESSAGES_H_
