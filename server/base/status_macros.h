// Early return on errors, for plain functions and for coroutines, and the bridge from
// std::string_view to Debian's absl::string_view, which is a type of its own.
//
// Used by: everyone.

#ifndef PAYOUT_SERVER_BASE_STATUS_MACROS_H_
#define PAYOUT_SERVER_BASE_STATUS_MACROS_H_

#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace payout {

inline absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }
inline std::string_view ToStd(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace payout

#define PAYOUT_CONCAT_INNER_(a, b) a##b
#define PAYOUT_CONCAT_(a, b) PAYOUT_CONCAT_INNER_(a, b)

#define PAYOUT_RETURN_IF_ERROR(expression)            \
  do {                                                \
    const absl::Status payout_status_ = (expression); \
    if (!payout_status_.ok()) return payout_status_;  \
  } while (false)

#define PAYOUT_ASSIGN_OR_RETURN(declaration, expression) \
  PAYOUT_ASSIGN_OR_(PAYOUT_CONCAT_(payout_or_, __LINE__), declaration, expression, return )

// In a coroutine; `expression` is usually a co_await, which is taken into a local first.
#define PAYOUT_CO_RETURN_IF_ERROR(expression)           \
  do {                                                  \
    absl::Status payout_status_ = (expression);         \
    if (!payout_status_.ok()) co_return payout_status_; \
  } while (false)

#define PAYOUT_CO_ASSIGN_OR_RETURN(declaration, expression) \
  PAYOUT_ASSIGN_OR_(PAYOUT_CONCAT_(payout_or_, __LINE__), declaration, expression, co_return )

#define PAYOUT_ASSIGN_OR_(temporary, declaration, expression, leave) \
  auto temporary = (expression);                                     \
  if (!temporary.ok()) leave temporary.status();                     \
  declaration = std::move(*temporary)

#endif  // PAYOUT_SERVER_BASE_STATUS_MACROS_H_
