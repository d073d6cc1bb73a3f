#include "server/main/logging/redact.h"

#include <memory>
#include <set>

#include <google/protobuf/descriptor.h>
#include <google/protobuf/text_format.h>

#include "payout/v1/options.pb.h"

namespace payout {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::TextFormat;

// Replaces a value of any type.
class Redactor : public TextFormat::FastFieldValuePrinter {
 public:
  using Out = TextFormat::BaseTextGenerator;

  void PrintBool(bool, Out* out) const override { Print(out); }
  void PrintInt32(std::int32_t, Out* out) const override { Print(out); }
  void PrintUInt32(std::uint32_t, Out* out) const override { Print(out); }
  void PrintInt64(std::int64_t, Out* out) const override { Print(out); }
  void PrintUInt64(std::uint64_t, Out* out) const override { Print(out); }
  void PrintFloat(float, Out* out) const override { Print(out); }
  void PrintDouble(double, Out* out) const override { Print(out); }
  void PrintString(const std::string&, Out* out) const override { Print(out); }
  void PrintBytes(const std::string&, Out* out) const override { Print(out); }
  void PrintEnum(std::int32_t, const std::string&, Out* out) const override { Print(out); }
  bool PrintMessageContent(const Message&, int, int, bool, Out* out) const override {
    Print(out);
    out->PrintLiteral(" ");
    return true;
  }

 private:
  static void Print(Out* out) { out->PrintLiteral("\"[redacted]\""); }
};

bool IsSensitive(const FieldDescriptor& field) {
  return field.options().GetExtension(v1::sensitive) ||
         field.containing_type()->full_name() == "google.protobuf.Any";
}

void Register(const Descriptor& type, std::set<const Descriptor*>& seen,
              TextFormat::Printer& printer) {
  if (!seen.insert(&type).second) return;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    if (IsSensitive(field)) {
      // The printer owns it; it refuses only a field that it has already.
      auto redactor = std::make_unique<Redactor>();
      if (printer.RegisterFieldValuePrinter(&field, redactor.get())) (void)redactor.release();
    } else if (field.message_type() != nullptr) {
      Register(*field.message_type(), seen, printer);
    }
  }
}

}  // namespace

std::string RedactedDebugString(const Message& message) {
  TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetHideUnknownFields(true);
  printer.SetUseUtf8StringEscaping(true);
  std::set<const Descriptor*> seen;
  Register(*message.GetDescriptor(), seen, printer);
  std::string text;
  if (!printer.PrintToString(message, &text)) return "[unprintable]";
  while (!text.empty() && text.back() == ' ') text.pop_back();
  return text;
}

}  // namespace payout
