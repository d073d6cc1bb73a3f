#include "tests/integration/raw_call.h"

#include <chrono>
#include <vector>

#include <grpcpp/support/byte_buffer.h>

namespace payout::testing {

RawCall::RawCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& path,
                 const std::string& request, const std::string& token)
    : stub_(channel) {
  if (!token.empty()) context_.AddMetadata("authorization", "Bearer " + token);
  context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(10));
  call_ = stub_.PrepareCall(&context_, path, &queue_);
  call_->StartCall(this);
  if (!Await()) return;
  const grpc::Slice slice(request);
  call_->WriteLast(grpc::ByteBuffer(&slice, 1), grpc::WriteOptions(), this);
  Await();
}

RawCall::~RawCall() {
  context_.TryCancel();
  if (!finished_) Finish();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

std::optional<std::string> RawCall::Next() {
  grpc::ByteBuffer buffer;
  call_->Read(&buffer, this);
  if (!Await()) return std::nullopt;
  std::vector<grpc::Slice> slices;
  if (!buffer.Dump(&slices).ok()) return std::nullopt;
  std::string text;
  for (const grpc::Slice& slice : slices) {
    text.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return text;
}

grpc::Status RawCall::Finish() {
  finished_ = true;
  grpc::Status status;
  call_->Finish(&status, this);
  Await();
  return status;
}

bool RawCall::Await() {
  void* tag = nullptr;
  bool ok = false;
  return queue_.Next(&tag, &ok) && ok;
}

}  // namespace payout::testing
