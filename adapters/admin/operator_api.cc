#include "adapters/admin/operator_api.h"

#include <algorithm>
#include <charconv>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "adapters/admin/operator_command.h"
#include "adapters/admin/operator_json.h"
#include "server/base/status_macros.h"
#include "server/domain/validate.h"

namespace payout::admin {
namespace {

constexpr int kActionsDefault = 50;
constexpr std::int64_t kActionsMax = 1000;

int HttpStatusOf(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kInvalidArgument:
      return 400;
    case absl::StatusCode::kUnauthenticated:
      return 401;
    case absl::StatusCode::kPermissionDenied:
      return 403;
    case absl::StatusCode::kNotFound:
      return 404;
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
      return 409;
    case absl::StatusCode::kUnavailable:
      return 503;
    default:
      return 500;
  }
}

http::Reply ErrorReply(int status, const absl::Status& error) {
  return {status, "application/json", ErrorJson(error), {{"Cache-Control", "no-store"}}};
}

http::Reply ReplyOf(const absl::StatusOr<std::string>& result) {
  if (result.ok()) return {200, "application/json", *result, {{"Cache-Control", "no-store"}}};
  http::Reply reply = ErrorReply(HttpStatusOf(result.status().code()), result.status());
  if (reply.status == 401) reply.headers.emplace_back("WWW-Authenticate", "Bearer");
  return reply;
}

// "application/json", with or without parameters.
bool IsJson(const http::Request& request) {
  const std::optional<std::string_view> type = request.Header("content-type");
  if (!type) return false;
  const absl::string_view bare =
      absl::StripAsciiWhitespace(ToAbsl(type->substr(0, type->find(';'))));
  return absl::EqualsIgnoreCase(bare, "application/json");
}

// A name that resolves to this machine without asking anybody: a page of a stranger whose name was
// made to resolve here has its own name in Host.
bool NamesThisMachine(std::string_view host) {
  if (host.rfind('[', 0) == 0) return host.substr(0, host.find(']') + 1) == "[::1]";
  const std::string_view name = host.substr(0, host.rfind(':'));
  return name.rfind("127.", 0) == 0
             ? name.find_first_not_of("0123456789.") == std::string_view::npos
             : absl::EqualsIgnoreCase(ToAbsl(name), "localhost");
}

std::optional<std::string_view> BearerOf(const http::Request& request) {
  const std::optional<std::string_view> header = request.Header("authorization");
  constexpr std::string_view kScheme = "bearer ";
  if (!header || header->size() <= kScheme.size() ||
      !absl::EqualsIgnoreCase(ToAbsl(header->substr(0, kScheme.size())), ToAbsl(kScheme))) {
    return std::nullopt;
  }
  return header->substr(kScheme.size());
}

// The operator that the request names, if the token does not.
absl::StatusOr<std::string> OperatorOf(const std::string& by_token, const std::string& named) {
  if (!by_token.empty()) {
    if (named.empty() || named == by_token) return by_token;
    return absl::PermissionDeniedError("the token is that of another operator than the one named");
  }
  if (named.empty()) return absl::InvalidArgumentError("operator is required: who does this");
  return named;
}

std::optional<std::int64_t> NumberOf(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size() && !text.empty();
  return whole && number > 0 ? std::optional(number) : std::nullopt;
}

// "limit=10&before=7"
absl::StatusOr<ActionQuery> ParseActionQuery(std::string_view text) {
  ActionQuery query;
  query.limit = kActionsDefault;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('&'), text.size());
    const std::string_view part = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view name = part.substr(0, equals);
    const std::optional<std::int64_t> number =
        NumberOf(part.substr(std::min(equals + 1, part.size())));
    if ((name != "limit" && name != "before") || !number) {
      return absl::InvalidArgumentError("the query may hold limit=N and before=N");
    }
    if (name == "limit") query.limit = static_cast<int>(std::min(*number, kActionsMax));
    if (name == "before") query.before_number = *number;
  }
  return query;
}

// The message of a use case is for callers of the API; operators look before they repeat.
absl::Status ForOperators(const absl::Status& status) {
  if (!absl::IsUnavailable(status)) return status;
  return absl::UnavailableError(
      "the store cannot be used now; look at the status before you repeat");
}

}  // namespace

OperatorApi::OperatorApi(Core& core, const Directory& directory, Switches& switches,
                         OperatorApiOptions options)
    : core_(core),
      directory_(directory),
      switches_(switches),
      options_(std::move(options)),
      review_(core, directory),
      explain_(core, directory) {}

absl::StatusOr<OperatorApi::Asker> OperatorApi::Authorize(const http::Request& request) const {
  if (request.Header("origin")) {
    return absl::PermissionDeniedError("requests of web pages are not answered");
  }
  if (options_.operator_of) {
    const std::optional<std::string_view> token = BearerOf(request);
    std::optional<std::string> name;
    if (token) name = options_.operator_of(*token);
    if (!name) return absl::UnauthenticatedError("a valid operator's bearer token is needed");
    return Asker{*std::move(name)};
  }
  if (!options_.loopback) {
    return absl::PermissionDeniedError(
        "operators' commands are off: admin.listen can be reached from other machines and there "
        "is no admin.token_file; set one, or listen on 127.0.0.1");
  }
  const std::optional<std::string_view> host = request.Header("host");
  if (!host || !NamesThisMachine(*host)) {
    return absl::PermissionDeniedError("without tokens, Host must be 127.0.0.1 or localhost");
  }
  return Asker{};
}

