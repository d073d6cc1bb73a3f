// payout-demo: the part of `make demo` that talks to the gateway, over the C++ client library.
//
//   payout-demo TARGET TOKEN_FILE SIMULATOR_ADMIN_URL
//
// Exit codes: 0 everything agrees, 1 it does not, 2 wrong usage.

#include <chrono>
#include <iostream>
#include <memory>
#include <utility>

#include "client/payout_client.h"
#include "tests/demo/event_log.h"
#include "tests/demo/report.h"
#include "tests/demo/text.h"

namespace payout::demo {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kSettleLimit{60};

bool Fail(const std::string& what) {
  std::cout << "\nFAILED: " << what << std::endl;
  return false;
}

bool CreateAll(const client::PayoutClient& client, const std::vector<DemoPayout>& payouts) {
  const Clock::time_point begin = Clock::now();
  for (const DemoPayout& payout : payouts) {
    const auto answer = client.CreatePayout(payout.request);
    if (!answer.ok()) return Fail(answer.error().ToString());
    std::cout << "  " << Pad(answer->payout().payout_id(), 15)
              << Pad(MoneyText(answer->payout().money()), 16)
              << Pad(StateName(answer->payout().state()), 11) << payout.about << "\n";
  }
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  std::cout << "  " << payouts.size() << " payouts are on disk after " << took.count()
            << " ms; no caller had to wait for the platform.\n";
  return true;
}

// What a caller meets that repeats itself, by design or by mistake.
bool RepeatTheFirst(const client::PayoutClient& client, v1::CreatePayoutRequest request) {
  std::cout << "\nCreate the first one again: the id decides\n";
  const auto same = client.CreatePayout(request);
  if (!same.ok()) return Fail(same.error().ToString());
  if (!same->replayed()) return Fail("a repeated create was not recognised");
  std::cout << "  " << request.payout_id() << " for " << MoneyText(request.money())
            << ": OK, replayed = true; nothing new was created\n";
  request.mutable_money()->set_amount("43.05");
  const auto other = client.CreatePayout(request);
  if (other.ok()) return Fail("another amount under the same id was accepted");
  const client::CallError& error = other.error();
  const auto differing = error.metadata.find("differing_fields");
  const std::string fields = differing == error.metadata.end() ? "" : differing->second;
  std::cout << "  " << request.payout_id() << " for " << MoneyText(request.money()) << ": "
            << client::CodeName(error.code) << " / " << error.reason << ", differs in " << fields
            << "\n";
  if (error.code != grpc::StatusCode::ALREADY_EXISTS || fields != "money.amount") {
    return Fail("ALREADY_EXISTS that names money.amount was expected: " + error.ToString());
  }
  return true;
}

bool Compare(const client::PayoutClient& client, const std::vector<DemoPayout>& payouts,
             const EventLog& events, const std::string& admin_url) {
  std::vector<Outcome> outcomes;
  for (const DemoPayout& payout : payouts) {
    v1::GetPayoutRequest request;
    request.set_payout_id(payout.request.payout_id());
    auto answer = client.GetPayout(request);
    if (!answer.ok()) return Fail(answer.error().ToString());
    outcomes.push_back({payout, std::move(answer->payout()), events.Of(request.payout_id())});
  }
  const absl::StatusOr<PlatformLedger> ledger = FetchLedger(admin_url);
  if (!ledger.ok()) return Fail(ledger.status().ToString());
  const client::WatchCounters counters = events.counters();
  const bool agrees = PrintReport(outcomes, *ledger);
  if (counters.missing_revisions != 0 || counters.repeated_events != 0) {
    return Fail("the stream left events out or repeated some");
  }
  return agrees;
}

bool Run(const std::string& target, const std::string& token_file, const std::string& admin_url) {
  client::ChannelOptions options;
  options.target = target;
  options.token_file = token_file;
  auto opened = client::Channel::Open(std::move(options));
  if (!opened.ok()) return Fail(opened.error().ToString());
  const std::shared_ptr<client::Channel> channel = *opened;
  const client::PayoutClient client(channel);
  const auto health = client.CheckHealth("");
  if (!health.ok()) return Fail(health.error().ToString());
  if (*health != client::Health::kServing) return Fail("the gateway is not serving");

  EventLog events(channel, Clock::now());
  const std::optional<int64_t> open_payouts = events.WaitForSnapshot(std::chrono::seconds(10));
  if (!open_payouts) return Fail("the stream gave no snapshot: " + events.problem());
  std::cout << "Opened   a status stream: a snapshot of " << *open_payouts
            << " open payouts, then every change\n";

  const std::vector<DemoPayout> payouts = DemoPayouts();
  std::cout << "\nCreate " << payouts.size() << " payouts, over the C++ client library\n";
  if (!CreateAll(client, payouts)) return false;
  if (!RepeatTheFirst(client, payouts[0].request)) return false;

  std::cout << "\nWhat the stream tells. The platform allows 5 requests per second and pays after "
               "1.5 s.\n";
  events.BeginPrinting();
  if (!events.WaitUntilSettled(payouts.size(), kSettleLimit)) {
    return Fail(events.problem().empty() ? "not all payouts are settled after 60 s"
                                         : events.problem());
  }
  std::cout << "\nThe gateway's books beside the platform's own ledger, amounts compared exactly\n";
  return Compare(client, payouts, events, admin_url);
}

}  // namespace
}  // namespace payout::demo

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: payout-demo TARGET TOKEN_FILE SIMULATOR_ADMIN_URL\n";
    return 2;
  }
  return payout::demo::Run(argv[1], argv[2], argv[3]) ? 0 : 1;
}
