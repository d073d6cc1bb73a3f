#include "tests/crash/fail_points.h"

namespace payout::testing {

const std::vector<FailPoint>& FailPoints() {
  static const std::vector<FailPoint>& points = *new std::vector<FailPoint>{
      // The store opens.
      {.name = "open.locked", .once = true},
      {.name = "open.file_created", .once = true},
      {.name = "migrate.schema_written", .birth = true},
      {.name = "migrate.commit.before", .once = true},
      {.name = "migrate.commit.after", .once = true},
      {.name = "open.done", .once = true},
      {.name = "store.recover.half", .once = true},
      {.name = "gateway.recovered", .once = true},
      // A caller creates.
      {.name = "create.insert.before"},
      {.name = "store.insert.row_written"},
      {.name = "store.insert.event_written"},
      {.name = "create.insert.after"},
      // It is leased, claimed and sent.
      {.name = "store.lease.taken"},
      {.name = "store.release", .patience_ms = 2500},
      {.name = "submit.claim.before"},
      {.name = "submit.claim.after"},
      {.name = "http.request.leaving"},
      {.name = "http.create.leaving"},
      {.name = "submit.answer.arrived"},
      {.name = "store.apply.row_written"},
      {.name = "store.apply.event_written"},
      {.name = "store.apply.attempt_written"},
      {.name = "submit.answer.recorded"},
      // The platform calls back, and is asked.
      {.name = "callback.hint.before"},
      {.name = "store.hint.written"},
      {.name = "callback.hint.after"},
      {.name = "track.read.before"},
      {.name = "track.read.arrived"},
      {.name = "track.read.recorded"},
      // Every write goes through these.
      {.name = "sqlite.begin.before"},
      {.name = "sqlite.begin.after"},
      {.name = "sqlite.call.before"},
      {.name = "sqlite.call.after"},
      {.name = "sqlite.commit.before"},
      {.name = "sqlite.commit.after"},
      {.name = "sqlite.answer.before"},
      {.name = "sqlite.answer.after"},
      {.name = "checkpoint.before", .patience_ms = 4000},
      {.name = "checkpoint.after", .patience_ms = 4000},
  };
  return points;
}

}  // namespace payout::testing
