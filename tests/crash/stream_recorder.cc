#include "tests/crash/stream_recorder.h"

#include <map>
#include <memory>

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <sqlite3.h>

#include "server/app/stream_token.h"
#include "server/base/digest.h"

namespace payout::testing {
namespace {

std::string Digest(const v1::Payout& payout) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream stream(&bytes);
    google::protobuf::io::CodedOutputStream coded(&stream);
    coded.SetSerializationDeterministic(true);
    payout.SerializeToCodedStream(&coded);
  }
  return HexEncode(Sha256(bytes)).substr(0, 16);
}

bool IsSettled(v1::PayoutState state) {
  return state >= v1::PAYOUT_STATE_SUCCEEDED && state <= v1::PAYOUT_STATE_CANCELLED;
}

struct Closer {
  void operator()(sqlite3* handle) const { sqlite3_close(handle); }
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

std::string Text(sqlite3_stmt* row, int column) {
  const unsigned char* text = sqlite3_column_text(row, column);
  return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

}  // namespace

ShownPayout Shown(const v1::Payout& payout) {
  return {.payout = payout.merchant() + "/" + payout.payout_id(),
          .revision = payout.revision(),
          .state = v1::PayoutState_Name(payout.state()),
          .digest = Digest(payout)};
}

std::optional<std::int64_t> PositionOf(const std::string& token) {
  const std::optional<StreamToken> decoded = DecodeToken(token);
  if (!decoded) return std::nullopt;
  return decoded->position;
}

StreamPlace PlaceOf(const v1::StreamStatusResponse& message) {
  return {.token = message.token(), .position = PositionOf(message.token())};
}

void Record(const v1::StreamStatusResponse& message, StreamHistory& history) {
  const StreamPlace place = PlaceOf(message);
  switch (message.message_case()) {
    case v1::StreamStatusResponse::kSnapshotBegin:
      return history.SnapshotBegin(place);
    case v1::StreamStatusResponse::kSnapshotPayout:
      return history.SnapshotPayout(place, Shown(message.snapshot_payout().payout()));
    case v1::StreamStatusResponse::kSnapshotEnd:
      return history.SnapshotEnd(place, message.snapshot_end().payout_count());
    case v1::StreamStatusResponse::kEvent: {
      ShownPayout shown = Shown(message.event().payout());
      shown.was_settled = IsSettled(message.event().previous_state());
      return history.Event(place, shown);
    }
    case v1::StreamStatusResponse::kProgress:
      return history.Progress(place);
    case v1::StreamStatusResponse::kClosing:
      return history.Closing(place);
    case v1::StreamStatusResponse::MESSAGE_NOT_SET:
      break;
  }
}

StoredEvents ReadStoredEvents(const std::string& path) {
  StoredEvents stored;
  sqlite3* raw = nullptr;
  const int opened = sqlite3_open_v2(path.c_str(), &raw, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, Closer> database(raw);
  if (opened != SQLITE_OK) {
    stored.violations.push_back(path + " cannot be opened");
    return stored;
  }
  const auto query = [&](const char* sql, auto&& take) {
    sqlite3_stmt* statement = nullptr;
    sqlite3_prepare_v2(database.get(), sql, -1, &statement, nullptr);
    const std::unique_ptr<sqlite3_stmt, Closer> holder(statement);
    int code = SQLITE_ERROR;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW) take(statement);
    if (code != SQLITE_DONE) stored.violations.push_back(sqlite3_errmsg(database.get()));
  };
  query("PRAGMA integrity_check", [&](sqlite3_stmt* row) {
    if (Text(row, 0) != "ok") stored.violations.push_back("the store's file: " + Text(row, 0));
  });
  std::map<std::string, std::int64_t> revisions;
  std::int64_t last = 0;
  query(
      "SELECT e.position, p.merchant || '/' || p.payout_id, e.revision, e.state "
      "FROM events e JOIN payouts p ON p.sequence = e.payout ORDER BY e.position",
      [&](sqlite3_stmt* row) {
        StoredEvent event;
        event.position = sqlite3_column_int64(row, 0);
        event.shown.payout = Text(row, 1);
        event.shown.revision = sqlite3_column_int64(row, 2);
        event.shown.state =
            v1::PayoutState_Name(static_cast<v1::PayoutState>(sqlite3_column_int(row, 3)));
        if (event.position != ++last) {
          stored.violations.push_back("position " + std::to_string(event.position) + " where " +
                                      std::to_string(last) + " was to come");
          last = event.position;
        }
        if (event.shown.revision != ++revisions[event.shown.payout]) {
          stored.violations.push_back(event.shown.payout + " has revision " +
                                      std::to_string(event.shown.revision) + " out of turn");
        }
        stored.events.push_back(std::move(event));
      });
  query("SELECT merchant || '/' || payout_id, revision FROM payouts", [&](sqlite3_stmt* row) {
    if (revisions[Text(row, 0)] != sqlite3_column_int64(row, 1)) {
      stored.violations.push_back(Text(row, 0) + " has another revision than its last event");
    }
  });
  return stored;
}

std::vector<ShownPayout> After(const StoredEvents& stored, std::int64_t position) {
  std::vector<ShownPayout> after;
  for (const StoredEvent& event : stored.events) {
    if (event.position > position) after.push_back(event.shown);
  }
  return after;
}

}  // namespace payout::testing
