// StreamService: the gRPC face of status streams: one coroutine per stream, which hands messages
// over to the stream's writer, ready for the wire.
//
// Used by: payout_service. Open is called on gRPC's threads; everything else on the core loop.

#ifndef PAYOUT_SERVER_RPC_STREAM_STATUS_H_
#define PAYOUT_SERVER_RPC_STREAM_STATUS_H_

#include <cstddef>
#include <memory>
#include <set>
#include <vector>

#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/server_callback.h>

#include "absl/status/statusor.h"
#include "payout/v1/payout_service.pb.h"
#include "server/app/directory.h"
#include "server/app/feed.h"
#include "server/app/status_stream.h"
#include "server/base/task.h"
#include "server/base/task_scope.h"
#include "server/rpc/admission.h"
#include "server/rpc/heap_trimmer.h"
#include "server/rpc/message_renderer.h"
#include "server/rpc/stream_writer.h"

namespace payout {

class StreamService {
 public:
  struct Options {
    int streams_max = 20'000;  // one tenant has three quarters at most (admission.h)
    // Payouts that all streams by ids name together: what they cost in memory.
    std::size_t ids_max = 1'000'000;
    absl::Duration write_timeout =
        absl::Seconds(30);  // a reader that takes nothing for so long is let go
    absl::Duration cancel_after =
        absl::Seconds(5);  // and if it does not take the status either, cut off
    StatusStream::Options stream;
  };
  StreamService(Core& core, Feed& feed, const Directory& directory, Options options);
  ~StreamService();

  // `tenant`: who calls, or why the call is refused.
  grpc::ServerWriteReactor<grpc::ByteBuffer>* Open(grpc::CallbackServerContext* context,
                                                   absl::StatusOr<TenantName> tenant,
                                                   v1::StreamStatusRequest request);

  // Ends every stream with a closing message; new ones are refused.
  void Drain();
  int open() const { return open_; }

 private:
  class Counted;
  struct Admitted;

  // RESOURCE_EXHAUSTED, UNAVAILABLE while the gateway shuts down, and what is wrong with the
  // request.
  absl::StatusOr<std::unique_ptr<Admitted>> Admit(const TenantName& tenant,
                                                  const v1::StreamStatusRequest& request);
  void SetOpen(int open);
  Task<void> Serve(std::shared_ptr<StreamWriter> writer, absl::Duration began,
                   absl::StatusOr<std::unique_ptr<Admitted>> admitted);
  Task<absl::Status> Run(StreamWriter& writer, StatusStream& stream);
  std::size_t PassOn(StreamWriter& writer, const std::vector<StreamMessage>& messages);
  absl::StatusOr<StreamRequest> ToRequest(const TenantName& tenant,
                                          const v1::StreamStatusRequest& request) const;

  Core& core_;
  Feed& feed_;
  const Directory& directory_;
  const Options options_;
  Places places_;
  int open_ = 0;
  HeapTrimmer trimmer_;  // before scope_, whose streams tell it when they end
  std::size_t ids_open_ = 0;
  std::set<StatusStream*> running_;
  MessageRenderer renderer_;
  TaskScope scope_;
};

}  // namespace payout

#endif  // PAYOUT_SERVER_RPC_STREAM_STATUS_H_
