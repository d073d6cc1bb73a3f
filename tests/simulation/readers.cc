#include "tests/simulation/readers.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/app/wait.h"

namespace payout::simulation {
namespace {

constexpr std::size_t kTokensKept = 6;

std::string NameOf(std::size_t i) { return absl::StrCat("reader-", i); }

}  // namespace

void Readers::Begin(const std::vector<Callers::Wish>& wishes, absl::Duration spread) {
  for (int i = 0; i < settings_.readers; ++i) {
    const TenantRights& tenant = random_.Pick(Tenants());
    Reader reader;
    reader.request.filter.tenant = tenant.name;
    if (random_.Below(3) == 0) {
      for (const Callers::Wish& wish : wishes) {
        if (wish.tenant == tenant.name && random_.Below(2) == 0) {
          reader.request.filter.keys.push_back(wish.key);
        }
      }
    }
    if (reader.request.filter.keys.empty()) {
      if (random_.Below(4) == 0) reader.request.filter.merchants = {tenant.merchants.back()};
      if (random_.Below(4) == 0) {
        reader.request.filter.states = {State::kProcessing, State::kSucceeded, State::kFailed};
      }
      reader.request.start = random_.Pick(std::array{StreamStart::kSnapshot, StreamStart::kSnapshot,
                                                     StreamStart::kNow, StreamStart::kOldest});
    }
    reader.check = std::make_unique<StreamCheck>(checker_, reader.request.filter);
    readers_.push_back(std::move(reader));
    ConnectIn(static_cast<std::size_t>(i), random_.Between(absl::ZeroDuration(), spread));
  }
}

bool Readers::content() const {
  return std::ranges::all_of(readers_, [](const Reader& reader) {
    return reader.complete || reader.not_found || (reader.connected && reader.check->caught_up());
  });
}

void Readers::OnCrash() {
  for (std::size_t i = 0; i < readers_.size(); ++i) {
    if (readers_[i].connected) HangUp(i);
    // What ended by itself has a place in the process, too.
    readers_[i].scope.reset();
    readers_[i].stream.reset();
  }
}

void Readers::ConnectIn(std::size_t i, absl::Duration wait) {
  env_.StartTimer(env_.Monotonic() + wait, [this, i] { Connect(i); });
}

void Readers::HangUp(std::size_t i) {
  Reader& reader = readers_[i];
  reader.scope.reset();
  reader.stream.reset();
  reader.connected = false;
  trace_.Add(env_.Monotonic(), "reader hangs up", NameOf(i));
  ConnectIn(i, random_.Between(absl::Milliseconds(10), absl::Seconds(20)));
}

// Not at once: it is its stream that runs.
void Readers::HangUpSoon(std::size_t i) {
  env_.StartTimer(env_.Monotonic(), [this, i, connection = readers_[i].connection] {
    if (readers_[i].connected && readers_[i].connection == connection) HangUp(i);
  });
}

bool Readers::SentAway(std::size_t i) {
  if (!random_.Chance(faults_.reader_sent_away)) return false;
  Reader& reader = readers_[i];
  reader.tokens.push_back(EncodeToken(reader.stream->token()));
  reader.check->OnClosing(reader.tokens.back());
  HangUpSoon(i);
  return true;
}

void Readers::Connect(std::size_t i) {
  Reader& reader = readers_[i];
  if (reader.connected || reader.complete) return;
  Process* process = process_();
  if (process == nullptr) return ConnectIn(i, absl::Seconds(1));
  ++reader.connection;
  // Mostly from the last token, sometimes from an earlier one, sometimes anew.
  const bool resumes = !reader.tokens.empty() && random_.Below(8) != 0;
  StreamRequest request = reader.request;
  if (resumes) {
    request.resume_token =
        random_.Below(4) == 0 ? random_.Pick(reader.tokens) : reader.tokens.back();
  }
  reader.scope.reset();
  reader.stream = std::make_unique<StatusStream>(
      process->core, process->feed, request,
      StatusStream::Options{.progress_interval = absl::Seconds(healing_ ? 600 : 20),
                            .batch = settings_.stream_batch});
  reader.connected = true;
  reader.not_found = false;
  reader.existed_at_connect =
      std::ranges::all_of(reader.request.filter.keys,
                          [this](const PayoutKey& key) { return checker_.RevisionOf(key) > 0; });
  if (resumes) {
    const auto used = std::ranges::find(reader.tokens, request.resume_token);
    reader.tokens.erase(std::next(used), reader.tokens.end());
    reader.check->OnResume(request.resume_token);
  } else {
    reader.tokens.clear();
    reader.check->OnBegin(request.start, static_cast<std::int64_t>(checker_.events().size()));
  }
  trace_.Add(env_.Monotonic(), "reader connects", NameOf(i), resumes ? "resumes" : "anew");
  reader.scope = std::make_unique<TaskScope>();
  reader.scope->Spawn(Run(i, *process, resumes));
}

Task<void> Readers::Run(std::size_t i, Process& process, bool resumes) {
  StatusStream& stream = *readers_[i].stream;
  const absl::Status begun = co_await stream.Begin();
  if (!begun.ok()) {
    Ended(i, begun);
    co_return;
  }
  if (resumes && readers_[i].restores != restores_) {
    checker_.Fail("streams", NameOf(i) + " resumes with a token of before a restore");
    co_return;
  }
  readers_[i].restores = restores_;
  if (!resumes) readers_[i].check->OnBegun(static_cast<std::int64_t>(checker_.events().size()));
  while (!SentAway(i)) {
    absl::StatusOr<std::vector<StreamMessage>> messages = co_await stream.Next();
    if (!messages.ok()) {
      Ended(i, messages.status());
      co_return;
    }
    Reader& reader = readers_[i];
    if (messages->empty()) {
      reader.check->OnComplete();
      reader.complete = true;
      trace_.Add(env_.Monotonic(), "stream complete", NameOf(i));
      co_return;
    }
    for (const StreamMessage& message : *messages) {
      reader.check->OnMessage(message);
      reader.tokens.push_back(EncodeToken(message.token));
      if (reader.tokens.size() > kTokensKept) reader.tokens.erase(reader.tokens.begin());
    }
    trace_.Add(env_.Monotonic(), "reader sees", NameOf(i), "",
               static_cast<std::int64_t>(messages->size()));
    if (random_.Chance(faults_.reader_disconnects)) HangUpSoon(i);
    if (random_.Chance(faults_.reader_slow)) {
      co_await SleepFor(process.env, random_.Between(absl::Milliseconds(10), absl::Minutes(2)));
    }
  }
}

void Readers::Ended(std::size_t i, const absl::Status& status) {
  Reader& reader = readers_[i];
  reader.connected = false;
  trace_.Add(env_.Monotonic(), "stream ended", NameOf(i), absl::StatusCodeToString(status.code()));
  const bool outdated = absl::IsFailedPrecondition(status) && reader.restores != restores_;
  if (outdated) reader.tokens.clear();
  const bool may = outdated || absl::IsUnavailable(status) ||
                   (absl::IsNotFound(status) && !reader.request.filter.keys.empty());
  // Whoever asked for it may have been refused for good.
  reader.not_found = absl::IsNotFound(status);
  const bool all_exist =
      std::ranges::all_of(reader.request.filter.keys,
                          [this](const PayoutKey& key) { return checker_.RevisionOf(key) > 0; });
  if (reader.not_found && all_exist && !reader.request.filter.keys.empty() &&
      reader.existed_at_connect) {
    checker_.Fail("acknowledged-means-durable", NameOf(i) + " does not find stored payouts");
  }
  if (!may) checker_.Fail("streams", NameOf(i) + " was ended: " + std::string(status.message()));
  ConnectIn(i, reader.not_found ? absl::Minutes(5)
                                : random_.Between(absl::Milliseconds(100), absl::Seconds(10)));
}

}  // namespace payout::simulation
