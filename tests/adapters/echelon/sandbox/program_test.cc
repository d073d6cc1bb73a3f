// The echelon-sandbox program, as a user starts it.
#include <cstdio>
#include <fstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapters/echelon/sandbox/value.h"
#include "tests/adapters/echelon/sandbox/model_driver.h"
#include "tests/adapters/echelon/sandbox/raw_http.h"

namespace payout::sandbox {
namespace {

using ::testing::HasSubstr;

class Program {
 public:
  explicit Program(std::vector<std::string> args) {
    args.insert(args.begin(), PAYOUT_BINARY_DIR "/bin/echelon-sandbox");
    int out[2];
    int err[2];
    EXPECT_EQ(pipe(out), 0);
    EXPECT_EQ(pipe(err), 0);
    std::vector<char*> argv;
    for (std::string& arg : args) argv.push_back(arg.data());
    argv.push_back(nullptr);
    pid_ = fork();
    if (pid_ == 0) {
      dup2(out[1], 1);
      dup2(err[1], 2);
      for (const int fd : {out[0], out[1], err[0], err[1]}) close(fd);
      execv(argv[0], argv.data());
      _exit(127);
    }
    close(out[1]);
    close(err[1]);
    out_ = fdopen(out[0], "r");
    err_ = fdopen(err[0], "r");
  }
  ~Program() {
    if (pid_ > 0) {
      kill(pid_, SIGKILL);
      waitpid(pid_, nullptr, 0);
    }
    fclose(out_);
    fclose(err_);
  }
  std::string Line() {
    char line[4096];
    return fgets(line, sizeof line, out_) == nullptr ? "" : line;
  }
  std::string Talk() {
    std::string text;
    char line[4096];
    while (fgets(line, sizeof line, err_) != nullptr) text += line;
    return text;
  }
  void Signal(int number) { kill(pid_, number); }
  int Wait() {
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  pid_t pid_ = -1;
  FILE* out_ = nullptr;
  FILE* err_ = nullptr;
};

const std::vector<std::string> kFreePorts = {"--listen", "127.0.0.1:0", "--admin-listen",
                                             "127.0.0.1:0"};

std::vector<std::string> With(std::vector<std::string> more) {
  std::vector<std::string> args = kFreePorts;
  args.insert(args.end(), more.begin(), more.end());
  return args;
}

std::string TempFile(const std::string& name, const std::string& text) {
  std::string path = ::testing::TempDir() + name + std::to_string(getpid());
  std::ofstream(path) << text;
  return path;
}

std::uint16_t PortIn(const Value& ready, const char* key) {
  const std::string& url = ready.Find(key)->text;
  return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

TEST(Program, PrintsItsUrlsServesAndStopsOnSigterm) {
  for (const int signal : {SIGTERM, SIGINT}) {
    Program program(kFreePorts);
    const auto ready = ParseJson(program.Line());
    ASSERT_TRUE(ready.ok());
    EXPECT_EQ(HttpCall(PortIn(*ready, "admin_url"), "GET", "/admin/healthz").status, 200);
    EXPECT_NE(TokenIn(HttpCall(PortIn(*ready, "platform_url"), "POST", "/auth-tokens",
                               TokenRequestBody({"GET /payouts/A-1"}))
                          .body),
              "");
    program.Signal(signal);
    EXPECT_EQ(program.Wait(), 0);
    EXPECT_EQ(program.Line(), "") << "one line on stdout, no more";
    EXPECT_THAT(program.Talk(), HasSubstr("stopped"));
  }
}

TEST(Program, StopsByItselfAfterItsDuration) {
  Program program(With({"--duration", "20ms"}));
  EXPECT_NE(program.Line(), "");
  EXPECT_EQ(program.Wait(), 0);
}

TEST(Program, TakesMerchantsFromFilesAndSettingsFromAScenario) {
  const std::string secret = TempFile("secret", "s3cret\n");
  const std::string scenario = TempFile("scenario", "requests_per_second = 1\n");
  Program program(With({"--merchant", "acc-1:" + secret, "--scenario", scenario}));
  const auto ready = ParseJson(program.Line());
  ASSERT_TRUE(ready.ok()) << program.Talk();
  const std::string body = R"({"merchantCode":"acc-1","secret":"s3cret"})";
  const std::uint16_t port = PortIn(*ready, "platform_url");
  EXPECT_EQ(HttpCall(port, "POST", "/auth-tokens", body).status, 200);
  EXPECT_EQ(HttpCall(port, "POST", "/auth-tokens", body).status, 429);
  EXPECT_EQ(
      HttpCall(port, "POST", "/auth-tokens", R"({"merchantCode":"demo","secret":"demo-secret"})")
          .status,
      406);
}

TEST(Program, FlagsWinOverTheScenario) {
  const std::string scenario = TempFile("scenario", "requests_per_second = 1\n");
  Program program(With({"--requests-per-second", "0", "--scenario", scenario}));
  const auto ready = ParseJson(program.Line());
  ASSERT_TRUE(ready.ok());
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(HttpCall(PortIn(*ready, "platform_url"), "POST", "/auth-tokens",
                       TokenRequestBody({"GET /payouts/A-1"}))
                  .status,
              200);
  }
}

TEST(Program, ExplainsWrongUsageWithExitCode2) {
  const std::string scenario = TempFile("scenario", "seed = 1\nsede = 2\n");
  const std::vector<std::pair<std::vector<std::string>, std::string>> cases = {
      {{"--no-such-flag"}, "--no-such-flag"},
      {{"--listen", "0.0.0.0:1"}, "no address of this machine"},
      {{"--settle-after", "soon"}, "no duration"},
      {{"--merchant", "demo"}, "CODE:FILE"},
      {{"--merchant", "demo:/nonexistent"}, "cannot read /nonexistent"},
      {{"--scenario", scenario}, scenario + ":2:1: sede is not a known key"},
  };
  for (const auto& [args, message] : cases) {
    Program program(args);
    EXPECT_THAT(program.Talk(), HasSubstr(message));
    EXPECT_EQ(program.Wait(), 2) << message;
    EXPECT_EQ(program.Line(), "");
  }
}

TEST(Program, ATakenPortIsExitCode1) {
  Program first(kFreePorts);
  const auto ready = ParseJson(first.Line());
  ASSERT_TRUE(ready.ok());
  const std::string taken = "127.0.0.1:" + std::to_string(PortIn(*ready, "platform_url"));
  Program second({"--listen", taken, "--admin-listen", "127.0.0.1:0"});
  EXPECT_THAT(second.Talk(), HasSubstr("cannot listen on " + taken));
  EXPECT_EQ(second.Wait(), 1);
}

TEST(Program, HelpGoesToStdoutWithExitCode0) {
  Program program({"--help"});
  std::string help;
  for (std::string line = program.Line(); !line.empty(); line = program.Line()) help += line;
  for (const char* flag :
       {"--listen", "--admin-listen", "--merchant", "--settle-after", "--callback-interval",
        "--requests-per-second", "--seed", "--scenario", "--duration"}) {
    EXPECT_THAT(help, HasSubstr(flag));
  }
  EXPECT_EQ(program.Wait(), 0);
}

}  // namespace
}  // namespace payout::sandbox
