// Page tokens of ListPayouts: where the next page begins, bound to the query.
//
// Used by: payout_service. Opaque text and no credential; a checksum tells damaged text from ours.

#ifndef PAYOUT_SERVER_RPC_PAGE_TOKEN_H_
#define PAYOUT_SERVER_RPC_PAGE_TOKEN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "server/app/ports/payout_store.h"

namespace payout {

// The page after the payout of `sequence`.
std::string EncodePageToken(std::int64_t sequence, const ListQuery& query);

// nullopt for text that EncodePageToken did not make for an equal query (page size and position
// aside).
std::optional<std::int64_t> DecodePageToken(std::string_view text, const ListQuery& query);

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_PAGE_TOKEN_H_
