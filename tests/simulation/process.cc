#include "tests/simulation/process.h"

#include "server/app/paced_budget.h"

namespace payout::simulation {
namespace {

constexpr std::string_view kCapabilityKey = "0123456789abcdef0123456789abcdef";

}  // namespace

const std::vector<TenantRights>& Tenants() {
  static const std::vector<TenantRights>& tenants =
      *new std::vector<TenantRights>{{TenantName("billing"), {kMerchants[0]}},
                                     {TenantName("payroll"), {kMerchants[0], kMerchants[1]}},
                                     {TenantName("refunds"), {kMerchants[1]}}};
  return tenants;
}

Process::Process(ProcessParts parts, int number, absl::Duration monotonic_origin,
                 std::uint64_t seed)
    : env(parts.env, parts.wall, monotonic_origin, seed),
      core{.env = env,
           .store = parts.store,
           .provider = parts.provider,
           .observer = observer,
           .instance = "process-" + std::to_string(number),
           .instance_number = static_cast<std::uint64_t>(number)},
      feed(core, parts.settings.tail_events),
      capability("https://gateway.example", {{"k1", SecretString(std::string(kCapabilityKey))}}),
      accept(core, capability, directory),
      create(core, feed, directory, capability, {.queued_max = parts.settings.queued_max}),
      query(core, directory),
      review(core, directory),
      gateway(core, feed, directory) {
  for (const MerchantName& merchant : kMerchants) {
    directory.AddMerchant(std::make_unique<MerchantDesk>(
        core, merchant, parts.settings.policy,
        std::make_unique<PacedBudget>(env, parts.settings.requests_per_second, nullptr),
        parts.settings.in_flight_max));
  }
  for (const TenantRights& tenant : Tenants()) {
    directory.AddTenant({tenant.name, tenant.merchants, ""});
  }
}

}  // namespace payout::simulation
