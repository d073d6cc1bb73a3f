// From the wire to StreamHistory: what a gRPC message of a stream shows, and what the store's file
// says was to be shown.
//
// Used by: stream checks and crash loops on the real stack. Free functions; thread-safe.

#ifndef PAYOUT_TESTS_CRASH_STREAM_RECORDER_H_
#define PAYOUT_TESTS_CRASH_STREAM_RECORDER_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "payout/v1/payout_service.pb.h"
#include "tests/support/stream_history.h"

namespace payout::testing {

// The digest covers all of the message.
ShownPayout Shown(const v1::Payout& payout);

// The position is the one inside the token.
StreamPlace PlaceOf(const v1::StreamStatusResponse& message);

// Where a stream with this token stands; nullopt for text that is none.
std::optional<std::int64_t> PositionOf(const std::string& token);

void Record(const v1::StreamStatusResponse& message, StreamHistory& history);

struct StoredEvent {
  std::int64_t position = 0;
  ShownPayout shown;  // without a digest
};

struct StoredEvents {
  std::vector<StoredEvent> events;      // by position
  std::vector<std::string> violations;  // gaps of positions or revisions, damage of the file
};

// Reads the file of an SQLite store that no process has open.
StoredEvents ReadStoredEvents(const std::string& path);

// The changes after a position, as StreamHistory::ExpectEvents takes them.
std::vector<ShownPayout> After(const StoredEvents& stored, std::int64_t position);

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_STREAM_RECORDER_H_
