// JsonWriter: writes compact JSON. There is no way to pass a floating-point number; amounts go in
// as decimal text.
//
// Used by: platform answers, token claims, the admin API. Thread-safety: none.

#ifndef PAYOUT_ADAPTERS_ECHELON_SANDBOX_JSON_WRITER_H_
#define PAYOUT_ADAPTERS_ECHELON_SANDBOX_JSON_WRITER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace payout::sandbox {

class JsonWriter {
 public:
  JsonWriter();
  ~JsonWriter();
  JsonWriter(const JsonWriter&) = delete;
  JsonWriter& operator=(const JsonWriter&) = delete;

  JsonWriter& BeginObject();
  JsonWriter& EndObject();
  JsonWriter& BeginArray();
  JsonWriter& EndArray();
  JsonWriter& Key(std::string_view name);
  JsonWriter& String(std::string_view text);
  JsonWriter& Number(std::string_view decimal_text);
  JsonWriter& Int(std::int64_t number);
  JsonWriter& Bool(bool value);

  JsonWriter& Field(std::string_view name, std::string_view text) { return Key(name).String(text); }
  JsonWriter& IntField(std::string_view name, std::int64_t number) { return Key(name).Int(number); }
  JsonWriter& BoolField(std::string_view name, bool value) { return Key(name).Bool(value); }

  std::string Text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace payout::sandbox

#endif  // PAYOUT_ADAPTERS_ECHELON_SANDBOX_JSON_WRITER_H_
