#ifndef TREMPLIN_TOOLS_TREMPLINCTL_BACKUP_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_BACKUP_MESSAGES_H_

#include "common/messages/message.h"

// What backup and restore say, in both languages.
namespace tremplin::ctl {

inline constexpr messages::Message kStoreUnreadable{"STORE_UNREADABLE",
                                                    "{0} cannot be read as a store: {1}.",
                                                    "{0} ne peut être lu comme base : {1}."};
inline constexpr messages::Message kStoreBroken{
    "STORE_BROKEN", "{0} is damaged ({1}). Take an older copy.",
    "{0} est endommagé ({1}). Prenez une copie plus ancienne."};
inline constexpr messages::Message kCopyFailed{"COPY_FAILED", "{0} could not be written: {1}.",
                                               "{0} n’a pas pu être écrit : {1}."};
inline constexpr messages::Message kTargetThere{
    "TARGET_THERE", "{0} is there already; nothing was written over. Move it away first.",
    "{0} existe déjà ; rien n’a été écrasé. Déplacez-le d’abord."};
inline constexpr messages::Message kKeysMissing{
    "KEYS_MISSING",
    "{0} is missing. A store is opened by the keys it was made with: put master.key and index.key "
    "into the folder first.",
    "{0} manque. Une base ne s’ouvre qu’avec les clés de son origine : mettez d’abord master.key "
    "et "
    "index.key dans le dossier."};
inline constexpr messages::Message kFolderInUse{
    "FOLDER_IN_USE", "A process of the system runs on {0}. Stop it first.",
    "Un processus du système utilise {0}. Arrêtez-le d’abord."};
inline constexpr messages::Message kBackedUp{
    "BACKED_UP",
    "{0}: {1} KiB, checked. It is of use only with master.key and index.key; keep those too, in "
    "another place.",
    "{0} : {1} Kio, vérifié. La copie ne sert qu’avec master.key et index.key ; conservez-les "
    "aussi, "
    "ailleurs."};
inline constexpr messages::Message kRestored{
    "RESTORED", "Restored into {0}. Start the system; events not yet handled are handled then.",
    "Restauré dans {0}. Démarrez le système ; les événements en attente seront alors traités."};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_BACKUP_MESSAGES_H_
