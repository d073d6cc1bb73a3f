// Configuration files, on top of the flags without which nothing is complete. Problems say where
// they are; what is accepted can be printed and read again.

#include <algorithm>
#include <string>

#include "server/main/config/config.h"
#include "server/main/config/print.h"
#include "tests/fuzz/fuzz.h"

namespace payout::fuzz {
namespace {

ConfigResult Load(std::string_view text, const Flags& flags) {
  return LoadConfig(flags, {}, ConfigFile{"gw.toml", std::string(text)});
}

void CheckProblem(const Problem& problem, std::string_view text) {
  Require(!problem.message.empty() && problem.message.find('\n') == std::string::npos,
          "a problem is told in one line");
  Require(std::none_of(problem.message.begin(), problem.message.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }),
          "a problem is told without control characters");
  const Place& place = problem.place;
  if (place.name != "gw.toml") return;
  Require(place.line >= 0 && place.column >= 0,
          "lines and columns count from 1; 0 for what has none");
  if (place.line == 0) return;
  const auto lines = std::count(text.begin(), text.end(), '\n') + 1;
  Require(place.line <= lines + 1, "a problem is inside the file");
  std::size_t from = 0;
  for (int line = 1; line < place.line && from < text.size(); ++line)
    from = std::min(text.find('\n', from), text.size() - 1) + 1;
  const std::size_t length =
      std::min(text.find('\n', from), text.size()) - std::min(from, text.size());
  Require(place.column >= 1 && static_cast<std::size_t>(place.column) <= length + 2,
          "a problem is inside its line");
}

void CheckAccepted(const ConfigResult& loaded) {
  const Config& config = loaded.config;
  Require(!config.merchants.empty(), "there is a merchant");
  // Against a simulator on this machine less patience is allowed.
  const bool real = std::ranges::any_of(config.merchants, [](const MerchantConfig& merchant) {
    const std::string& url = merchant.platform.url;
    return url.find("127.") == std::string::npos && url.find("localhost") == std::string::npos &&
           url.find("::") == std::string::npos;
  });
  for (const MerchantConfig& merchant : config.merchants) {
    const Policy policy = PolicyOf(config, merchant);
    Require(!real || (policy.absence_reads >= 3 && policy.absence_gap >= absl::Seconds(30) &&
                      policy.absence_settle >= absl::Seconds(120)),
            "absence is never settled sooner than the design allows");
    Require(policy.absence_settle >= 4 * policy.create_timeout, "absence outlasts every call");
    Require(policy.create_timeout > absl::ZeroDuration() && policy.retry_min > absl::ZeroDuration(),
            "no wait is zero");
    Require(merchant.platform.requests_per_second >= 0, "the budget is not negative");
  }
  const std::string printed = PrintConfig(loaded);
  const ConfigResult again = Load(printed, {});
  if (!again.ok()) {
    std::fprintf(stderr, "%s\n", printed.c_str());
    for (const Problem& problem : again.problems)
      std::fprintf(stderr, "%s\n", problem.ToString().c_str());
  }
  Require(again.ok() && again.config == config,
          "what is printed is read as the same configuration");
}

void Check(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = Input(data, size).Rest();
  if (text.size() > 16 * 1024) return;
  const Flags minimum = {{"auth.tokens_file", "tokens.toml"},
                         {"callbacks.base_url", "https://pay.example.com"},
                         {"merchant.code", "M-1"},
                         {"merchant.secret_file", "secret"}};
  // A file may bring merchants of its own, which the flags of the one merchant exclude.
  const Flags callers = {minimum.begin(), std::next(minimum.begin(), 2)};
  for (const Flags& flags : {minimum, callers}) {
    const ConfigResult loaded = Load(text, flags);
    for (const Problem& problem : loaded.problems) CheckProblem(problem, text);
    if (loaded.ok()) CheckAccepted(loaded);
  }
}

}  // namespace
}  // namespace payout::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  payout::fuzz::Check(data, size);
  return 0;
}
