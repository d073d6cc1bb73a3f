#include "server/rpc/stream_status.h"

#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <grpcpp/server_context.h>

#include "server/base/status_macros.h"
#include "server/domain/reason.h"
#include "server/domain/validate.h"
#include "server/rpc/proto_codec.h"
#include "server/rpc/status_codec.h"

namespace payout {
namespace {

constexpr char kMethod[] = "StreamStatus";
constexpr int kIdsMax = 1000;
constexpr int kMerchantsMax = 100;
constexpr int kStatesMax = 8;

absl::Status BadTarget(const char* field, const char* description) {
  return InvalidArgument({{field, Reason::kStreamTargetInvalid, description}});
}

absl::Status TooManyStreams() {
  return MakeError(absl::StatusCode::kResourceExhausted, "too many streams are open",
                   {.reason = Reason::kTooManyStreams, .retry_after = absl::Seconds(5)});
}

absl::Status Draining(absl::Duration retry_after) {
  return MakeError(absl::StatusCode::kUnavailable,
                   "the gateway is shutting down; resume with the last token",
                   {.reason = Reason::kServerDraining, .retry_after = retry_after});
}

std::list<WireMessage> Closing(const StreamToken& token, absl::Duration retry_after) {
  v1::StreamStatusResponse closing;
  closing.set_token(EncodeToken(token));
  SetDuration(retry_after, *closing.mutable_closing()->mutable_retry_after());
  return {ToWire(closing)};
}

absl::Status SlowReader() {
  return MakeError(absl::StatusCode::kResourceExhausted,
                   "messages were not taken for too long; resume with the last token",
                   {.reason = Reason::kSlowReader, .retry_after = absl::Seconds(1)});
}

}  // namespace

// Counts a stream while it is open.
class StreamService::Counted {
 public:
  explicit Counted(StreamService& service) : service_(service) {
    service_.SetOpen(service_.open_ + 1);
  }
  Counted(const Counted&) = delete;
  Counted& operator=(const Counted&) = delete;
  ~Counted() {
    service_.ids_open_ -= ids_;
    service_.SetOpen(service_.open_ - 1);
  }
  // False when all streams together would name too many payouts.
  bool Add(std::size_t ids) {
    if (service_.ids_open_ + ids > service_.options_.ids_max) return false;
    ids_ += ids;
    service_.ids_open_ += ids;
    return true;
  }

