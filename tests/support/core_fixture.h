// CoreFixture: the whole core, memory store and model platform under simulated time.
//
// Used by: tests/server/app. `Restart` ends the process at once and starts another on the same
// store, `RestartOn` on a backup of it.

#ifndef PAYOUT_TESTS_SUPPORT_CORE_FIXTURE_H_
#define PAYOUT_TESTS_SUPPORT_CORE_FIXTURE_H_

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/memory/memory_store.h"
#include "server/app/accept_callback.h"
#include "server/app/create_payout.h"
#include "server/app/gateway.h"
#include "server/app/query_payouts.h"
#include "server/app/status_stream.h"
#include "tests/support/model_platform.h"
#include "tests/support/simulated_environment.h"

namespace payout::testing {

// A valid draft of `id`: 10.00 EUR to a bank account.
IntentDraft BankDraft(std::string id);

class CoreFixture {
 public:
  struct Options {
    int requests_per_second = 5;
    int in_flight_max = 64;
    std::size_t tail_events = 1024;
    Policy policy;
    CreatePayout::Options create;
    std::uint64_t seed = 1;
  };
  explicit CoreFixture(Options options);
  CoreFixture() : CoreFixture(Options()) {}
  ~CoreFixture();

  // The process dies now; what was in flight never comes back. Another one starts on the same
  // store.
  void Restart();

  // The process dies, a backup of the store is put back, and another one starts on it.
  void RestartOn(const memory::Books& backup);
  // The process dies, and none is there until Restart.
  void Kill();

  // Recorded (wait mode kRecorded); the test fails when that is refused.
  Payout Create(std::string id) { return Create(BankDraft(std::move(id))); }
  Payout Create(IntentDraft draft);
  absl::StatusOr<CreateOutcome> TryCreate(CreateCommand command);
  CreateCommand Command(std::string id) const;

  Payout Get(const std::string& id);
  // Runs until the payout is in `state`; false when it is not within `limit`.
  bool RunUntilState(const std::string& id, State state, absl::Duration limit = absl::Hours(1));

  SimulatedEnvironment env;
  ModelPlatform platform;
  MemoryStore store;

  // Counts what the core tells about itself.
  struct Recorder final : Observer {
    std::map<AuditResult, int> audits;
    std::multiset<Alarm> alarms;
    void OnAudit(const MerchantName&, AuditResult result, int count) override {
      audits[result] += count;
    }
    void OnAlarm(Alarm alarm, const MerchantName&, const PayoutKey*) override {
      alarms.insert(alarm);
    }
  };

  // The running process.
  struct Process {
    Process(CoreFixture& fixture, int number);
    ~Process();
    Recorder observer;
    Core core;
    Directory directory;
    Feed feed;
    Capability capability;
    AcceptCallback accept;
    CreatePayout create;
    QueryPayouts query;
    Gateway gateway;
    TaskScope scope;
  };
  std::unique_ptr<Process> process;
  const Options options;
  static inline const MerchantName kMerchant{"main"};
  static inline const TenantName kTenant{"billing"};

 private:
  int processes_ = 0;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_SUPPORT_CORE_FIXTURE_H_
