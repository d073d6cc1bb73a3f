// `watch`: one line per change, across reconnections, with a token to go on from.

#include <atomic>
#include <cstdio>
#include <fstream>
#include <set>
#include <thread>
#include <utility>

#include <unistd.h>

#include "client/payoutctl/hints.h"
#include "client/payoutctl/session.h"
#include "client/payoutctl/text.h"
#include "client/status_watch.h"

namespace payout::payoutctl {
namespace {

using Kind = client::WatchMessage::Kind;

client::CallError Bad(std::string message) {
  return client::LocalError(grpc::StatusCode::INVALID_ARGUMENT, std::move(message));
}

// The whole token or the one before, never half of one.
bool WriteAtomically(const std::string& path, const std::string& text) {
  const std::string draft = path + ".new-" + std::to_string(getpid());
  {
    std::ofstream file(draft, std::ios::trunc);
    file << text << "\n";
    file.close();
    if (!file) {
      std::remove(draft.c_str());
      return false;
    }
  }
  return std::rename(draft.c_str(), path.c_str()) == 0;
}

std::string ReadFirstWord(const std::string& path) {
  std::ifstream file(path);
  std::string word;
  file >> word;
  return word;
}

client::Result<v1::StreamStatusRequest> WatchRequest(const WatchFlags& flags) {
  v1::StreamStatusRequest request;
  if (!flags.ids.empty()) {
    if (!flags.states.empty()) return Bad("--state does not go with ids");
    if (flags.merchants.size() > 1) return Bad("ids belong to one --merchant");
    for (const std::string& id : flags.ids) request.mutable_ids()->add_payout_ids(id);
    if (!flags.merchants.empty()) request.mutable_ids()->set_merchant(flags.merchants.front());
  } else {
    v1::PayoutFeed& feed = *request.mutable_feed();
    for (const std::string& merchant : flags.merchants) feed.add_merchants(merchant);
    for (const std::string& state : flags.states) feed.add_states(*ParseState(state));
    if (flags.until_settled && !flags.states.empty()) {
      return Bad("--until settled needs all changes; leave --state away");
    }
  }
  if (flags.from == "snapshot") {
    request.set_start(v1::STREAM_START_SNAPSHOT);
  } else if (flags.from == "now" || flags.from == "oldest") {
    if (!flags.ids.empty()) return Bad("--from " + flags.from + " does not go with ids");
    request.set_start(flags.from == "now" ? v1::STREAM_START_NOW : v1::STREAM_START_OLDEST);
  } else {
    request.set_resume_token(flags.from);
  }
  if (!flags.resume_file.empty()) {
    const std::string token = ReadFirstWord(flags.resume_file);
    if (!token.empty()) request.set_resume_token(token);
  }
  return request;
}

// What was seen so far, for --until settled.
class Outcomes {
 public:
  void Note(const v1::Payout& payout) {
    const std::string key = payout.merchant() + "/" + payout.payout_id();
    if (IsSettled(payout.state())) {
      open_.erase(key);
    } else {
      open_.insert(key);
    }
    any_not_paid_ = any_not_paid_ || IsNotPaid(payout.state());
  }
  void Complete() { complete_ = true; }
  void Restart() {
    open_.clear();
    complete_ = false;
  }
  bool all_settled() const { return complete_ && open_.empty(); }
  bool any_not_paid() const { return any_not_paid_; }

 private:
  std::set<std::string> open_;
  bool complete_ = false;  // the snapshot is over: what is open is known
  bool any_not_paid_ = false;
};

class WatchRun {
 public:
  WatchRun(const Session& session, v1::StreamStatusRequest request)
      : session_(session),
        flags_(session.line.watch),
        watch_(session.channel, std::move(request), Options()) {}

  ExitCode Run() {
    client::Interrupt::Hook on_interrupt(&session_.interrupt, [this] { watch_.Cancel(); });
    client::Interrupt finished;
    std::thread timer;
    if (session_.line.global.timeout) {
      timer = std::thread([this, &finished] {
        if (finished.WaitFor(*session_.line.global.timeout)) return;
        timed_out_ = true;
        watch_.Cancel();
      });
    }
    const ExitCode code = Loop();
    finished.Fire();
    if (timer.joinable()) timer.join();
    return code;
  }

