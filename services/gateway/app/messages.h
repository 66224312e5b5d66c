#ifndef TREMPLIN_SERVICES_GATEWAY_APP_MESSAGES_H_
#define TREMPLIN_SERVICES_GATEWAY_APP_MESSAGES_H_

#include "common/messages/message.h"

// What the gateway says of requests before and beside the services.
namespace tremplin::gateway {

inline constexpr messages::Message kMediaType{
    "MEDIA_TYPE_UNSUPPORTED", "The body is to be JSON: send “Content-Type: application/json”.",
    "Le corps doit être du JSON : envoyez « Content-Type: application/json »."};

inline constexpr messages::Message kIdempotencyKey{
    "INVALID_IDEMPOTENCY_KEY",
    "Idempotency-Key is 1 to 128 printable ASCII characters, and the same as requestId where both "
    "are given.",
    "Idempotency-Key compte de 1 à 128 caractères ASCII imprimables, et égale requestId quand les "
    "deux sont donnés."};

inline constexpr messages::Message kNotConditional{
    "NOT_CONDITIONAL", "This method takes no If-Match.", "Cette méthode ne prend pas If-Match."};

inline constexpr messages::Message kOneEtag{
    "ONE_ETAG", "If-Match takes one etag here: that of the resource as you read it.",
    "If-Match ne prend ici qu’un etag : celui de la ressource telle que vous l’avez lue."};

inline constexpr messages::Message kCsrfToken{
    "CSRF_TOKEN",
    "What changes something by the session of a browser carries its token: read it from "
    "/auth/session and send it as “X-CSRF-Token”.",
    "Ce qui modifie quelque chose par la session d’un navigateur porte son jeton : lisez-le à "
    "/auth/session et envoyez-le comme « X-CSRF-Token »."};

inline constexpr messages::Message kTokenNotShown{
    "TOKEN_NOT_SHOWN",
    "A page is not shown its session’s token. Switch roles with a POST to /auth/role instead.",
    "Une page ne voit pas le jeton de sa session. Changez plutôt de rôle par un POST à "
    "/auth/role."};

inline constexpr messages::Message kLastEventId{
    "INVALID_LAST_EVENT_ID", "Last-Event-ID is the id of an event that was received.",
    "Last-Event-ID est l’identifiant d’un événement reçu."};

inline constexpr messages::Message kHttpMalformed{
    "HTTP_MALFORMED", "This is not a request of HTTP/1.1.", "Ceci n’est pas une requête HTTP/1.1."};

inline constexpr messages::Message kHeadTooLarge{
    "HEAD_TOO_LARGE", "The first line and the headers are longer than 16 KiB.",
    "La première ligne et les en-têtes dépassent 16 Kio."};

inline constexpr messages::Message kBodyTooLarge{
    "BODY_TOO_LARGE", "The body is larger than 4 MiB. Send fewer items at once.",
    "Le corps dépasse 4 Mio. Envoyez moins d’éléments à la fois."};

inline constexpr messages::Message kCsvWanted{
    "CSV_WANTED", "The body is to be a CSV file: send “Content-Type: text/csv”.",
    "Le corps doit être un fichier CSV : envoyez « Content-Type: text/csv »."};

inline constexpr messages::Message kEncodingUnknown{
    "ENCODING_UNKNOWN", "The body’s Content-Encoding is to be gzip, or none.",
    "Le Content-Encoding du corps doit être gzip, ou absent."};

inline constexpr messages::Message kGzipBroken{
    "GZIP_BROKEN", "The body is no gzip, or breaks off. Compress it anew, or send it plain.",
    "Le corps n’est pas du gzip, ou s’interrompt. Compressez-le de nouveau, ou envoyez-le tel "
    "quel."};

inline constexpr messages::Message kGzipGrows{
    "GZIP_GROWS", "The body becomes a hundred times as large. Send it plain.",
    "Le corps devient cent fois plus grand. Envoyez-le sans compression."};

// The pages of links in mails.
inline constexpr messages::Message kMailAnswer{"MAIL_ANSWER", "Your answer:", "Votre réponse :"};
inline constexpr messages::Message kMailConfirm{"MAIL_CONFIRM", "Confirm", "Confirmer"};
inline constexpr messages::Message kMailWhy{"MAIL_WHY", "Why is that?", "Pour quelle raison?"};
inline constexpr messages::Message kMailNothingDone{"MAIL_NOTHING_DONE", "Nothing was changed",
                                                    "Rien n’a été modifié"};

inline constexpr messages::Message kProgramsWanted{
    "PROGRAMS_WANTED", "Say 1 to 30 programs that the people of the file apply to.",
    "Indiquez de 1 à 30 programmes que visent les personnes du fichier."};

inline constexpr messages::Message kDigestMalformed{
    "DIGEST_MALFORMED",
    "Repr-Digest is “sha-256=:…:” with the SHA-256 of the file in base64 between the colons.",
    "Repr-Digest s’écrit « sha-256=:…: », avec le SHA-256 du fichier en base64 entre les "
    "deux-points."};

inline constexpr messages::Message kDigestNeeded{
    "DIGEST_NEEDED",
    "A file larger than 4 MiB comes with its digest, so that it can go on after a cut: send "
    "“Repr-Digest: sha-256=:…:” with the SHA-256 of the file in base64.",
    "Un fichier de plus de 4 Mio vient avec son empreinte, pour pouvoir reprendre après une "
    "coupure : envoyez « Repr-Digest: sha-256=:…: » avec le SHA-256 du fichier en base64."};

inline constexpr messages::Message kDigestOther{
    "DIGEST_OTHER",
    "The file is not the one that Repr-Digest tells of. What was told of its rows stands; send the "
    "file again with its own digest.",
    "Le fichier n’est pas celui qu’annonce Repr-Digest. Ce qui a été dit de ses lignes reste "
    "valable; renvoyez le fichier avec sa propre empreinte."};

inline constexpr messages::Message kImportCutOff{
    "IMPORT_CUT_OFF",
    "The file was not taken to its end. Rows up to {0} were; send it again with afterRow={0}.",
    "Le fichier n’a pas été pris jusqu’au bout. Les lignes jusqu’à la {0} l’ont été; renvoyez-le "
    "avec afterRow={0}."};

inline constexpr messages::Message kImportsBusy{
    "IMPORTS_BUSY", "As many files come in now as can be read at once. Send it again in a minute.",
    "Il arrive en ce moment autant de fichiers qu’on peut en lire. Renvoyez-le dans une minute."};

inline constexpr messages::Message kRateLimited{
    "RATE_LIMITED", "More requests come from you than are taken at once. Go on in {0} s.",
    "Il vient de vous plus de requêtes qu’il n’en est pris à la fois. Reprenez dans {0} s."};

inline constexpr messages::Message kTenantLimited{
    "TENANT_RATE_LIMITED",
    "More requests come from your organization’s keys and people together than are taken at once. "
    "Go on in {0} s.",
    "Il vient des clés et du personnel de votre organisme, ensemble, plus de requêtes qu’il n’en "
    "est pris à la fois. Reprenez dans {0} s."};

inline constexpr messages::Message kTooSlow{"REQUEST_TOO_SLOW",
                                            "The request did not come in time. Send it again.",
                                            "La requête n’est pas arrivée à temps. Renvoyez-la."};

inline constexpr messages::Message kHsdsNotFound{
    "HSDS_NOT_FOUND",
    "The directory has nothing here. It has /services, /organizations and /locations, and each of "
    "their items by its id.",
    "Le répertoire n’a rien ici. Il offre /services, /organizations et /locations, et chacun de "
    "leurs éléments par son identifiant."};
inline constexpr messages::Message kHsdsPage{
    "HSDS_PAGE",
    "A list takes page (from 1) and per_page (1 to 500), each once, and no other parameter.",
    "Une liste accepte page (à partir de 1) et per_page (de 1 à 500), une fois chacun, et aucun "
    "autre paramètre."};
// How people come into a program, as the directory tells it.
inline constexpr messages::Message kDoorAgency{
    "DOOR_AGENCY", "Through a partner agency, which refers its client.",
    "Par l’intermédiaire d’un organisme partenaire, qui y aiguille sa clientèle."};
inline constexpr messages::Message kDoorSelf{"DOOR_SELF", "By one’s own application.",
                                             "En posant soi-même sa candidature."};
inline constexpr messages::Message kDoorProposer{
    "DOOR_PROPOSER", "On the proposal of an association, employer, college or community group.",
    "Sur proposition d’une association, d’un employeur, d’un collège ou d’un groupe "
    "communautaire."};
inline constexpr messages::Message kEnglish{"LANGUAGE_ENGLISH", "English", "Anglais"};
inline constexpr messages::Message kFrench{"LANGUAGE_FRENCH", "French", "Français"};

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_APP_MESSAGES_H_
