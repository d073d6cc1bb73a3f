#include "server/main/gateway_process.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <future>
#include <mutex>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include "absl/time/clock.h"
#include "adapters/admin/admin_endpoint.h"
#include "adapters/admin/operator_api.h"
#include "adapters/admin/telemetry.h"
#include "adapters/callback/callback_endpoint.h"
#include "adapters/echelon/echelon_provider.h"
#include "adapters/http/curl_http_client.h"
#include "adapters/loop/event_loop.h"
#include "adapters/sqlite/sqlite_store.h"
#include "server/app/accept_callback.h"
#include "server/app/capability.h"
#include "server/app/create_payout.h"
#include "server/app/directory.h"
#include "server/app/feed.h"
#include "server/app/gateway.h"
#include "server/app/paced_budget.h"
#include "server/app/query_payouts.h"
#include "server/app/wait.h"
#include "server/base/digest.h"
#include "server/base/log.h"
#include "server/base/status_macros.h"
#include "server/main/version.h"
#include "server/rpc/explanation_codec.h"
#include "server/rpc/grpc_server.h"
#include "server/rpc/payout_service.h"
#include "server/rpc/stream_status.h"

namespace payout {
namespace {

constexpr absl::Duration kCheckInterval = absl::Seconds(5);
// Of the callback key that the store brings along.
constexpr char kDerivedKeyId[] = "s1";

std::vector<CapabilityKey> CapabilityKeys(const Secrets& secrets, const PayoutStore& store) {
  std::vector<CapabilityKey> keys;
  for (const CallbackKey& key : secrets.callback_keys) keys.push_back({key.id, key.key});
  // It verifies for ever: payouts that were created before keys were configured keep their URLs.
  const std::string& secret = store.identity().secret.Reveal();
  keys.push_back({kDerivedKeyId, SecretString(HmacSha256(secret, "callback"))});
  return keys;
}

// One trust store for all merchants: the HTTP client has one.
absl::StatusOr<std::string> CaFile(const Config& config) {
  std::set<std::string> files;
  for (const MerchantConfig& merchant : config.merchants) files.insert(merchant.platform.ca_file);
  if (files.size() > 1) {
    return absl::InvalidArgumentError("all merchants must have the same platform.ca_file");
  }
  return *files.begin();
}

std::string InstanceName() {
  char host[256] = "";
  gethostname(host, sizeof(host) - 1);
  return std::string(host) + ":" + std::to_string(getpid()) + ":" + HexEncode(RandomBytes(6));
}

// Empty: never.
std::string RestoredAt(const StoreIdentity& identity) {
  if (!identity.restored_at) return "";
  return absl::FormatTime(absl::RFC3339_full, *identity.restored_at, absl::UTCTimeZone());
}

std::uint64_t RandomNumber() {
  std::uint64_t number = 0;
  for (const char byte : RandomBytes(8)) number = (number << 8) | static_cast<unsigned char>(byte);
  return number;
}

}  // namespace

// In the order of construction; destroyed in reverse, after the loop has stopped.
struct GatewayProcess::Parts {
  Parts(const Config& c, Secrets s) : config(c), secrets(std::move(s)) {}

  absl::Status Build(bool restored);
  absl::Status Listen();
  Task<void> Watch();
  admin::ReadyReport Ready() const;
  void StopLoop();

  // Runs `work` on the core loop and waits for what it returns.
  template <class T>
  T OnLoop(std::function<Task<T>()> work) {
    std::promise<T> promise;
    loop.Post([&] { scope->Spawn(Fulfil(work, promise)); });
    return promise.get_future().get();
  }
  template <class T>
  static Task<void> Fulfil(const std::function<Task<T>()>& work, std::promise<T>& promise) {
    T result = co_await work();
    promise.set_value(std::move(result));
  }

