// JSON in and out: messages as canonical protobuf JSON, so that scripts can move between payoutctl
// and `buf curl`; errors and notes as objects of our own.
//
// Pure. As `buf curl` does, fields with their default value are left out unless emit_defaults is
// set.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_JSON_H_
#define PAYOUT_CLIENT_PAYOUTCTL_JSON_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <google/protobuf/message.h>

#include "client/error.h"

namespace payout::payoutctl {

struct JsonStyle {
  bool pretty = false;
  bool emit_defaults = false;
};

// Ends without a line break.
std::string ToJson(const google::protobuf::Message& message, JsonStyle style);

// Unknown fields are errors. The error text, or nothing.
std::optional<std::string> FromJson(const std::string& text, google::protobuf::Message* message);

// {"error":{"code":...,"message":...,...}} on one line. `payout_id` and `line` only when not empty
// or 0.
std::string ErrorJson(const client::CallError& error, int exit_code, const std::string& hint,
                      const std::string& payout_id, int line);

// {"note":...} on one line, with payoutId when there is one.
std::string NoteJson(const std::string& text, const std::string& payout_id);

// A flat object of texts on one line.
std::string FlatJson(const std::vector<std::pair<std::string, std::string>>& members);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_JSON_H_
