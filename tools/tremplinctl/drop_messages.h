#ifndef TREMPLIN_TOOLS_TREMPLINCTL_DROP_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_DROP_MESSAGES_H_

#include "common/messages/message.h"

// What is said of a folder that is watched, and of files put into it.
namespace tremplin::ctl {

inline constexpr messages::Message kDropMissing{
    "DROP_MISSING", "{0} is not there, or is no folder. Make it, or name another.",
    "{0} n’existe pas ou n’est pas un dossier. Créez-le ou indiquez-en un autre."};
inline constexpr messages::Message kDropNotWritten{
    "DROP_NOT_WRITTEN",
    "In {0} nothing can be written or moved by this user. Make this user the folder’s owner.",
    "Dans {0}, cet utilisateur ne peut rien écrire ni déplacer. Faites-en le propriétaire du "
    "dossier."};
inline constexpr messages::Message kDropOpen{
    "DROP_OPEN",
    "In {0} others could exchange this user’s own files. Make this user its owner, and set its "
    "sticky bit: chmod +t.",
    "Dans {0}, d’autres pourraient remplacer les fichiers de cet utilisateur. Faites-en le "
    "propriétaire et activez le bit d’interdiction de suppression : chmod +t."};
inline constexpr messages::Message kDropNotOurs{
    "DROP_NOT_OURS", "{0} is no folder of this user’s. Move it away, then start again.",
    "{0} n’est pas un dossier de cet utilisateur. Déplacez-le, puis relancez."};
inline constexpr messages::Message kDropWatched{
    "DROP_WATCHED", "{0} is watched by another process already. End that one first.",
    "{0} est déjà surveillé par un autre processus. Arrêtez-le d’abord."};
inline constexpr messages::Message kDropNotMoved{
    "DROP_NOT_MOVED",
    "Something in {0} cannot be taken by this user, and is left alone until it changes. Make this "
    "user the folder’s owner, or remove it.",
    "Un élément de {0} ne peut être pris par cet utilisateur et est laissé tel quel jusqu’à ce "
    "qu’il change. Faites de cet utilisateur le propriétaire du dossier, ou retirez l’élément."};
inline constexpr messages::Message kDropLink{
    "DROP_LINK", "{0} is a link to another file. Put the file itself here.",
    "{0} est un lien vers un autre fichier. Déposez le fichier lui-même."};
inline constexpr messages::Message kDropFolder{
    "DROP_FOLDER", "{0} is a folder. Put the files in it here one by one.",
    "{0} est un dossier. Déposez ici les fichiers qu’il contient, un par un."};
inline constexpr messages::Message kDropNoFile{
    "DROP_NO_FILE", "{0} is no ordinary file. Put a CSV file here.",
    "{0} n’est pas un fichier ordinaire. Déposez un fichier CSV."};
inline constexpr messages::Message kDropTooLarge{
    "DROP_TOO_LARGE", "{0} is larger than {1} MiB. Put it here in several files.",
    "{0} dépasse {1} Mio. Déposez-le en plusieurs fichiers."};
inline constexpr messages::Message kDropUnreadable{
    "DROP_UNREADABLE",
    "{0} may be read by its owner alone. Put it here again so that the folder’s group may read it.",
    "{0} n’est lisible que par son propriétaire. Déposez-le de nouveau de façon que le groupe du "
    "dossier puisse le lire."};
inline constexpr messages::Message kDropAgain{
    "DROP_AGAIN",
    "Nothing of it was taken. Put it right, then put it into the folder again, under any name.",
    "Rien n’en a été pris. Corrigez-le, puis déposez-le de nouveau dans le dossier, sous n’importe "
    "quel nom."};
// What the watching process tells its operator: never a file's name, which may be a person's.
inline constexpr messages::Message kDropWatching{
    "DROP_WATCHING", "Watching {0}. Ends after the present chunk on SIGTERM or Ctrl-C.",
    "Surveillance de {0}. S’arrête après le lot en cours sur SIGTERM ou Ctrl-C."};
inline constexpr messages::Message kDropTaken{"DROP_TAKEN", "A file was imported ({0}).",
                                              "Un fichier a été importé ({0})."};
inline constexpr messages::Message kDropRefused{
    "DROP_REFUSED", "A file was refused: {0}. Why stands beside it in refused/.",
    "Un fichier a été refusé : {0}. La raison figure à côté, dans refused/."};
inline constexpr messages::Message kDropMoving{
    "DROP_MOVING", "{0} files may still be written to. They are taken the next time.",
    "{0} fichiers sont peut-être encore en cours d’écriture. Ils seront pris la prochaine fois."};
inline constexpr messages::Message kDropChanged{
    "DROP_CHANGED", "A file was still written to while it was read. It is read again.",
    "Un fichier a été modifié pendant sa lecture. Il est relu."};
inline constexpr messages::Message kDropWaiting{"DROP_WAITING",
                                                "A file waits, and is tried again in {0} s: {1}",
                                                "Un fichier attend, nouvel essai dans {0} s : {1}"};
inline constexpr messages::Message kDropEnded{
    "DROP_ENDED", "Ended in the midst of a file: the next start goes on with it.",
    "Arrêté au milieu d’un fichier : le prochain lancement le reprendra."};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_DROP_MESSAGES_H_
