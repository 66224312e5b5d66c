#ifndef TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_OUT_H_
#define TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_OUT_H_

#include <string_view>

#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

// JSON written by hand, for documents that are no messages of ours.
namespace tremplin::gateway {

using JsonOut = rapidjson::Writer<rapidjson::StringBuffer>;

inline void PutKey(JsonOut& out, std::string_view key) {
  out.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}
inline void PutText(JsonOut& out, std::string_view text) {
  out.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}
inline void PutText(JsonOut& out, std::string_view key, std::string_view text) {
  PutKey(out, key);
  PutText(out, text);
}

// An object or a list whose members `put` writes; behind its name where it is a member itself.
template <class Put>
void PutObject(JsonOut& out, const Put& put) {
  out.StartObject();
  put();
  out.EndObject();
}
template <class Put>
void PutObject(JsonOut& out, std::string_view key, const Put& put) {
  PutKey(out, key);
  PutObject(out, put);
}
template <class Put>
void PutList(JsonOut& out, std::string_view key, const Put& put) {
  PutKey(out, key);
  out.StartArray();
  put();
  out.EndArray();
}

}  // namespace tremplin::gateway

#endif  // TREMPLIN_SERVICES_GATEWAY_TRANSCODING_JSON_OUT_H_
