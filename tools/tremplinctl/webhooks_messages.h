#ifndef TREMPLIN_TOOLS_TREMPLINCTL_WEBHOOKS_MESSAGES_H_
#define TREMPLIN_TOOLS_TREMPLINCTL_WEBHOOKS_MESSAGES_H_

#include "common/messages/message.h"

// What `webhooks` says.
namespace tremplin::ctl {

using messages::Message;

inline constexpr Message kWebhookCreated{
    "WEBHOOK_CREATED",
    "{0} is created; its secret is in {1} and is not shown again. Try it: webhooks test {0}",
    "{0} est créé ; son secret est dans {1} et ne sera plus montré. Essayez-le : webhooks test "
    "{0}"};
inline constexpr Message kWebhookRotated{
    "WEBHOOK_ROTATED",
    "The new secret of {0} is in {1}. The one before signs too until {2}: put the new one in force "
    "by then.",
    "Le nouveau secret de {0} est dans {1}. Le précédent signe aussi jusqu’au {2} : mettez le "
    "nouveau en service d’ici là."};
inline constexpr Message kWebhookSecretLost{
    "WEBHOOK_SECRET_LOST",
    "The secret could not be kept: rotate {0} again, into a file that can be written.",
    "Le secret n’a pas pu être conservé : renouvelez {0} encore une fois, dans un fichier "
    "accessible en écriture."};
inline constexpr Message kWebhookUpdated{"WEBHOOK_UPDATED", "{0} is changed.", "{0} est modifié."};
inline constexpr Message kWebhookDeleted{"WEBHOOK_DELETED", "{0} is deleted, its secret with it.",
                                         "{0} est supprimé, avec son secret."};
inline constexpr Message kWebhookReplayed{"WEBHOOK_REPLAYED", "{0} goes on from there.",
                                          "{0} reprend à partir de là."};
inline constexpr Message kWebhookTestTaken{"WEBHOOK_TEST_TAKEN",
                                           "The test was taken: HTTP {0} after {1} ms.",
                                           "Le test a été accepté : HTTP {0} après {1} ms."};
inline constexpr Message kWebhookTestFailed{
    "WEBHOOK_TEST_FAILED",
    "The test was not taken: {0} (HTTP {1}) after {2} ms. Put the address right and try again.",
    "Le test n’a pas été accepté : {0} (HTTP {1}) après {2} ms. Corrigez l’adresse et réessayez."};
inline constexpr Message kNoWebhooks{"NO_WEBHOOKS",
                                     "There are no webhooks. Make one: webhooks create",
                                     "Il n’y a pas de webhook. Créez-en un : webhooks create"};
inline constexpr Message kNoDeliveries{"NO_DELIVERIES", "Nothing was tried in the last 30 days.",
                                       "Rien n’a été tenté ces 30 derniers jours."};

}  // namespace tremplin::ctl

#endif  // TREMPLIN_TOOLS_TREMPLINCTL_WEBHOOKS_MESSAGES_H_
