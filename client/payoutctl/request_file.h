// Reads the file of `create -f`: one request as JSON, or one request per line (JSON Lines).
//
// A file of several lines with a whole object on at least one of them is taken as JSON Lines;
// anything else is one request, over as many lines as it likes.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_REQUEST_FILE_H_
#define PAYOUT_CLIENT_PAYOUTCTL_REQUEST_FILE_H_

#include <string>
#include <vector>

#include "client/error.h"
#include "payout/v1/payout_service.pb.h"

namespace payout::payoutctl {

struct RequestLine {
  int number = 0;  // counted from 1
  std::string text;
};

struct RequestFile {
  bool many = false;
  std::vector<RequestLine> requests;  // blank lines left out
};

// Divides the text of a file. Error INVALID_ARGUMENT: there is no request in it.
client::Result<RequestFile> DivideRequests(const std::string& text);

// "-" is standard input. Errors: INVALID_ARGUMENT, unreadable or empty.
client::Result<RequestFile> ReadRequestFile(const std::string& path);

// Error: INVALID_ARGUMENT with the parser's words.
client::Result<v1::CreatePayoutRequest> ParseRequest(const RequestLine& line);

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_REQUEST_FILE_H_
