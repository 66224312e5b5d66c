#ifndef TREMPLIN_COMMON_INTAKE_MESSAGES_H_
#define TREMPLIN_COMMON_INTAKE_MESSAGES_H_

#include "common/messages/message.h"

// What is said of files of people.
namespace tremplin::intake {

using messages::Message;

inline constexpr Message kFileMissing{"FILE_MISSING", "{0} cannot be read.",
                                      "{0} ne peut pas être lu."};
inline constexpr Message kFileEmpty{"FILE_EMPTY", "{0} has no header line.",
                                    "{0} n’a pas de ligne d’en-tête."};
inline constexpr Message kColumnsWrong{
    "COLUMNS_WRONG", "The columns of {0} do not fit. Unknown: {1}. Missing: {2}.",
    "Les colonnes de {0} ne conviennent pas. Inconnues : {1}. Manquantes : {2}."};
inline constexpr Message kRowTooLong{
    "ROW_TOO_LONG",
    "Line {0}: {1} fields where the header has {2}. Put a field that holds the separator between "
    "quotation marks.",
    "Ligne {0} : {1} champs alors que l’en-tête en a {2}. Mettez entre guillemets un champ qui "
    "contient le séparateur."};
inline constexpr Message kFileOfMacintosh{
    "FILE_OF_MACINTOSH",
    "{0} is written in the Macintosh character set: its accents would be read wrongly. Save it as "
    "“CSV UTF-8 (comma delimited)” and send that.",
    "{0} est écrit avec le jeu de caractères Macintosh : ses accents seraient mal lus. "
    "Enregistrez-le au format « CSV UTF-8 (délimité par des virgules) » et envoyez celui-là."};
inline constexpr Message kFileOfMsDos{
    "FILE_OF_MSDOS",
    "{0} is written in the MS-DOS character set: its accents would be read wrongly. Save it as "
    "“CSV UTF-8 (comma delimited)” and send that.",
    "{0} est écrit avec le jeu de caractères MS-DOS : ses accents seraient mal lus. Enregistrez-le "
    "au format « CSV UTF-8 (délimité par des virgules) » et envoyez celui-là."};
inline constexpr Message kFileIsWorkbook{
    "FILE_IS_WORKBOOK",
    "{0} is a workbook of a spreadsheet, not a CSV file. Save its sheet as “CSV UTF-8 (comma "
    "delimited)” and send that.",
    "{0} est un classeur de tableur, pas un fichier CSV. Enregistrez sa feuille au format « CSV "
    "UTF-8 (délimité par des virgules) » et envoyez celui-là."};

}  // namespace tremplin::intake

#endif  // TREMPLIN_COMMON_INTAKE_MESSAGES_H_
