// RawCall: a gRPC call by its path and bytes, for services whose stubs nobody installs (health,
// reflection), and for bytes that no stub sends.
//
// Used by: integration tests. One thread.

#ifndef PAYOUT_TESTS_INTEGRATION_RAW_CALL_H_
#define PAYOUT_TESTS_INTEGRATION_RAW_CALL_H_

#include <memory>
#include <optional>
#include <string>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

namespace payout::testing {

class RawCall {
 public:
  // Sends `request`, the only one; the call has 10 s. An empty token sends none.
  RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
          const std::string& request, const std::string& token = "");
  ~RawCall();
  // The next answer; nullopt at the end.
  std::optional<std::string> Next();
  // How it ended; once, after Next returned nullopt.
  grpc::Status Finish();

 private:
  bool Await();

  grpc::ClientContext context_;
  bool finished_ = false;
  grpc::CompletionQueue queue_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

}  // namespace payout::testing

#endif  // PAYOUT_TESTS_INTEGRATION_RAW_CALL_H_
