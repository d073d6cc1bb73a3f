// Prints messages of the API for people, without what is sensitive.
//
// Used by: who has to show a message: debugging, audits. Thread-safety: pure.

#ifndef PAYOUT_SERVER_MAIN_LOGGING_REDACT_H_
#define PAYOUT_SERVER_MAIN_LOGGING_REDACT_H_

#include <string>

#include <google/protobuf/message.h>

namespace payout {

// One line in text format. Every field with the option (payout.v1.sensitive), wherever it stands in
// the message, is "[redacted]"; so are the insides of google.protobuf.Any. Fields that this build
// does not know are left out, since they may be sensitive.
std::string RedactedDebugString(const google::protobuf::Message& message);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_LOGGING_REDACT_H_
