#include <csignal>

#include "tests/client/payoutctl/payoutctl_fixture.h"

namespace payout::client {
namespace {

using grpc::StatusCode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr auto kQueued = v1::PAYOUT_STATE_QUEUED;
constexpr auto kProcessing = v1::PAYOUT_STATE_PROCESSING;
constexpr auto kSucceeded = v1::PAYOUT_STATE_SUCCEEDED;
constexpr auto kFailed = v1::PAYOUT_STATE_FAILED;

class PayoutctlWatchTest : public PayoutctlTest {
 protected:
  static std::vector<v1::StreamStatusResponse> Story(v1::PayoutState end) {
    return {SnapshotBegin("t1"),  SnapshotOf("t2", MakePayout("p-1", kQueued, 1)),
            SnapshotEnd("t3", 1), EventOf("t4", MakePayout("p-1", kProcessing, 2), kQueued),
            ProgressAt("t5"),     EventOf("t6", MakePayout("p-1", end, 3), kProcessing)};
  }
};

TEST_F(PayoutctlWatchTest, OneLinePerChange) {
  server->stream.Always(Sends(Story(kSucceeded)));
  const auto result = Run({"watch", "p-1"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(Lines(result.out),
              ElementsAre("2026-01-01 00:00:01Z  p-1  is QUEUED  42.05 EUR",
                          "2026-01-01 00:00:02Z  p-1  QUEUED -> PROCESSING  42.05 EUR",
                          "2026-01-01 00:00:03Z  p-1  PROCESSING -> SUCCEEDED  42.05 EUR"));
  EXPECT_EQ(server->stream.requests()[0].ids().payout_ids(0), "p-1");
}

TEST_F(PayoutctlWatchTest, JsonLinesAreTheMessagesAndProgressIsShownWithVerbose) {
  server->stream.Always(Sends(Story(kSucceeded)));
  const auto quiet = JsonLines(Run({"watch", "p-1", "-o", "json"}).out);
  ASSERT_EQ(quiet.size(), 5u);
  EXPECT_STREQ(quiet[3]["event"]["payout"]["state"].GetString(), "PAYOUT_STATE_PROCESSING");
  EXPECT_STREQ(quiet[3]["token"].GetString(), "t4");
  EXPECT_EQ(JsonLines(Run({"watch", "p-1", "-o", "jsonl", "-v"}).out).size(), 6u);
}

TEST_F(PayoutctlWatchTest, UntilSettledTellsTheOutcomeByExitCode) {
  server->stream.Then(Sends(Story(kSucceeded)));
  EXPECT_EQ(Run({"watch", "p-1", "--until", "settled"}).exit_code, 0);
  server->stream.Then(Sends(Story(kFailed)));
  EXPECT_EQ(Run({"watch", "p-1", "--until", "settled"}).exit_code, 8);
  server->stream.Then(Sends(Story(kFailed)));
  EXPECT_EQ(Run({"watch", "p-1"}).exit_code, 0) << "without --until it only watches";
}

TEST_F(PayoutctlWatchTest, UntilSettledEndsAFeedWhenNothingSeenIsOpen) {
  server->stream.Then(SendsAndHangs(Story(kSucceeded)));
  EXPECT_EQ(Run({"watch", "--until", "settled"}).exit_code, 0);
  server->stream.Then(SendsAndHangs({SnapshotBegin("t1"), SnapshotEnd("t2", 0)}));
  EXPECT_EQ(Run({"watch", "--until", "settled"}).exit_code, 0) << "nothing was open";
}

TEST_F(PayoutctlWatchTest, TimeIsUpBeforeEverythingIsSettled) {
  server->stream.Always(SendsAndHangs({EventOf("t4", MakePayout("p-1", kProcessing, 2))}));
  const auto result = Run({"watch", "p-1", "--until", "settled", "--timeout", "300ms"});
  EXPECT_EQ(result.exit_code, 9) << result.err;
  EXPECT_THAT(result.err, HasSubstr("--from t4"));
  EXPECT_EQ(Run({"watch", "p-1", "--timeout", "300ms"}).exit_code, 0);
}

TEST_F(PayoutctlWatchTest, CtrlCPrintsTheResumeTokenAndExits130) {
  server->stream.Always(SendsAndHangs({EventOf("t4", MakePayout("p-1", kProcessing, 2))}));
  Program program(PAYOUTCTL_PATH, {"-s", server.url(), "watch"});
  EXPECT_THAT(program.ReadLine(), HasSubstr("PROCESSING"));
  program.Signal(SIGINT);
  const auto result = program.Wait();
  EXPECT_EQ(result.exit_code, 130);
  EXPECT_EQ(result.err, "resume with: --from t4\n");
}

TEST_F(PayoutctlWatchTest, ReconnectsAreToldAndNothingIsRepeated) {
  server->stream.Then(Sends({EventOf("t1", MakePayout("p-1", kQueued, 1))},
                            BareError(StatusCode::UNAVAILABLE, "gone")));
  server->stream.Then(Sends({EventOf("t2", MakePayout("p-1", kSucceeded, 2))}));
  const auto result = Run({"watch", "p-1"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(Lines(result.out).size(), 2u);
  EXPECT_THAT(result.err, HasSubstr("reconnecting"));
  EXPECT_EQ(server->stream.requests()[1].resume_token(), "t1");
}

TEST_F(PayoutctlWatchTest, TheResumeFileKeepsThePlaceBetweenRuns) {
  const std::string file = directory.File("place");
  server->stream.Then(Sends(Story(kSucceeded)));
  EXPECT_EQ(Run({"watch", "p-1", "--resume-file", file}).exit_code, 0);
  EXPECT_EQ(directory.Read("place"), "t6\n");
  server->stream.Then(Sends({}));
  EXPECT_EQ(Run({"watch", "p-1", "--resume-file", file}).exit_code, 0);
  EXPECT_EQ(server->stream.requests()[0].resume_token(), "");
  EXPECT_EQ(server->stream.requests()[1].resume_token(), "t6");
  EXPECT_EQ(std::distance(
                std::filesystem::directory_iterator(std::filesystem::path(file).parent_path()), {}),
            1)
      << "no drafts are left behind";
}

TEST_F(PayoutctlWatchTest, AResumeFileThatCannotBeWrittenEndsTheWatch) {
  server->stream.Always(SendsAndHangs({EventOf("t4", MakePayout("p-1", kProcessing, 2))}));
  const auto result = Run({"watch", "--resume-file", directory.File("no/such/place")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("cannot be written"));
  EXPECT_THAT(result.err, HasSubstr("--from t4"));
}

TEST_F(PayoutctlWatchTest, WhereToStartAndWhatToSeeReachTheServer) {
  server->stream.Always(SendsAndHangs({EventOf("t1", MakePayout("p-1", kQueued, 1))}));
  const auto request_of = [this](Arguments arguments) {
    arguments.insert(arguments.begin(), {"-s", server.url(), "watch"});
    Program program(PAYOUTCTL_PATH, arguments);
    program.ReadLine();
    return server->stream.requests().back();
  };
  EXPECT_EQ(request_of({}).start(), v1::STREAM_START_SNAPSHOT);
  EXPECT_EQ(request_of({"--from", "now"}).start(), v1::STREAM_START_NOW);
  EXPECT_EQ(request_of({"--from", "oldest"}).start(), v1::STREAM_START_OLDEST);
  EXPECT_EQ(request_of({"--from", "AbC_token"}).resume_token(), "AbC_token");
  const auto feed =
      request_of({"--merchant", "a", "--merchant", "b", "--state", "queued,failed"}).feed();
  EXPECT_EQ(feed.merchants_size(), 2);
  EXPECT_THAT(feed.states(), ElementsAre(1, 6));
  EXPECT_EQ(request_of({"p-1", "--merchant", "a"}).ids().merchant(), "a");
}

TEST_F(PayoutctlWatchTest, ALostTokenFailsUnlessARestartIsAllowed) {
  const auto lost = MakeError({.code = StatusCode::OUT_OF_RANGE, .reason = "RESUME_TOKEN_TOO_OLD"});
  server->stream.ThenFail(lost);
  const auto failed = Run({"watch", "p-1", "--from", "old"});
  EXPECT_EQ(failed.exit_code, 5);
  EXPECT_THAT(failed.err, HasSubstr("--from snapshot"));
  server->stream.ThenFail(lost);
  server->stream.Then(Sends(Story(kSucceeded)));
  const auto restarted = Run({"watch", "p-1", "--from", "old", "--restart"});
  EXPECT_EQ(restarted.exit_code, 0);
  EXPECT_THAT(restarted.err, HasSubstr("starting again with a snapshot"));
  EXPECT_EQ(Lines(restarted.out).size(), 3u);
}

TEST_F(PayoutctlWatchTest, UnknownIdsAreNamed) {
  server->stream.AlwaysFail(MakeError({.code = StatusCode::NOT_FOUND,
                                       .reason = "PAYOUT_NOT_FOUND",
                                       .message = "no payout p-9",
                                       .metadata = {{"payout_ids", "p-9"}}}));
  const auto result = Run({"watch", "p-9", "-o", "json"});
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_STREQ(Json(result.err)["error"]["metadata"]["payout_ids"].GetString(), "p-9");
}

TEST_F(PayoutctlWatchTest, AnUnreachableServerIsToldAtOnce) {
  server.Stop();
  const auto result = Run({"watch"});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_THAT(result.err, Not(HasSubstr("reconnecting")));
}

}  // namespace
}  // namespace payout::client
