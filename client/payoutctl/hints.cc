#include "client/payoutctl/hints.h"

#include <algorithm>

#include "client/payoutctl/probe.h"

namespace payout::payoutctl {

std::string HintFor(const Session& session, const client::CallError& error) {
  const GlobalOptions& global = session.line.global;
  if (error.code == grpc::StatusCode::UNAVAILABLE && error.reason.empty()) {
    return UnreachableHint(session.channel->target());
  }
  if (error.code == grpc::StatusCode::UNAUTHENTICATED) {
    return global.token_file.empty() ? "give a token: --token-file FILE or PAYOUTCTL_TOKEN_FILE"
                                     : "is the token in " + global.token_file + " still valid?";
  }
  if (error.code == grpc::StatusCode::UNIMPLEMENTED) {
    return "the server at " + session.channel->target().Url() +
           " does not offer this call; is it a "
           "payout gateway?";
  }
  if (error.reason == "PAYOUT_CONTENT_DIFFERS") {
    return "a new payout needs a new id; the first one stands as it was created";
  }
  if (error.reason == "MERCHANT_REQUIRED") return "name one with --merchant";
  if (error.reason == "PAYOUT_ID_PREFIX_REQUIRED") return "give it with --id-prefix or in --id";
  if (error.reason == "PLATFORM_READ_FAILED")
    return "without --max-staleness the stored state is shown";
  if (error.reason.rfind("RESUME_TOKEN_", 0) == 0) {
    return "start with --from snapshot, without the resume file if there is one, or add --restart";
  }
  if (error.code == grpc::StatusCode::RESOURCE_EXHAUSTED) return "wait and try again";
  return "";
}

ExitCode Fail(const Session& session, const client::CallError& error,
              const std::string& payout_id) {
  Talk::About about;
  about.payout_id = payout_id;
  const bool interrupted = session.interrupt.fired();
  if (!interrupted) about.hint = HintFor(session, error);
  const ExitCode code = session.talk.Error(error, about);
  return interrupted ? kExitInterrupted : code;
}

std::optional<client::CallError> CheckReachable(const Session& session) {
  client::CallOptions options = session.Call();
  options.timeout = std::min(options.timeout, absl::Seconds(10));
  client::Result<client::Health> health = session.client.CheckHealth("", options);
  if (health.ok()) return std::nullopt;
  // Any other answer came from a server; the call itself will tell what is wrong.
  if (health.error().code != grpc::StatusCode::UNAVAILABLE &&
      health.error().code != grpc::StatusCode::DEADLINE_EXCEEDED) {
    return std::nullopt;
  }
  health.error().message =
      "the server cannot be reached, nothing was sent: " + health.error().message;
  return health.error();
}

}  // namespace payout::payoutctl
