// StreamToken: where a stream stands, as opaque text.
//
// Used by: status_stream. A token names a position in one store's history and the stream's target;
// it grants nothing. Its checksum only tells damaged text from ours.

#ifndef PAYOUT_SERVER_APP_STREAM_TOKEN_H_
#define PAYOUT_SERVER_APP_STREAM_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/app/ports/payout_store.h"

namespace payout {

// Of StreamToken::snapshot_after.
inline constexpr std::int64_t kNoSnapshot = -1;
inline constexpr std::int64_t kSnapshotToBegin = -2;

struct StreamToken {
  std::uint64_t epoch = 0;
  std::int64_t position = 0;
  std::uint64_t filter = 0;  // FilterHash of the target
  // Within a snapshot taken at `position`: payouts up to this sequence were sent. kSnapshotToBegin:
  // a snapshot comes next, beginning included. kNoSnapshot: changes come next.
  std::int64_t snapshot_after = kNoSnapshot;
  std::int64_t snapshot_count = 0;  // payouts sent of the snapshot
  friend bool operator==(const StreamToken&, const StreamToken&) = default;
};

// Equal for equal targets of the same tenant, whatever the order of their lists.
std::uint64_t FilterHash(const StreamFilter& filter);

std::string EncodeToken(const StreamToken& token);
// nullopt for text that EncodeToken did not make.
std::optional<StreamToken> DecodeToken(std::string_view text);

}  // namespace payout

#endif  // PAYOUT_SERVER_APP_STREAM_TOKEN_H_
