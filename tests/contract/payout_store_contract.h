// The contract of PayoutStore as tests. Each implementation adds a factory (see
// memory_store_contract.cc) and runs all of them.
//
// A new implementation: derive a StoreUnderTest, instantiate the suites that are listed at the end,
// and add the file to CMakeLists.txt.

#ifndef PAYOUT_TESTS_CONTRACT_PAYOUT_STORE_CONTRACT_H_
#define PAYOUT_TESTS_CONTRACT_PAYOUT_STORE_CONTRACT_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "server/app/ports/payout_store.h"
#include "tests/contract/loop_executor.h"
#include "tests/contract/payout_builder.h"

namespace payout::testing {

class StoreUnderTest {
 public:
  virtual ~StoreUnderTest() = default;
  virtual PayoutStore& store() = 0;
  virtual LoopExecutor& loop() = 0;
  // Closes the store and opens it again; false when nothing outlives this kind of store.
  virtual bool Reopen() = 0;
  // Puts a backup of the store as it is now back, at `now`: opens it as a restored one.
  virtual void Restore(absl::Time now) = 0;
  // How many callbacks were parked for a key, which the port does not tell.
  virtual std::int64_t Parked(const PayoutKey& key) = 0;
};

using StoreFactory = std::function<std::unique_ptr<StoreUnderTest>()>;

// Every field, at stored precision; scales of amounts count.
void ExpectSame(const Payout& actual, const Payout& expected);
void ExpectSame(const Event& actual, const Event& expected);

class PayoutStoreContract : public ::testing::TestWithParam<StoreFactory> {
 protected:
  PayoutStore& store() { return under_test_->store(); }
  LoopExecutor& loop() { return under_test_->loop(); }
  StoreUnderTest& under_test() { return *under_test_; }

  template <class T>
  T Run(Task<T> task) {
    return loop().Run(std::move(task));
  }

  // The value of a call that must succeed.
  template <class T>
  T Must(Task<absl::StatusOr<T>> task) {
    absl::StatusOr<T> result = Run(std::move(task));
    if (!result.ok()) ADD_FAILURE() << result.status();
    return *std::move(result);  // Ends the test program when there is none.
  }

  Payout Insert(Payout payout);
  // Moves the stored payout of `row.intent.key` on, from `row`.
  Payout Move(const Payout& row, State state, absl::Time at);
  Payout Move(const Payout& row, State state, absl::Time at, Schedule schedule);
  Payout Get(const PayoutKey& key);
  LeaseResult LeaseDue(WorkClass work, absl::Time now, int limit = 10, std::string owner = "me",
                       std::string merchant = "shop");
  std::vector<Event> AllEvents();

 private:
  std::unique_ptr<StoreUnderTest> under_test_ = GetParam()();
};

std::vector<std::string> Ids(const std::vector<Payout>& payouts);
std::vector<std::string> Ids(const std::vector<Event>& events);

// One suite per part of the port.
class PayoutStoreWrites : public PayoutStoreContract {};
class PayoutStoreLeases : public PayoutStoreContract {};
class PayoutStoreHints : public PayoutStoreContract {};
class PayoutStoreLists : public PayoutStoreContract {};
class PayoutStoreStreams : public PayoutStoreContract {
 protected:
  // All pages. `between_pages` may write.
  std::vector<Payout> Snapshot(
      const StreamFilter& filter, std::int64_t position, int limit,
      const std::function<void()>& between_pages = [] {});
  std::vector<Event> Events(const StreamFilter& filter, std::int64_t after, int limit);
};
class PayoutStoreLifetime : public PayoutStoreContract {};
class PayoutStoreOperators : public PayoutStoreContract {};
class PayoutStoreRestore : public PayoutStoreContract {};

}  // namespace payout::testing

#define PAYOUT_INSTANTIATE_STORE_CONTRACT(Name, factory)                            \
  INSTANTIATE_TEST_SUITE_P(Name, PayoutStoreWrites, ::testing::Values(factory));    \
  INSTANTIATE_TEST_SUITE_P(Name, PayoutStoreLeases, ::testing::Values(factory));    \
  INSTANTIATE_TEST_SUITE_P(Name, PayoutStoreHints, ::testing::Values(factory));     \
  INSTANTIATE_TEST_SUITE_P(Name, PayoutStoreLists, ::testing::Values(factory));     \
  INSTANTIATE_TEST_SUITE_P(Name, PayoutStoreStreams, ::testing::Values(factory));   \
  INSTANTIATE_TEST_SUITE_P(Name, PayoutStoreLifetime, ::testing::Values(factory));  \
  INSTANTIATE_TEST_SUITE_P(Name, PayoutStoreOperators, ::testing::Values(factory)); \
  INSTANTIATE_TEST_SUITE_P(Name, PayoutStoreRestore, ::testing::Values(factory))

#endif  // PAYOUT_TESTS_CONTRACT_PAYOUT_STORE_CONTRACT_H_
