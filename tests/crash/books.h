// The books at the end of a round: the platform's ledger beside the store, the store's file beside
// what stream readers saw.
//
// Used by: crash loops. Free functions; violations go into the book.

#ifndef PAYOUT_TESTS_CRASH_BOOKS_H_
#define PAYOUT_TESTS_CRASH_BOOKS_H_

#include <map>
#include <string>
#include <vector>

#include "payout/v1/payout_service.pb.h"
#include "tests/crash/call_book.h"
#include "tests/crash/reader.h"
#include "tests/demo/platform_ledger.h"

namespace payout::testing {

// Exactly one payment of each payout that was not refused or cancelled, of the same amount, in a
// state that agrees, by identical bytes; none of anything else.
void CompareWithLedger(const std::map<std::string, v1::Payout>& payouts,
                       const demo::PlatformLedger& ledger, CallBook& book);

// The file is sound, its events have no gap, and readers saw all of them in their order. No process
// has the store open.
void CompareWithStore(const std::string& path, const std::vector<Reader*>& readers, CallBook& book);

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_CRASH_BOOKS_H_
