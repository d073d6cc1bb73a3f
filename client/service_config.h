// The gRPC service config for callers of the gateway, in any language: service_config.json,
// embedded.
//
// Used by: Channel; callers with plain stubs take the JSON file. Every entry names a method,
// because a service-wide retry policy would also repeat what was never meant to be repeated.
// Retried is UNAVAILABLE only; it is safe for CreatePayout because payout_id makes a repetition a
// replay. StreamStatus has neither a timeout nor retries: only its reader knows the token to resume
// with (see StatusWatch).

#ifndef PAYOUT_CLIENT_SERVICE_CONFIG_H_
#define PAYOUT_CLIENT_SERVICE_CONFIG_H_

#include <string>

namespace payout::client {

// Valid JSON, equal to client/service_config.json.
const std::string& ServiceConfigJson();

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_SERVICE_CONFIG_H_