  const Config config;
  Secrets secrets;
  Telemetry telemetry{std::string(kVersion)};
  EventLoop loop;
  std::unique_ptr<PayoutStore> store;
  std::unique_ptr<http::CurlHttpClient> http;
  std::unique_ptr<echelon::EchelonProvider> provider;
  std::unique_ptr<Core> core;
  std::unique_ptr<Directory> directory;
  std::unique_ptr<Feed> feed;
  std::unique_ptr<Capability> capability;
  std::unique_ptr<AcceptCallback> accept;
  std::unique_ptr<callback::CallbackEndpoint> callbacks;
  std::unique_ptr<CreatePayout> create;
  std::unique_ptr<QueryPayouts> query;
  std::unique_ptr<Gateway> gateway;
  std::unique_ptr<Authenticator> authenticator;
  std::unique_ptr<StreamService> streams;
  std::unique_ptr<PayoutServiceImpl> service;
  std::unique_ptr<admin::OperatorApi> operators;
  std::unique_ptr<admin::AdminEndpoint> admin;
  std::unique_ptr<TaskScope> scope = std::make_unique<TaskScope>();
  std::unique_ptr<GrpcServer> server;
  std::thread thread;

  bool started = false;      // core loop
  bool store_works = false;  // core loop
  bool leaving = false;      // core loop; a drain has begun
  bool drained = false;      // owner's thread
};

absl::Status GatewayProcess::Parts::Build(bool restored) {
  SqliteOptions options;
  options.restored = restored;
  options.now = loop.Now();
  PAYOUT_ASSIGN_OR_RETURN(store, SqliteStore::Open(config.store.SqlitePath(), loop, options));
  PAYOUT_ASSIGN_OR_RETURN(const std::string ca_file, CaFile(config));
  http = std::make_unique<http::CurlHttpClient>(loop, loop.io_context(),
                                                http::CurlOptions{.ca_file = ca_file});
  std::vector<echelon::EchelonMerchant> merchants;
  for (const MerchantConfig& merchant : config.merchants) {
    merchants.push_back({.name = merchant.name,
                         .merchant_code = merchant.code,
                         .secret = secrets.merchants.at(merchant.name),
                         .base_url = merchant.platform.url,
                         .token_validity = merchant.platform.token_validity,
                         .create_timeout = merchant.platform.create_timeout,
                         .read_timeout = merchant.platform.read_timeout,
                         .connect_timeout = merchant.platform.connect_timeout});
  }
  PAYOUT_ASSIGN_OR_RETURN(provider,
                          echelon::EchelonProvider::Make(*http, loop, std::move(merchants)));

  core.reset(new Core{.env = loop,
                      .store = *store,
                      .provider = *provider,
                      .observer = telemetry,
                      .instance = InstanceName(),
                      .instance_number = RandomNumber(),
                      .recovery_window = config.submission.recovery_window});
  directory = std::make_unique<Directory>();
  for (const MerchantConfig& merchant : config.merchants) {
    auto on_permit = [this, name = merchant.name](WorkClass work, absl::Duration waited) {
      telemetry.OnPermit(name, work, waited);
    };
    directory->AddMerchant(std::make_unique<MerchantDesk>(
        *core, merchant.name, PolicyOf(config, merchant),
        std::make_unique<PacedBudget>(loop, merchant.platform.requests_per_second, on_permit),
        config.limits.in_flight_max));
  }
  std::set<TenantName> tenants = secrets.tokens.Tenants();
  if (!config.auth.anonymous_tenant.empty()) tenants.insert(config.auth.anonymous_tenant);
  for (const TenantName& name : tenants) {
    if (const std::optional<TenantConfig> tenant = FindTenant(config, name)) {
      directory->AddTenant({tenant->name, tenant->merchants, tenant->payout_id_prefix});
    }
  }
  feed = std::make_unique<Feed>(*core, static_cast<std::size_t>(config.streams.tail_events));
  return absl::OkStatus();
}

absl::Status GatewayProcess::Parts::Listen() {
  // The port of the callbacks may be part of their URL, so it comes first.
  callbacks = std::make_unique<callback::CallbackEndpoint>(
      loop, loop.io_context(),
      callback::CallbackOptions{
          .address = config.callbacks.listen.host,
          .port = static_cast<std::uint16_t>(config.callbacks.listen.port),
          .connections_max = static_cast<std::size_t>(config.callbacks.connections_max),
          .request_deadline = config.callbacks.request_deadline},
      [this](CallbackCall call) { return accept->Handle(std::move(call)); });
  PAYOUT_RETURN_IF_ERROR(callbacks->Start());
  std::string base_url = config.callbacks.base_url;
  if (base_url.empty()) base_url = "http://127.0.0.1:" + std::to_string(callbacks->port());
  capability = std::make_unique<Capability>(std::move(base_url), CapabilityKeys(secrets, *store));
  accept = std::make_unique<AcceptCallback>(*core, *capability, *directory);

  create =
      std::make_unique<CreatePayout>(*core, *feed, *directory, *capability,
                                     CreatePayout::Options{.currencies = CurrencyRulesOf(config),
                                                           .backlog_max = config.limits.backlog});
  query = std::make_unique<QueryPayouts>(*core, *directory);
  gateway = std::make_unique<Gateway>(*core, *feed, *directory);
  authenticator = std::make_unique<Authenticator>(
      [this](std::string_view token) { return secrets.tokens.TenantOf(token, absl::Now()); },
      config.auth.anonymous_tenant);
  streams = std::make_unique<StreamService>(
      *core, *feed, *directory,
      StreamService::Options{.streams_max = config.grpc.streams_max,
                             .write_timeout = config.streams.write_timeout,
                             .stream = {.progress_interval = config.streams.progress_interval}});
  service = std::make_unique<PayoutServiceImpl>(
      *core, *directory, *create, *query, *streams, *authenticator,
      PayoutServiceImpl::Options{.calls_max = config.grpc.calls_max,
                                 .wait_max = config.limits.max_wait});
  admin::OperatorApiOptions commands{.loopback = config.admin.listen.IsLoopback(),
                                     .operator_of = {},
                                     .explanation_json = ExplanationJson};
  if (!config.admin.token_file.empty() || secrets.operators.size() > 0) {
    commands.operator_of = [this](std::string_view token) -> std::optional<std::string> {
      const std::optional<TenantName> name = secrets.operators.TenantOf(token, absl::Now());
      return name ? std::optional(name->value()) : std::nullopt;
    };
  }
  operators = std::make_unique<admin::OperatorApi>(*core, *directory, gateway->switches(),
                                                   std::move(commands));
  admin = std::make_unique<admin::AdminEndpoint>(
      loop, loop.io_context(),
      admin::AdminOptions{.address = config.admin.listen.host,
                          .port = static_cast<std::uint16_t>(config.admin.listen.port)},
      admin::AdminSources{
          .ready = [this] { return Ready(); },
          .metrics =
              [this] {
                telemetry.SetWrites(store->write_counts());
                return telemetry.Text();
              },
          .version = {{"version", std::string(kVersion)},
                      {"store_id", store->identity().store_id},
                      {"store_epoch", std::to_string(store->identity().epoch)},
                      {"restored_at", RestoredAt(store->identity())}},
          .operators =
              [this](http::Request request) { return operators->Handle(std::move(request)); }});
  PAYOUT_RETURN_IF_ERROR(admin->Start());

  thread = std::thread([this] { loop.Run(); });
  const absl::Status recovered = OnLoop<absl::Status>([this] { return gateway->Start(); });
  PAYOUT_RETURN_IF_ERROR(recovered);
  GrpcServer::Options options{.listen = config.grpc.listen.ToString(),
                              .reflection = config.grpc.reflection};
  if (secrets.tls) {
    options.tls_certificate = secrets.tls->cert_chain_pem;
    options.tls_key = secrets.tls->key_pem;
  }
  PAYOUT_ASSIGN_OR_RETURN(server, GrpcServer::Start(std::move(options), *service));
  loop.Post([this] {
    started = store_works = true;
    scope->Spawn(Watch());
  });
  server->SetServing(true);
  return absl::OkStatus();
}

// Looks from time to time whether the store answers, and measures what nobody tells.
Task<void> GatewayProcess::Parts::Watch() {
  for (;;) {
    absl::StatusOr<std::vector<MerchantCounts>> counts = co_await store->CountOpen();
    store_works = counts.ok();
    if (counts.ok()) telemetry.SetOpen(*counts, loop.Now());
    telemetry.SetRecovering(core->Recovering());
    absl::StatusOr<std::vector<ReviewCount>> review = co_await store->CountReview();
    for (const auto& [name, desk] : directory->merchants()) {
      if (review.ok()) review->push_back({name, 0});  // Zero counts, too, are told.
      telemetry.SetBudget(name, desk->budget().rate(), desk->budget().waiting());
    }
    if (review.ok()) telemetry.SetReview(*review);
    co_await SleepFor(loop, kCheckInterval);
  }
}

admin::ReadyReport GatewayProcess::Parts::Ready() const {
  admin::ReadyReport report;
  report.checks = {
      {"started", started, ""}, {"store", store_works, ""}, {"not_draining", !leaving, ""}};
  // A merchant that rests is no reason to send callers away: intents are still recorded.
  for (const auto& [name, desk] : directory->merchants()) {
    std::string detail;
    if (desk->paused_until()) detail = "submission paused: credentials or route are refused";
    if (desk->operator_paused()) {
      detail += std::string(detail.empty() ? "submission paused:" : ", and") + " by an operator";
    }
    report.checks.push_back({"merchant." + name.value(), true, std::move(detail)});
  }
  if (core->Recovering()) {
    report.checks.push_back(
        {"recovery", true, "a backup was restored at " + RestoredAt(store->identity())});
  }
  report.ready = std::ranges::all_of(report.checks, &admin::ReadyCheck::ok);
  return report;
}

void GatewayProcess::Parts::StopLoop() {
  if (!thread.joinable()) return;
  loop.Stop();
  thread.join();
}

absl::StatusOr<std::unique_ptr<GatewayProcess>> GatewayProcess::Start(const Config& config,
                                                                      Secrets secrets,
                                                                      bool restored) {
  auto parts = std::make_unique<Parts>(config, std::move(secrets));
  absl::Status status = parts->Build(restored);
  if (status.ok()) status = parts->Listen();
  std::unique_ptr<GatewayProcess> process(new GatewayProcess(std::move(parts)));
  if (!status.ok()) {
    process->parts_->drained = true;
    return status;
  }
  Log(LogLevel::kInfo, "gateway.ready",
      {{"grpc_port", process->grpc_port()},
       {"callback_port", process->callback_port()},
       {"admin_port", process->admin_port()},
       {"version", kVersion}});
  return process;
}

GatewayProcess::GatewayProcess(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

GatewayProcess::~GatewayProcess() {
  if (!parts_->drained) Drain();
  if (parts_->server != nullptr) parts_->server->Shutdown(absl::ZeroDuration());
  parts_->server.reset();
  parts_->StopLoop();
}

void GatewayProcess::Drain() {
  Parts& parts = *parts_;
  if (std::exchange(parts.drained, true)) return;
  const absl::Time began = absl::Now();
  const absl::Time deadline = began + parts.config.drain.deadline;
  Log(LogLevel::kInfo, "gateway.draining");
  parts.server->SetServing(false);
  parts.OnLoop<bool>([&parts]() -> Task<bool> {
    // First nobody new is sent here, then nothing new is taken.
    parts.leaving = true;
    co_await SleepFor(parts.loop, parts.config.drain.delay);
    parts.gateway->Drain();
    parts.streams->Drain();
    co_await parts.callbacks->Stop();
    co_return true;
  });
  parts.server->Shutdown(std::max((deadline - absl::Now()) / 2, absl::Seconds(1)));
  parts.server.reset();
  const bool idle = parts.OnLoop<bool>([&parts, deadline]() -> Task<bool> {
    while (!parts.gateway->idle() && parts.loop.Now() < deadline) {
      co_await SleepFor(parts.loop, absl::Milliseconds(20));
    }
    co_return parts.gateway->idle();
  });
  Log(LogLevel::kInfo, "gateway.drained",
      {{"idle", idle}, {"took_ms", absl::ToInt64Milliseconds(absl::Now() - began)}});
}

int GatewayProcess::grpc_port() const { return parts_->server->port(); }
int GatewayProcess::callback_port() const { return parts_->callbacks->port(); }
int GatewayProcess::admin_port() const { return parts_->admin->port(); }

}  // namespace payout
