// Problem: one thing that is wrong with a file, a flag or a variable, and where.
//
// Used by: config and credentials. Problems are collected, so that people see all of them at once.
// Thread-safety: a value.

#ifndef PAYOUT_SERVER_MAIN_CONFIG_PROBLEM_H_
#define PAYOUT_SERVER_MAIN_CONFIG_PROBLEM_H_

#include <string>
#include <string_view>
#include <vector>

namespace payout {

// Where a value was written. Lines and columns count from 1; 0 for what has none, such as a flag.
struct Place {
  std::string name;  // file as it was named, "--listen", "PAYOUT_GATEWAY_GRPC_LISTEN"
  int line = 0;
  int column = 0;

  std::string ToString() const;  // "gateway.toml:7:1", "--listen"

  friend bool operator==(const Place&, const Place&) = default;
};

struct Problem {
  enum class Severity { kError, kWarning };

  Severity severity = Severity::kError;
  Place place;
  std::string message;

  std::string ToString() const;  // "gateway.toml:7:1: error: unknown key grpc.lisen (did you …?)"
};

using Problems = std::vector<Problem>;

bool HasErrors(const Problems& problems);

// Those with a line first, by file, line and column; the others keep their order.
void SortByPlace(Problems& problems);

// A value between quotes for a message: control characters escaped, long ones cut.
std::string Quoted(std::string_view value);

}  // namespace payout

#endif  // PAYOUT_SERVER_MAIN_CONFIG_PROBLEM_H_
