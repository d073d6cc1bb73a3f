// Pieces that several records share: the codec byte, times, states, money, reasons.
//
// Used by: record_codec.cc and sensitive_codec.cc only.

#ifndef PAYOUT_ADAPTERS_RECORD_RECORD_PARTS_H_
#define PAYOUT_ADAPTERS_RECORD_RECORD_PARTS_H_

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/arena.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "adapters/record/record.pb.h"
#include "server/domain/payout.h"

namespace payout::record {

namespace pb = ::payout::store::v1;

// A message for as long as a function runs, in memory of the stack.
template <class Message>
class Scratch {
 public:
  Scratch()
      : arena_(block_.data(), block_.size()),
        message_(google::protobuf::Arena::CreateMessage<Message>(&arena_)) {}
  Message& operator*() { return *message_; }

 private:
  alignas(std::max_align_t) std::array<char, 1536> block_;
  google::protobuf::Arena arena_;
  Message* const message_;
};

std::string Pack(const google::protobuf::MessageLite& message);
absl::Status Unpack(std::string_view bytes, google::protobuf::MessageLite& message);

absl::StatusOr<State> StateFrom(int number);

pb::Money ToRecord(const Money& money);
absl::StatusOr<Money> FromRecord(const pb::Money& record);

pb::Reason ToRecord(const PayoutReason& reason);
absl::StatusOr<PayoutReason> FromRecord(const pb::Reason& record);

inline std::int64_t Micros(absl::Time time) { return absl::ToUnixMicros(time); }

}  // namespace payout::record

#endif  // PAYOUT_ADAPTERS_RECORD_RECORD_PARTS_H_
