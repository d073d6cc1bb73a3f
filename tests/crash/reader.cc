#include "tests/crash/reader.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "client/status_stream.h"
#include "tests/crash/stream_recorder.h"

namespace payout::testing {
namespace {

constexpr std::size_t kTokensMax = 200;
constexpr std::size_t kIdsMax = 20;

ReaderKind KindOf(ReaderTarget target) {
  switch (target) {
    case ReaderTarget::kFeedFromOldest:
      return {.name = "feed from the oldest", .origin = StreamOrigin::kOldest};
    case ReaderTarget::kFeedFromSnapshot:
      return {.name = "feed from a snapshot"};
    case ReaderTarget::kFeedFromNow:
      return {.name = "feed from now", .origin = StreamOrigin::kNow};
    case ReaderTarget::kFeedOfStates:
      return {.name = "feed of states", .origin = StreamOrigin::kOldest, .every_change = false};
    case ReaderTarget::kIds:
      return {.name = "by ids", .snapshot_shows_settled = true};
    case ReaderTarget::kSlowFeed:
      return {.name = "slow feed", .origin = StreamOrigin::kOldest};
  }
  return {};
}

ContentBook& ContentOf(CallBook& book) {
  ContentBook* content = nullptr;
  book.WithContent([&](ContentBook& it) { content = &it; });
  return *content;  // Used under the book's lock only.
}

}  // namespace

Reader::Reader(ReaderTarget target, CallBook& book, std::uint64_t seed, ReaderOptions options)
    : target_(target),
      options_(options),
      book_(book),
      random_(seed),
      history_(KindOf(target), ContentOf(book)) {}

void Reader::Start(std::shared_ptr<client::Channel> channel) {
  Stop();
  stop_ = std::make_unique<client::Interrupt>();
  thread_ = std::thread([this, channel = std::move(channel)] { Run(channel); });
}

void Reader::Stop() {
  if (!thread_.joinable()) return;
  stop_->Fire();
  thread_.join();
}

void Reader::Run(const std::shared_ptr<client::Channel>& channel) {
  while (!stop_->fired() && ReadOne(*channel)) {
  }
}

std::optional<std::vector<ShownPayout>> Reader::Expected(const StoredEvents& stored) const {
  if (target_ == ReaderTarget::kIds) return std::nullopt;
  // Nothing came at all: it was connected anew just before the end.
  if (!history_.began_after()) return std::vector<ShownPayout>();
  std::vector<ShownPayout> expected = After(stored, *history_.began_after());
  if (target_ == ReaderTarget::kFeedOfStates) {
    std::erase_if(expected, [](const ShownPayout& shown) {
      return shown.state != "PAYOUT_STATE_SUCCEEDED" && shown.state != "PAYOUT_STATE_FAILED";
    });
  }
  return expected;
}

v1::StreamStatusRequest Reader::Request() {
  v1::StreamStatusRequest request;
  std::string token;
  if (!anew_ && !tokens_.empty()) {
    // Mostly where it was; sometimes from something older, which has to come again.
    token = random_() % 8 == 0 ? tokens_[random_() % tokens_.size()] : tokens_.back();
  }
  if (token.empty()) {
    tokens_.clear();
    anew_ = false;
  }
  if (target_ == ReaderTarget::kIds) {
    if (token.empty()) {
      ids_ = book_.Acknowledged();
      std::shuffle(ids_.begin(), ids_.end(), random_);
      ids_.resize(std::min(ids_.size(), kIdsMax));
    }
    for (const std::string& id : ids_) request.mutable_ids()->add_payout_ids(id);
  } else {
    request.mutable_feed();
    if (target_ == ReaderTarget::kFeedOfStates) {
      request.mutable_feed()->add_states(v1::PAYOUT_STATE_SUCCEEDED);
      request.mutable_feed()->add_states(v1::PAYOUT_STATE_FAILED);
    }
    if (target_ == ReaderTarget::kFeedFromNow) {
      request.set_start(v1::STREAM_START_NOW);
    } else if (target_ != ReaderTarget::kFeedFromSnapshot) {
      request.set_start(v1::STREAM_START_OLDEST);
    }
  }
  request.set_resume_token(token);
  book_.WithContent([&](ContentBook&) { history_.Opened(token); });
  return request;
}

void Reader::Note(const v1::StreamStatusResponse& message) {
  book_.WithContent([&](ContentBook&) { Record(message, history_); });
  if (tokens_.empty() || tokens_.back() != message.token()) tokens_.push_back(message.token());
  if (tokens_.size() > kTokensMax) tokens_.erase(tokens_.begin());
  const std::int64_t wanted = wanted_;
  if (wanted > 0 && message.has_progress() && PositionOf(message.token()).value_or(0) >= wanted) {
    caught_up_ = true;
  }
}

bool Reader::ReadOne(const client::Channel& channel) {
  if (target_ == ReaderTarget::kIds && book_.Acknowledged().empty()) {
    return !stop_->WaitFor(absl::Milliseconds(20));
  }
  client::StatusStream stream(channel, Request());
  const client::Interrupt::Hook hook(stop_.get(), [&stream] { stream.TryCancel(); });
  const std::uint64_t messages_max =
      1 + random_() % static_cast<std::uint64_t>(options_.messages_max);
  for (std::uint64_t i = 0; i < messages_max; ++i) {
    v1::StreamStatusResponse message;
    switch (stream.Wait(absl::Seconds(5), &message)) {
      case client::StatusStream::Outcome::kMessage:
        Note(message);
        if (caught_up_) return false;
        if (target_ == ReaderTarget::kSlowFeed) stop_->WaitFor(absl::Milliseconds(3));
        continue;
      case client::StatusStream::Outcome::kSilent:
        if (!stop_->fired()) book_.Violate("a stream was silent for 5 s");
        return false;
      case client::StatusStream::Outcome::kDone:
        break;
    }
    const std::optional<client::CallError> error = stream.error();
    if (!error) {
      // All of the ids are settled.
      anew_ = target_ == ReaderTarget::kIds;
      return !stop_->WaitFor(absl::Milliseconds(20));
    }
    ++disconnects_;
    const bool refused = error->code == grpc::StatusCode::OUT_OF_RANGE ||
                         error->code == grpc::StatusCode::FAILED_PRECONDITION ||
                         error->code == grpc::StatusCode::INVALID_ARGUMENT ||
                         error->code == grpc::StatusCode::NOT_FOUND;
    if (refused) book_.Violate("a stream was refused: " + error->ToString());
    return options_.reconnects && !refused && !stop_->WaitFor(absl::Milliseconds(5));
  }
  ++disconnects_;
  // A feed from a snapshot is sometimes opened anew.
  anew_ = target_ == ReaderTarget::kFeedFromSnapshot && random_() % 10 == 0;
  return true;
}

}  // namespace payout::testing