 private:
  client::WatchOptions Options() {
    client::WatchOptions options;
    options.restart_when_lost = flags_.restart;
    options.deliver_progress = true;  // keeps the resume file young
    options.on_reconnect = [this](const client::CallError& why, absl::Duration pause) {
      session_.talk.Note("reconnecting in " +
                         absl::FormatDuration(absl::Ceil(pause, absl::Milliseconds(1))) + ": " +
                         why.ToString());
    };
    return options;
  }

  ExitCode Loop() {
    for (;;) {
      client::Result<client::WatchMessage> item = watch_.Next();
      if (!item.ok()) return Ended(item.error());
      if (item->kind == Kind::kEnd) return Settled();
      Print(*item);
      if (!item->message.token().empty() && !flags_.resume_file.empty() &&
          !WriteAtomically(flags_.resume_file, item->message.token())) {
        TellToken();
        return session_.talk.Error(
            client::LocalError(grpc::StatusCode::UNKNOWN,
                               "resume file \"" + flags_.resume_file + "\" cannot be written"));
      }
      if (flags_.until_settled && outcomes_.all_settled()) return Settled();
    }
  }

  void Print(const client::WatchMessage& item) {
    Talk& talk = session_.talk;
    const v1::StreamStatusResponse& message = item.message;
    if (item.missing_revisions > 0) {
      talk.Important("the gateway left out " + std::to_string(item.missing_revisions) +
                         " changes of this payout; tell the people who run it",
                     message.event().payout().payout_id());
    }
    switch (item.kind) {
      case Kind::kSnapshotPayout:
        outcomes_.Note(message.snapshot_payout().payout());
        break;
      case Kind::kEvent:
        outcomes_.Note(message.event().payout());
        outcomes_.Complete();
        break;
      case Kind::kSnapshotEnd:
        outcomes_.Complete();
        break;
      case Kind::kRestarted:
        outcomes_.Restart();
        talk.Important("starting again with a snapshot, changes may be missing: " +
                       item.lost.value_or(client::CallError{}).ToString());
        return;
      case Kind::kProgress:
        if (!session_.line.global.verbose) return;
        break;
      case Kind::kSnapshotBegin:
      case Kind::kEnd:
        break;
    }
    if (talk.json()) {
      talk.Out(ToJson(message, {false, talk.style().emit_defaults}) + "\n");
    } else {
      PrintText(item);
    }
  }

  void PrintText(const client::WatchMessage& item) {
    Talk& talk = session_.talk;
    const v1::StreamStatusResponse& message = item.message;
    if (item.kind == Kind::kSnapshotPayout) {
      talk.Out(DescribeSnapshot(message.snapshot_payout().payout(), talk.color_out()) + "\n");
    } else if (item.kind == Kind::kEvent) {
      talk.Out(DescribeEvent(message.event(), talk.color_out()) + "\n");
      if (message.event().payout().state() == v1::PAYOUT_STATE_OUTCOME_UNKNOWN) {
        talk.Note(std::string("outcome unknown: ") + kOutcomeUnknownAdvice,
                  message.event().payout().payout_id());
      }
    } else if (item.kind == Kind::kSnapshotEnd) {
      talk.Detail("snapshot of " + std::to_string(message.snapshot_end().payout_count()) +
                  " payouts complete");
    } else if (item.kind == Kind::kProgress) {
      talk.Detail("in step");
    }
  }

  ExitCode Settled() const {
    return flags_.until_settled && outcomes_.any_not_paid() ? kExitNotPaid : kExitOk;
  }

  void TellToken() {
    const std::string token = watch_.token();
    if (token.empty()) return;
    session_.talk.Important("resume with: --from " + token);
  }

  ExitCode Ended(const client::CallError& error) {
    TellToken();
    if (session_.interrupt.fired()) return kExitInterrupted;
    if (!timed_out_) return Fail(session_, error);
    if (!flags_.until_settled) return kExitOk;
    session_.talk.Important("time is up, and not everything is settled");
    return kExitNotSettled;
  }

  const Session& session_;
  const WatchFlags& flags_;
  Outcomes outcomes_;
  std::atomic<bool> timed_out_{false};
  client::StatusWatch watch_;
};

}  // namespace

ExitCode RunWatch(const Session& session) {
  client::Result<v1::StreamStatusRequest> request = WatchRequest(session.line.watch);
  if (!request.ok()) return session.talk.Error(request.error());
  // Once it runs it reconnects for ever; a wrong address is told at once.
  if (const auto error = CheckReachable(session)) return Fail(session, *error);
  return WatchRun(session, std::move(request).value()).Run();
}

}  // namespace payout::payoutctl
