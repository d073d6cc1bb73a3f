#include "tests/crash/fail_points.h"

namespace payout::testing {

const std::vector<FailPoint>& FailPoints() {
  static const std::vector<FailPoint>& points = *new std::vector<FailPoint>{
      // The store opens.
      {"open.locked"},
      {"open.file_created"},
      {"migrate.schema_written", true},
      {"migrate.commit.before"},
      {"migrate.commit.after"},
      {"open.done"},
      {"store.recover.half"},
      {"gateway.recovered"},
      // A caller creates.
      {"create.insert.before"},
      {"store.insert.row_written"},
      {"store.insert.event_written"},
      {"create.insert.after"},
      // It is leased, claimed and sent.
      {"store.lease.taken"},
      {"store.release", false, 2500},
      {"submit.claim.before"},
      {"submit.claim.after"},
      {"http.request.leaving"},
      {"http.create.leaving"},
      {"submit.answer.arrived"},
      {"store.apply.row_written"},
      {"store.apply.event_written"},
      {"store.apply.attempt_written"},
      {"submit.answer.recorded"},
      // The platform calls back, and is asked.
      {"callback.hint.before"},
      {"store.hint.written"},
      {"callback.hint.after"},
      {"track.read.before"},
      {"track.read.arrived"},
      {"track.read.recorded"},
      // Every write goes through these.
      {"sqlite.begin.before"},
      {"sqlite.begin.after"},
      {"sqlite.savepoint.after"},
      {"sqlite.savepoint.release"},
      {"sqlite.commit.before"},
      {"sqlite.commit.after"},
      {"sqlite.answer.before"},
      {"sqlite.answer.after"},
      {"checkpoint.before", false, 4000},
      {"checkpoint.after", false, 4000},
  };
  return points;
}

}  // namespace payout::testing
