// `create -f` with many requests: bounded parallelism, every line on its own, a summary, the worst
// code.

#include <algorithm>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "client/payoutctl/create.h"
#include "client/payoutctl/hints.h"
#include "client/payoutctl/progress.h"
#include "client/payoutctl/session.h"
#include "client/payoutctl/text.h"

namespace payout::payoutctl {
namespace {

class BulkRun {
 public:
  BulkRun(const Session& session, const RequestFile& file)
      : session_(session),
        file_(file),
        progress_(session.talk, file.requests.size(), session.line.global.quiet) {}

  ExitCode Run() {
    const size_t workers =
        std::min(static_cast<size_t>(session_.line.create.parallel), file_.requests.size());
    std::vector<std::thread> threads;
    for (size_t i = 0; i < workers; ++i) threads.emplace_back([this] { Work(); });
    for (std::thread& thread : threads) thread.join();
    if (session_.talk.output() == Output::kJson) session_.talk.Out(first_ ? "[]\n" : "\n]\n");
    return worst_;
  }

  std::string Summary() const {
    std::string text = std::to_string(file_.requests.size()) + " requests: ";
    text += std::to_string(created_) + (session_.line.create.validate_only ? " valid" : " created");
    text +=
        ", " + std::to_string(existed_) + " existed before, " + std::to_string(failed_) + " failed";
    if (unknown_ > 0) {
      text += ", " + std::to_string(unknown_) +
              " with unknown outcome: run the same file again, and do not pay those by other means";
    }
    const size_t left = file_.requests.size() - next_;
    if (left > 0) text += ", " + std::to_string(left) + " not started";
    return text;
  }

 private:
  // Takes lines until there are none, or until interrupted.
  void Work() {
    for (;;) {
      const RequestLine* line = nullptr;
      {
        std::lock_guard lock(mutex_);
        if (next_ == file_.requests.size() || session_.interrupt.fired()) return;
        line = &file_.requests[next_++];
      }
      Create(*line);
    }
  }

  void Create(const RequestLine& line) {
    client::Result<v1::CreatePayoutRequest> request = ParseRequest(line);
    if (!request.ok()) return Failed(line, "", request.error());
    ApplyFlags(session_.line.create, *request);
    if (request->payout_id().empty()) {
      // A made-up id could not be repeated by running the file again.
      return Failed(
          line, "",
          client::LocalError(grpc::StatusCode::INVALID_ARGUMENT,
                             "payoutId is missing; in a file of many every request needs its own"));
    }
    client::Result<v1::CreatePayoutResponse> response =
        session_.client.CreatePayout(*request, session_.Call(DefaultTimeout(request->wait_mode())));
    if (!response.ok()) return Failed(line, request->payout_id(), response.error());
    Succeeded(line, *request, *response);
  }

  void Succeeded(const RequestLine& line, const v1::CreatePayoutRequest& request,
                 const v1::CreatePayoutResponse& response) {
    {
      std::lock_guard lock(mutex_);
      ++(response.replayed() ? existed_ : created_);
      worst_ = Worse(worst_, AfterWait(request.wait_mode(), response.payout()));
      Print(line, response);
    }
    progress_.Done(false);
  }

  // Under mutex_, so that lines and the commas of the array stay in order.
  void Print(const RequestLine& line, const v1::CreatePayoutResponse& response) {
    Talk& talk = session_.talk;
    const v1::Payout& payout = response.payout();
    if (talk.output() == Output::kText) {
      const Cell state{StateName(payout.state()), StateInk(payout.state())};
      talk.Out(table_.Format({{{"line " + std::to_string(line.number)},
                               {payout.payout_id()},
                               state,
                               {payout.money().amount(), Ink::kPlain, true},
                               {payout.money().currency_code()},
                               {response.replayed() ? "existed before" : ""},
                               {Remarks(payout)}}}));
      return;
    }
    const std::string json = ToJson(response, {false, talk.style().emit_defaults});
    if (talk.output() == Output::kJson) {
      talk.Out((first_ ? "[\n" : ",\n") + json);
    } else {
      talk.Out(json + "\n");
    }
    first_ = false;
  }

  void Failed(const RequestLine& line, const std::string& payout_id,
              const client::CallError& error) {
    const ExitCode code =
        session_.talk.Error(error, Talk::About{payout_id, line.number, /*hint=*/""});
    {
      std::lock_guard lock(mutex_);
      ++failed_;
      if (error.outcome_unknown) ++unknown_;
      worst_ = Worse(worst_, code);
    }
    progress_.Done(true);
  }

  const Session& session_;
  const RequestFile& file_;
  Progress progress_;
  std::mutex mutex_;  // guards what follows
  Table table_{session_.talk.color_out()};
  bool first_ = true;
  size_t next_ = 0;
  size_t created_ = 0;
  size_t existed_ = 0;
  size_t failed_ = 0;
  size_t unknown_ = 0;
  ExitCode worst_ = kExitOk;
};

}  // namespace

ExitCode RunBulkCreate(const Session& session, const RequestFile& file) {
  if (!session.line.create.id.empty()) {
    return session.talk.Error(client::LocalError(grpc::StatusCode::INVALID_ARGUMENT,
                                                 "--id does not go with a file of many requests"));
  }
  if (const auto error = CheckReachable(session)) return Fail(session, *error);
  std::string summary;
  ExitCode code = kExitOk;
  {
    BulkRun run(session, file);
    code = run.Run();
    summary = run.Summary();
  }
  // Last, after the progress line is gone.
  session.talk.Important(summary);
  return session.interrupt.fired() ? kExitInterrupted : code;
}

}  // namespace payout::payoutctl
