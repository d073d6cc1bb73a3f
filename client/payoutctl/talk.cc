#include "client/payoutctl/talk.h"

#include <cstdio>
#include <cstdlib>

#include <unistd.h>

#include "client/payoutctl/table.h"
#include "client/payoutctl/text.h"

namespace payout::payoutctl {
namespace {

bool WantsColor(Color color, int descriptor) {
  switch (color) {
    case Color::kAlways:
      return true;
    case Color::kNever:
      return false;
    case Color::kAuto:
      break;
  }
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  if (terminal != nullptr && std::string(terminal) == "dumb") return false;
  return isatty(descriptor) == 1;
}

std::string ErrorText(const client::CallError& error, const Talk::About& about, bool colored) {
  std::string text = Paint("error:", Ink::kBad, colored) + " ";
  if (about.line > 0) text += "line " + std::to_string(about.line) + ": ";
  if (!about.payout_id.empty() && about.line > 0) text += Clean(about.payout_id) + ": ";
  text += Clean(error.message.empty() ? "no message" : error.message);
  text += "  (" + client::CodeName(error.code);
  if (!error.reason.empty()) text += ", " + Clean(error.reason);
  text += ")";
  for (const client::FieldViolation& violation : error.violations) {
    text += "\n  " + Clean(violation.field) + ": " + Clean(violation.description);
  }
  for (const client::Precondition& precondition : error.preconditions) {
    text += "\n  ";
    if (!precondition.subject.empty()) text += Clean(precondition.subject) + ": ";
    text += Clean(precondition.description);
  }
  const auto fields = error.metadata.find("differing_fields");
  if (fields != error.metadata.end()) text += "\n  differs in: " + Clean(fields->second);
  const auto state = error.metadata.find("state");
  if (state != error.metadata.end()) text += "\n  state: " + Clean(state->second);
  if (error.retry_after) {
    text += "\n  the server asks to wait " + absl::FormatDuration(*error.retry_after);
  }
  if (!about.hint.empty()) text += "\n" + Paint("hint:", Ink::kBold, colored) + " " + about.hint;
  return text;
}

}  // namespace

Talk::Talk(const GlobalOptions& options)
    : output_(options.output),
      emit_defaults_(options.emit_defaults),
      quiet_(options.quiet),
      verbose_(options.verbose),
      color_out_(!json() && WantsColor(options.color, STDOUT_FILENO)),
      color_err_(!json() && WantsColor(options.color, STDERR_FILENO)),
      live_(!json() && isatty(STDERR_FILENO) == 1) {}

bool Talk::Out(const std::string& text) {
  std::lock_guard lock(mutex_);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

void Talk::Note(const std::string& text, const std::string& payout_id) {
  if (!quiet_) Important(text, payout_id);
}

void Talk::Detail(const std::string& text) {
  if (verbose_) Important(text);
}

void Talk::Important(const std::string& text, const std::string& payout_id) {
  Line(json() ? NoteJson(text, payout_id) : text);
}

ExitCode Talk::Error(const client::CallError& error, const About& about) {
  About full = about;
  if (error.outcome_unknown) {
    if (!full.hint.empty()) full.hint += "; ";
    full.hint += kOutcomeUnknownAdvice;
    if (!full.payout_id.empty()) full.hint += " (--id " + full.payout_id + ")";
  }
  const ExitCode code = ExitCodeOf(error);
  Line(json() ? ErrorJson(error, code, full.hint, full.payout_id, full.line)
              : ErrorText(error, full, color_err_));
  return code;
}

void Talk::Redraw(const std::string& text) {
  std::lock_guard lock(mutex_);
  if (!live_ || (text.empty() && drawn_.empty())) return;
  drawn_ = text;
  std::fprintf(stderr, "\r\033[K%s", text.c_str());
  std::fflush(stderr);
}

void Talk::Line(const std::string& line) {
  std::lock_guard lock(mutex_);
  if (!drawn_.empty()) std::fputs("\r\033[K", stderr);
  std::fprintf(stderr, "%s\n%s", line.c_str(), drawn_.c_str());
  std::fflush(stderr);
}

}  // namespace payout::payoutctl
