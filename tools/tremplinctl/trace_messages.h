#ifndef TREMPLIN_TOOLS_TREMPLINCTL_TRACE_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_TRACE_MESSAGES_H_

#include "common/messages/message.h"

// What `tremplinctl trace` says, in both languages.
namespace tremplin::ctl {

using messages::Message;

inline constexpr Message kTraceIdWrong{
    "TRACE_ID_WRONG",
    "Give a trace id (32 hexadecimal digits), a traceparent, a request id or an event id, of 1 to "
    "1024 printable characters.",
    "Donnez un identifiant de trace (32 chiffres hexadécimaux), un traceparent, un identifiant de "
    "requête ou un identifiant d’événement, de 1 à 1024 caractères imprimables."};
inline constexpr Message kTraceNowhere{
    "TRACE_NOWHERE",
    "These logs have nothing of {0}. Give those of all services of that time, written at the log "
    "level info, and the whole id.",
    "Ces journaux n’ont rien de {0}. Donnez ceux de tous les services de ce moment, écrits au "
    "niveau info, et l’identifiant entier."};
inline constexpr Message kTraceNoInput{
    "TRACE_NO_INPUT",
    "Give files or folders of logs, or hand them in: journalctl -o cat -u 'tremplin*' | "
    "tremplinctl "
    "trace ID.",
    "Donnez des fichiers ou des dossiers de journaux, ou passez-les en entrée : journalctl -o cat "
    "-u 'tremplin*' | tremplinctl trace ID."};
inline constexpr Message kTraceManyFiles{
    "TRACE_MANY_FILES", "There are more than {0} files. Give folders with fewer.",
    "Il y a plus de {0} fichiers. Donnez des dossiers qui en ont moins."};
inline constexpr Message kTraceHead{"TRACE_HEAD", "Trace {0}, from {1} UTC: {2} steps in {3} ms.",
                                    "Trace {0}, à partir de {1} UTC : {2} étapes en {3} ms."};
inline constexpr Message kTraceParents{
    "TRACE_PARENTS",
    "{0} steps come from steps that these logs do not have. Give the logs of all services.",
    "{0} étapes viennent d’étapes que ces journaux n’ont pas. Donnez les journaux de tous les "
    "services."};
inline constexpr Message kTraceMore{
    "TRACE_MORE", "There is more than is shown: at most {0} traces and {1} steps are.",
    "Il y en a plus que ce qui est montré : au plus {0} traces et {1} étapes le sont."};
inline constexpr Message kTraceEvent{"TRACE_EVENT", "event {0}", "événement {0}"};
inline constexpr Message kTraceApplied{"TRACE_APPLIED", "applied", "appliqué"};
inline constexpr Message kTraceRepeat{"TRACE_REPEAT", "came again, dropped", "revenu, écarté"};
inline constexpr Message kTraceParked{"TRACE_PARKED", "parked behind a dead letter",
                                      "en attente derrière une lettre morte"};
inline constexpr Message kTraceFailed{"TRACE_FAILED", "failed, to be tried again",
                                      "échec, à réessayer"};
inline constexpr Message kTraceDead{"TRACE_DEAD", "dead letter", "lettre morte"};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_TRACE_MESSAGES_H_
