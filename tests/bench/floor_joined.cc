#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "adapters/sqlite/worker_thread.h"
#include "payout/v1/payout_service.grpc.pb.h"
#include "tests/bench/floor.h"
#include "tests/bench/floor_server.h"
#include "tests/bench/load.h"
#include "tests/bench/rest_calls.h"
#include "tests/bench/row_writer.h"

namespace payout::bench {
namespace {

enum class Step { kInsert, kClaim, kAnswer };

// One payout on its way. Belongs to the thread that has it: gRPC's, the writer's or the loop's.
struct Operation {
  grpc::ServerUnaryReactor* reactor;
  const v1::CreatePayoutRequest* request;
  v1::CreatePayoutResponse* answer;
  Step step = Step::kInsert;
  std::int64_t sequence = 0;
  absl::Status status;
};
using Operations = std::vector<Operation*>;

// Operations that one thread hands to another.
class Handover {
 public:
  // True when there were none: the other side may be asleep.
  bool Put(std::span<Operation* const> operations) {
    bool first = false;
    {
      const std::lock_guard lock(mutex_);
      first = waiting_.empty();
      waiting_.insert(waiting_.end(), operations.begin(), operations.end());
    }
    changed_.notify_one();
    return first;
  }
  void Close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    changed_.notify_one();
  }
  Operations Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(waiting_, {});
  }
  // Empty only when it was closed.
  Operations WaitAndTake() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return closed_ || !waiting_.empty(); });
    return std::exchange(waiting_, {});
  }
  bool closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Operations waiting_;
  bool closed_ = false;
};

class JoinedService final : public v1::PayoutService::CallbackService {
 public:
  JoinedService(const JoinedFloor& plan, RowWriter& writer)
      : accepts_(plan.accepted), rest_(plan.url), writer_(writer) {}
  ~JoinedService() override {
    to_writer_.Close();
    writer_thread_.join();
    to_loop_.Close();
    rest_.Wake();
    loop_thread_.join();
  }
  JoinedService(const JoinedService&) = delete;
  JoinedService& operator=(const JoinedService&) = delete;

  grpc::ServerUnaryReactor* CreatePayout(grpc::CallbackServerContext* context,
                                         const v1::CreatePayoutRequest* request,
                                         v1::CreatePayoutResponse* answer) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    const v1::WaitMode mode = request->wait_mode();
    if (mode != v1::WAIT_MODE_RECORDED && !(mode == v1::WAIT_MODE_ACCEPTED && accepts_)) {
      reactor->Finish({grpc::StatusCode::INVALID_ARGUMENT, "there is no model of such a payout"});
      return reactor;
    }
    Operation* const operation = new Operation{reactor, request, answer};
    to_writer_.Put({&operation, 1});
    return reactor;
  }

 private:
  static bool SendsIt(const Operation& operation) {
    return operation.request->wait_mode() != v1::WAIT_MODE_RECORDED;
  }

  void Write() {
    for (Operations group = to_writer_.WaitAndTake(); !group.empty();
         group = to_writer_.WaitAndTake()) {
      absl::Status status = writer_.Begin();
      for (Operation* operation : group) {
        if (status.ok()) status = WriteStep(*operation);
      }
      if (status.ok()) status = writer_.Commit();
      if (!status.ok()) writer_.Rollback().IgnoreError();
      for (Operation* operation : group) operation->status = status;
      if (to_loop_.Put(group)) rest_.Wake();
      writer_.CheckpointIfLong();
    }
  }

  absl::Status WriteStep(Operation& operation) {
    switch (operation.step) {
      case Step::kInsert:
        operation.sequence = ++sequence_;
        return writer_.Insert(operation.sequence, operation.request->payout_id(),
                              SendsIt(operation));
      case Step::kClaim:
        return writer_.Claim(operation.sequence);
      case Step::kAnswer:
        return writer_.Answer(operation.sequence);
    }
    return absl::OkStatus();
  }

  void Loop() {
    while (!to_loop_.closed()) {
      rest_.Turn();
      for (Operation* operation : to_loop_.Take()) Written(operation);
    }
  }

  void Written(Operation* operation) {
    const bool last = operation->step == Step::kAnswer || !SendsIt(*operation);
    if (last || !operation->status.ok()) return Finish(operation);
    const bool token = operation->step == Step::kInsert;
    operation->step = token ? Step::kClaim : Step::kAnswer;
    rest_.Start(token ? RestCalls::Kind::kToken : RestCalls::Kind::kCreate,
                operation->request->payout_id(), [this, operation](const absl::Status& status) {
                  operation->status = status;
                  if (!status.ok()) return Finish(operation);
                  to_writer_.Put({&operation, 1});
                });
  }

  static void Finish(Operation* operation) {
    const std::unique_ptr<Operation> last(operation);
    if (operation->status.ok()) {
      *operation->answer = BenchAnswer(*operation->request);
      if (SendsIt(*operation)) {
        operation->answer->mutable_payout()->set_state(v1::PAYOUT_STATE_PROCESSING);
      }
      operation->reactor->Finish(grpc::Status::OK);
    } else {
      operation->reactor->Finish(
          {grpc::StatusCode::INTERNAL, std::string(operation->status.message())});
    }
  }

  const bool accepts_;
  RestCalls rest_;     // the loop's
  RowWriter& writer_;  // the writer's, as is the next
  std::int64_t sequence_ = 0;
  Handover to_writer_;
  Handover to_loop_;
  std::thread writer_thread_ = sqlite::StartWorker([this] { Write(); });
  std::thread loop_thread_ = sqlite::StartWorker([this] { Loop(); });
};

}  // namespace

absl::Status ServeJoined(const JoinedFloor& plan) {
  const absl::StatusOr<std::unique_ptr<RowWriter>> writer =
      RowWriter::Open(plan.like, plan.accepted, plan.dir + "/floor.db");
  if (!writer.ok()) return writer.status();
  JoinedService service(plan, **writer);
  return ServeFloor(service, "grpc_port", std::chrono::seconds(600));
}

}  // namespace payout::bench
