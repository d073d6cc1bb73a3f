// Writes compact JSON in the order of the calls, so that the same values give the same bytes.
//
// Used by: the request codecs. Not thread-safe; one writer per text.

#ifndef PAYOUT_ADAPTERS_ECHELON_JSON_WRITER_H_
#define PAYOUT_ADAPTERS_ECHELON_JSON_WRITER_H_

#include <memory>
#include <string>
#include <string_view>

#include "server/domain/money.h"

namespace payout::echelon {

class JsonWriter {
 public:
  JsonWriter();
  ~JsonWriter();
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  // The outermost object has no name.
  void StartObject();
  void StartObject(std::string_view name);
  void EndObject();
  void StartArray(std::string_view name);
  void EndArray();

  void Member(std::string_view name, std::string_view value);
  void MemberUnlessEmpty(std::string_view name, std::string_view value);
  void Member(std::string_view name, int value);
  void Element(std::string_view value);

  // {"amount": NUMBER, "currencyCode": TEXT}; the digits are those of the amount, zeros included.
  void Member(std::string_view name, const Money& money);

  std::string Take();

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

}  // namespace payout::echelon

#endif  // PAYOUT_ADAPTERS_ECHELON_JSON_WRITER_H_
