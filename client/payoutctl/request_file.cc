#include "client/payoutctl/request_file.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

#include "client/payoutctl/json.h"

namespace payout::payoutctl {
namespace {

client::CallError Bad(std::string message) {
  return client::LocalError(grpc::StatusCode::INVALID_ARGUMENT, std::move(message));
}

std::string Trim(const std::string& text) {
  const size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace

client::Result<RequestFile> DivideRequests(const std::string& text) {
  RequestFile file;
  bool whole_object = false;
  int number = 0;
  for (size_t start = 0; start < text.size();) {
    const size_t end = std::min(text.find('\n', start), text.size());
    ++number;
    std::string line = Trim(text.substr(start, end - start));
    start = end + 1;
    if (line.empty()) continue;
    whole_object = whole_object || (line.front() == '{' && line.back() == '}' && line.size() > 2);
    file.requests.push_back({number, std::move(line)});
  }
  if (file.requests.empty()) return Bad("there is no request in the file");
  file.many = file.requests.size() > 1 && whole_object;
  if (!file.many) file.requests = {{file.requests.front().number, text}};
  return file;
}

client::Result<RequestFile> ReadRequestFile(const std::string& path) {
  std::string text;
  if (path == "-") {
    text.assign(std::istreambuf_iterator<char>(std::cin), std::istreambuf_iterator<char>());
  } else {
    std::ifstream file(path, std::ios::binary);
    if (!file) return Bad("file \"" + path + "\" cannot be read");
    text.assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    if (file.bad()) return Bad("file \"" + path + "\" cannot be read");
  }
  return DivideRequests(text);
}

client::Result<v1::CreatePayoutRequest> ParseRequest(const RequestLine& line) {
  v1::CreatePayoutRequest request;
  if (const auto error = FromJson(line.text, &request)) {
    return Bad("not a CreatePayoutRequest as JSON: " + *error);
  }
  return request;
}

}  // namespace payout::payoutctl
