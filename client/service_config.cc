#include "client/service_config.h"

namespace payout::client {

const std::string& ServiceConfigJson() {
  // Kept equal to service_config.json by ServiceConfigTest.EmbeddedCopyEqualsTheFile.
  static const std::string* const json = new std::string(R"json({
  "methodConfig": [
    {
      "name": [
        { "service": "payout.v1.PayoutService", "method": "CreatePayout" }
      ],
      "timeout": "330s",
      "retryPolicy": {
        "maxAttempts": 5,
        "initialBackoff": "0.2s",
        "maxBackoff": "5s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"]
      }
    },
    {
      "name": [
        { "service": "payout.v1.PayoutService", "method": "GetPayout" },
        { "service": "payout.v1.PayoutService", "method": "ListPayouts" },
        { "service": "payout.v1.PayoutService", "method": "CancelPayout" },
        { "service": "payout.v1.PayoutService", "method": "ExplainPayout" }
      ],
      "timeout": "60s",
      "retryPolicy": {
        "maxAttempts": 4,
        "initialBackoff": "0.1s",
        "maxBackoff": "2s",
        "backoffMultiplier": 2,
        "retryableStatusCodes": ["UNAVAILABLE"]
      }
    }
  ],
  "retryThrottling": {
    "maxTokens": 10,
    "tokenRatio": 0.1
  }
}
)json");
  return *json;
}

}  // namespace payout::client
