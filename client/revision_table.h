// RevisionTable: the last revision seen of each payout, to notice repeated events and gaps.
//
// Used by: StatusWatch. Bounded: beyond `size_max` payouts the one that was silent for longest is
// forgotten, and its next event is taken as it comes. Not thread-safe.

#ifndef PAYOUT_CLIENT_REVISION_TABLE_H_
#define PAYOUT_CLIENT_REVISION_TABLE_H_

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

#include "payout/v1/payout.pb.h"

namespace payout::client {

class RevisionTable {
 public:
  explicit RevisionTable(size_t size_max);

  struct Verdict {
    bool repeated = false;  // this revision or a later one was seen before
    int64_t missing = 0;    // revisions between the last one seen and this one
  };
  // Records the payout's revision.
  Verdict Note(const v1::Payout& payout);
  void Clear();

 private:
  struct Entry {
    std::string key;
    int64_t revision;
  };
  const size_t size_max_;
  std::list<Entry> by_age_;  // youngest first
  std::unordered_map<std::string, std::list<Entry>::iterator> by_key_;
};

}  // namespace payout::client

#endif  // PAYOUT_CLIENT_REVISION_TABLE_H_