Task<http::Reply> OperatorApi::Handle(http::Request request) {
  const std::string what = request.path.substr(kPrefix.size());
  const bool order = what == "pause" || what == "resume" || what == "review";
  const bool question = what == "status" || what == "actions" || what.rfind("payouts/", 0) == 0;
  if (!order && !question) {
    co_return ErrorReply(404, absl::NotFoundError("there is no such command"));
  }
  const absl::StatusOr<Asker> asker = Authorize(request);
  if (!asker.ok()) co_return ReplyOf(asker.status());
  if (request.method != (order ? "POST" : "GET")) {
    http::Reply reply = ErrorReply(405, absl::InvalidArgumentError("another method is needed"));
    reply.headers.emplace_back("Allow", order ? "POST" : "GET");
    co_return reply;
  }
  if (order && !IsJson(request)) {
    co_return ErrorReply(415, absl::InvalidArgumentError("Content-Type must be application/json"));
  }
  Task<absl::StatusOr<std::string>> running = Run(what, std::move(request), *asker);
  const absl::StatusOr<std::string> result = co_await running;
  co_return ReplyOf(result);
}

Task<absl::StatusOr<std::string>> OperatorApi::Run(const std::string& what, http::Request request,
                                                   const Asker& asker) {
  if (what == "pause") return RunSwitch(std::move(request.body), asker, true);
  if (what == "resume") return RunSwitch(std::move(request.body), asker, false);
  if (what == "review") return RunReview(std::move(request.body), asker);
  if (what == "status") return RunStatus();
  if (what == "actions") return RunActions(std::move(request.query));
  return RunPayout(what.substr(std::string_view("payouts/").size()));
}

Task<absl::StatusOr<std::string>> OperatorApi::RunSwitch(std::string body, Asker asker,
                                                         bool paused) {
  PAYOUT_CO_ASSIGN_OR_RETURN(SwitchCommand command, ParseSwitchCommand(body));
  PAYOUT_CO_ASSIGN_OR_RETURN(std::string name,
                             OperatorOf(asker.operator_name, command.operator_name));
  Switches::Order order{.merchant = MerchantName(std::move(command.merchant)),
                        .paused = paused,
                        .operator_name = std::move(name),
                        .note = std::move(command.note)};
  absl::StatusOr<OperatorAction> action = co_await switches_.Set(std::move(order));
  if (!action.ok()) co_return ForOperators(action.status());
  co_return ActionJson(*action);
}

Task<absl::StatusOr<std::string>> OperatorApi::RunReview(std::string body, Asker asker) {
  PAYOUT_CO_ASSIGN_OR_RETURN(ReviewCommand command, ParseReviewCommand(body));
  PAYOUT_CO_ASSIGN_OR_RETURN(std::string name,
                             OperatorOf(asker.operator_name, command.operator_name));
  ReviewPayout::Order order{
      .key = {MerchantName(std::move(command.merchant)), PayoutId(std::move(command.payout_id))},
      .review = std::move(command.order),
      .operator_name = std::move(name),
      .note = std::move(command.note)};
  absl::StatusOr<Payout> reviewed = co_await review_.Run(std::move(order));
  if (!reviewed.ok()) co_return ForOperators(reviewed.status());
  co_return ReviewedJson(*reviewed);
}

Task<absl::StatusOr<std::string>> OperatorApi::RunStatus() {
  absl::StatusOr<std::vector<MerchantCounts>> open = co_await core_.store.CountOpen();
  if (!open.ok()) co_return ForOperators(open.status());
  absl::StatusOr<std::vector<ReviewCount>> review = co_await core_.store.CountReview();
  if (!review.ok()) co_return ForOperators(review.status());
  co_return StatusJson(switches_.all(), directory_, *open, *review, core_.env.Monotonic());
}

Task<absl::StatusOr<std::string>> OperatorApi::RunActions(std::string query) {
  PAYOUT_CO_ASSIGN_OR_RETURN(ActionQuery parsed, ParseActionQuery(query));
  absl::StatusOr<std::vector<OperatorAction>> actions =
      co_await core_.store.Actions(std::move(parsed));
  if (!actions.ok()) co_return ForOperators(actions.status());
  co_return ActionsJson(*actions);
}

Task<absl::StatusOr<std::string>> OperatorApi::RunPayout(std::string path) {
  const std::size_t slash = path.find('/');
  const std::string id = slash == std::string::npos ? "" : path.substr(slash + 1);
  if (!IsPayoutId(id)) co_return absl::NotFoundError("use payouts/MERCHANT/PAYOUT_ID");
  PayoutKey key{MerchantName(path.substr(0, slash)), PayoutId(id)};
  absl::StatusOr<Explanation> explanation = co_await explain_.ForOperator(std::move(key));
  if (absl::IsNotFound(explanation.status())) {
    co_return absl::NotFoundError("that merchant has no payout of that id");
  }
  if (!explanation.ok()) co_return ForOperators(explanation.status());
  co_return PayoutJson(explanation->history.payout, options_.explanation_json(*explanation),
                       explanation->history.actions);
}

}  // namespace payout::admin
