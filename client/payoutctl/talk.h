// Talk: everything payoutctl says on standard error, and how it writes standard output.
//
// With -o json and jsonl every line on standard error is one JSON object: {"note":...}, and last
// {"error":...}. Thread-safe: lines of parallel work do not mix.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_TALK_H_
#define PAYOUT_CLIENT_PAYOUTCTL_TALK_H_

#include <mutex>
#include <string>

#include "client/error.h"
#include "client/payoutctl/exit_code.h"
#include "client/payoutctl/json.h"
#include "client/payoutctl/options.h"

namespace payout::payoutctl {

class Talk {
 public:
  explicit Talk(const GlobalOptions& options);

  bool json() const { return output_ != Output::kText; }
  Output output() const { return output_; }
  JsonStyle style() const { return {output_ == Output::kJson, emit_defaults_}; }
  bool color_out() const { return color_out_; }
  // Standard error is a terminal that may be redrawn.
  bool live() const { return live_; }

  // To standard output, flushed, so that a pipe sees every line at once. False: nobody reads any
  // more.
  bool Out(const std::string& text);

  // Something worth knowing; silent with -q.
  void Note(const std::string& text, const std::string& payout_id = "");
  // Only with -v.
  void Detail(const std::string& text);
  // Must be known even with -q: ids to repeat with, tokens to resume with, unknown outcomes.
  void Important(const std::string& text, const std::string& payout_id = "");

  struct About {
    std::string payout_id;
    int line = 0;      // of a file of many
    std::string hint;  // what to do
  };
  // Prints the error with its violations and returns its exit code.
  ExitCode Error(const client::CallError& error, const About& about);
  ExitCode Error(const client::CallError& error) { return Error(error, About{}); }

  // Redraws the last line of a terminal; an empty text removes it.
  void Redraw(const std::string& text);

 private:
  void Line(const std::string& line);

  const Output output_;
  const bool emit_defaults_;
  const bool quiet_;
  const bool verbose_;
  bool color_out_ = false;
  bool color_err_ = false;
  bool live_ = false;
  std::mutex mutex_;
  std::string drawn_;
};

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_TALK_H_
