// RowWriter: what the gateway writes for payouts, in plain SQLite: one connection, WAL,
// synchronous=FULL, the gateway's own statements. Nothing is read and nothing is decided.
//
// Used by: floors. One thread at a time. Payouts are numbered 1, 2, 3, ... by `sequence`, in the
// order in which they are inserted.

#ifndef PAYOUT_TESTS_BENCH_ROW_WRITER_H_
#define PAYOUT_TESTS_BENCH_ROW_WRITER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace payout::bench {

class RowWriter {
 public:
  // Makes a new file `path`. `like` is a store of the gateway with a payout in it, one that was
  // accepted if `accepted`: it gives the schema and the sizes.
  static absl::StatusOr<std::unique_ptr<RowWriter>> Open(const std::string& like, bool accepted,
                                                         const std::string& path);
  ~RowWriter();
  RowWriter(const RowWriter&) = delete;
  RowWriter& operator=(const RowWriter&) = delete;

  absl::Status Begin();
  absl::Status Commit();
  absl::Status Rollback();
  // A checkpoint, when the log has grown as long as the gateway lets it. The gateway has a thread
  // for that.
  void CheckpointIfLong();

  // The row and its event. `leased`: it is worked on at once, so its row has a lease.
  absl::Status Insert(std::int64_t sequence, const std::string& payout_id, bool leased);
  // The lease of a payout that got none when it was inserted.
  absl::Status Lease(std::int64_t sequence);
  // To SUBMITTING, and to PROCESSING: the row, its event, and the call that begins or has ended.
  absl::Status Claim(std::int64_t sequence);
  absl::Status Answer(std::int64_t sequence);

  // Since it was opened.
  std::size_t rows() const;
  std::size_t wal_pages() const;

 private:
  struct Impl;
  explicit RowWriter(std::unique_ptr<Impl> impl);
  const std::unique_ptr<Impl> impl_;
};

}  // namespace payout::bench

#endif  // PAYOUT_TESTS_BENCH_ROW_WRITER_H_
