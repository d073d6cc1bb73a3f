#include "server/rpc/reflection_v1.h"

#include <algorithm>
#include <set>
#include <utility>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include "grpc/reflection/v1/reflection.grpc.pb.h"

namespace payout {
namespace {

namespace v1 = grpc::reflection::v1;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptor;

// A file and everything that it imports, each once.
void AddWithImports(const FileDescriptor& file, std::set<std::string>& seen,
                    v1::FileDescriptorResponse& out) {
  if (!seen.insert(file.name()).second) return;
  google::protobuf::FileDescriptorProto proto;
  file.CopyTo(&proto);
  out.add_file_descriptor_proto(proto.SerializeAsString());
  for (int i = 0; i < file.dependency_count(); ++i) AddWithImports(*file.dependency(i), seen, out);
}

void AnswerFile(const FileDescriptor* file, v1::ServerReflectionResponse& response) {
  if (file == nullptr) {
    response.mutable_error_response()->set_error_code(grpc::NOT_FOUND);
    response.mutable_error_response()->set_error_message("not found");
    return;
  }
  std::set<std::string> seen;
  AddWithImports(*file, seen, *response.mutable_file_descriptor_response());
}

void AnswerExtensionNumbers(const std::string& type, v1::ServerReflectionResponse& response) {
  const DescriptorPool& pool = *DescriptorPool::generated_pool();
  const google::protobuf::Descriptor* message = pool.FindMessageTypeByName(type);
  if (message == nullptr) return AnswerFile(nullptr, response);
  std::vector<const google::protobuf::FieldDescriptor*> extensions;
  pool.FindAllExtensions(message, &extensions);
  response.mutable_all_extension_numbers_response()->set_base_type_name(type);
  for (const auto* extension : extensions) {
    response.mutable_all_extension_numbers_response()->add_extension_number(extension->number());
  }
}

class Reactor final
    : public grpc::ServerBidiReactor<v1::ServerReflectionRequest, v1::ServerReflectionResponse> {
 public:
  explicit Reactor(const std::vector<std::string>& services) : services_(services) {
    StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    response_.Clear();
    response_.set_valid_host(request_.host());
    *response_.mutable_original_request() = request_;
    Answer();
    StartWrite(&response_);
  }
  void OnWriteDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    StartRead(&request_);
  }
  void OnDone() override { delete this; }

 private:
  void Answer() {
    const DescriptorPool& pool = *DescriptorPool::generated_pool();
    switch (request_.message_request_case()) {
      case v1::ServerReflectionRequest::kFileByFilename:
        return AnswerFile(pool.FindFileByName(request_.file_by_filename()), response_);
      case v1::ServerReflectionRequest::kFileContainingSymbol:
        return AnswerFile(pool.FindFileContainingSymbol(request_.file_containing_symbol()),
                          response_);
      case v1::ServerReflectionRequest::kFileContainingExtension: {
        const auto& wanted = request_.file_containing_extension();
        const auto* message = pool.FindMessageTypeByName(wanted.containing_type());
        const auto* extension =
            message == nullptr ? nullptr
                               : pool.FindExtensionByNumber(message, wanted.extension_number());
        return AnswerFile(extension == nullptr ? nullptr : extension->file(), response_);
      }
      case v1::ServerReflectionRequest::kAllExtensionNumbersOfType:
        return AnswerExtensionNumbers(request_.all_extension_numbers_of_type(), response_);
      case v1::ServerReflectionRequest::kListServices:
        for (const std::string& name : services_) {
          response_.mutable_list_services_response()->add_service()->set_name(name);
        }
        return;
      case v1::ServerReflectionRequest::MESSAGE_REQUEST_NOT_SET:
        response_.mutable_error_response()->set_error_code(grpc::INVALID_ARGUMENT);
        response_.mutable_error_response()->set_error_message("empty request");
        return;
    }
  }

  const std::vector<std::string>& services_;
  v1::ServerReflectionRequest request_;
  v1::ServerReflectionResponse response_;
};

class Reflection final : public v1::ServerReflection::CallbackService {
 public:
  explicit Reflection(std::vector<std::string> services) : services_(std::move(services)) {}
  grpc::ServerBidiReactor<v1::ServerReflectionRequest, v1::ServerReflectionResponse>*
  ServerReflectionInfo(grpc::CallbackServerContext*) override {
    return new Reactor(services_);
  }

 private:
  const std::vector<std::string> services_;
};

}  // namespace

std::unique_ptr<grpc::Service> MakeReflectionV1(std::vector<std::string> services) {
  return std::make_unique<Reflection>(std::move(services));
}

}  // namespace payout