 private:
  StreamService& service_;
  std::size_t ids_ = 0;
};

// What an open stream has beside its coroutines.
struct StreamService::Admitted {
  Admitted(Places::Place taken, StreamService& service)
      : place(std::move(taken)), counted(service) {}
  const Places::Place place;
  Counted counted;
  std::optional<StatusStream> stream;
};

StreamService::StreamService(Core& core, Feed& feed, const Directory& directory, Options options)
    : core_(core),
      feed_(feed),
      directory_(directory),
      options_(options),
      places_(options.streams_max),
      trimmer_(core.env) {}

StreamService::~StreamService() = default;

void StreamService::SetOpen(int open) {
  open_ = open;
  core_.observer.OnStreams(open);
  trimmer_.Note(open);
}

grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamService::Open(
    grpc::CallbackServerContext* context, absl::StatusOr<TenantName> tenant,
    v1::StreamStatusRequest request) {
  auto writer = std::make_shared<StreamWriter>(core_.env, context, options_.write_timeout);
  writer->Hold();
  StreamWriter* raw = writer.get();
  core_.env.Post([this, writer = std::move(writer), tenant = std::move(tenant),
                  request = std::move(request)]() mutable {
    const absl::Duration began = core_.env.Monotonic();
    core_.observer.OnRpcStarted(kMethod);
    scope_.Spawn(
        Serve(std::move(writer), began, tenant.ok() ? Admit(*tenant, request) : tenant.status()));
  });
  return raw;
}

void StreamService::Drain() {
  for (StatusStream* stream : running_) stream->Stop();
}

absl::StatusOr<std::unique_ptr<StreamService::Admitted>> StreamService::Admit(
    const TenantName& tenant, const v1::StreamStatusRequest& request) {
  if (core_.draining) return Draining(absl::Milliseconds(100));
  std::optional<Places::Place> place = places_.Enter(tenant);
  if (!place) return TooManyStreams();
  auto admitted = std::make_unique<Admitted>(*std::move(place), *this);
  PAYOUT_ASSIGN_OR_RETURN(StreamRequest wanted, ToRequest(tenant, request));
  if (!admitted->counted.Add(wanted.filter.keys.size())) return TooManyStreams();
  admitted->stream.emplace(core_, feed_, std::move(wanted), options_.stream);
  return admitted;
}

// The frames of Serve and Run are kept for as long as a stream is open, thousands of them: what is
// needed only for a moment has a function of its own.
Task<void> StreamService::Serve(std::shared_ptr<StreamWriter> writer, absl::Duration began,
                                absl::StatusOr<std::unique_ptr<Admitted>> admitted) {
  absl::Status status = admitted.status();
  if (status.ok()) {
    status = co_await Run(*writer, *(*admitted)->stream);
    *admitted = nullptr;  // Its place is free before the end, which may take `cancel_after`.
  }
  const std::string_view code =
      writer->cancelled() ? "CANCELLED" : CodeName(static_cast<grpc::StatusCode>(status.code()));
  core_.observer.OnRpcHandled(kMethod, code, core_.env.Monotonic() - began);
  co_await writer->End(std::move(status), options_.cancel_after);
}

Task<absl::Status> StreamService::Run(StreamWriter& writer, StatusStream& stream) {
  const absl::Status begun = co_await stream.Begin();
  PAYOUT_CO_RETURN_IF_ERROR(begun);

  struct Running {
    StreamService& service;
    StreamWriter& writer;
    StatusStream& stream;
    Running(StreamService& s, StreamWriter& w, StatusStream& st)
        : service(s), writer(w), stream(st) {
      service.running_.insert(&stream);
      writer.Watch(&stream);
    }
    ~Running() {
      service.running_.erase(&stream);
      writer.Unwatch();
    }
  } const running(*this, writer, stream);

  // More is read while half a batch still waits, so that the writes do not pause.
  const auto few = static_cast<std::size_t>(options_.stream.batch) / 2;
  absl::Status ended;
  while (!core_.draining) {
    absl::StatusOr<std::vector<StreamMessage>> messages = co_await stream.Next();
    ended = messages.status();
    if (!ended.ok() || messages->empty()) break;
    if (PassOn(writer, *messages) <= few) continue;
    const bool taken = co_await writer.Written(few);
    if (!taken) break;
  }
  const bool all_taken = co_await writer.Written(0);
  if (writer.cancelled()) co_return absl::OkStatus();
  if (!all_taken) co_return SlowReader();
  if (!core_.draining || !ended.ok()) co_return ended;

  // Spread the herd: everyone who is sent away comes back at another moment.
  const absl::Duration retry_after = absl::Milliseconds(100 + core_.env.Random() % 2000);
  writer.Send(Closing(stream.token(), retry_after));
  co_await writer.Written(0, core_.env.Monotonic() + options_.cancel_after);
  co_return Draining(retry_after);
}

// Returns how many wait.
std::size_t StreamService::PassOn(StreamWriter& writer,
                                  const std::vector<StreamMessage>& messages) {
  std::list<WireMessage> ready;
  for (const StreamMessage& message : messages) ready.push_back(renderer_.Render(message));
  return writer.Send(std::move(ready));
}

absl::StatusOr<StreamRequest> StreamService::ToRequest(
    const TenantName& tenant, const v1::StreamStatusRequest& request) const {
  StreamRequest wanted;
  wanted.filter.tenant = tenant;
  wanted.resume_token = request.resume_token();
  switch (request.start()) {
    case v1::STREAM_START_UNSPECIFIED:
    case v1::STREAM_START_SNAPSHOT:
      break;
    case v1::STREAM_START_NOW:
      wanted.start = StreamStart::kNow;
      break;
    case v1::STREAM_START_OLDEST:
      wanted.start = StreamStart::kOldest;
      break;
    default:
      return InvalidArgument(
          {{"start", Reason::kEnumValueInvalid, "has a value that is not known"}});
  }
  if (request.has_feed()) {
    const v1::PayoutFeed& feed = request.feed();
    if (feed.merchants_size() > kMerchantsMax) {
      return BadTarget("feed.merchants", "there must be at most 100");
    }
    if (feed.states_size() > kStatesMax) return BadTarget("feed.states", "there must be at most 8");
    PAYOUT_ASSIGN_OR_RETURN(
        wanted.filter.merchants,
        directory_.ResolveAll(tenant, {feed.merchants().begin(), feed.merchants().end()},
                              "feed.merchants"));
    PAYOUT_ASSIGN_OR_RETURN(wanted.filter.states, ToStates(feed.states(), "feed.states"));
    return wanted;
  }
  if (!request.has_ids()) return BadTarget("target", "set one of ids and feed");

  const v1::PayoutIds& ids = request.ids();
  if (ids.payout_ids_size() < 1 || ids.payout_ids_size() > kIdsMax) {
    return BadTarget("ids.payout_ids", "there must be 1 to 1,000");
  }
  if (wanted.start != StreamStart::kSnapshot) {
    return BadTarget("start", "streams by ids start with a snapshot");
  }
  PAYOUT_ASSIGN_OR_RETURN(MerchantDesk * desk,
                          directory_.Resolve(tenant, ids.merchant(), "ids.merchant"));
  std::set<std::string_view> seen;
  for (const std::string& id : ids.payout_ids()) {
    if (!IsPayoutId(id)) {
      return InvalidArgument({{"ids.payout_ids", Reason::kPayoutIdInvalid,
                               "must have 1 to 250 letters, digits, _ or -"}});
    }
    if (!seen.insert(id).second) return BadTarget("ids.payout_ids", "an id stands twice");
    wanted.filter.keys.push_back({desk->name(), PayoutId(id)});
  }
  return wanted;
}

}  // namespace payout
