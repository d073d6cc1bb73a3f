#include "server/main/logging/redact.h"

#include <memory>
#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "payout/v1/options.pb.h"
#include "payout/v1/payout.pb.h"
#include "payout/v1/payout_service.pb.h"

namespace payout {
namespace {

using ::google::protobuf::Descriptor;
using ::google::protobuf::DescriptorPool;
using ::google::protobuf::DynamicMessageFactory;
using ::google::protobuf::FieldDescriptor;
using ::google::protobuf::FileDescriptorProto;
using ::google::protobuf::Message;
using ::google::protobuf::Reflection;
using ::google::protobuf::TextFormat;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(RedactTest, SensitiveFieldsAreReplacedAndTheRestIsShown) {
  v1::CreatePayoutRequest request;
  ASSERT_TRUE(TextFormat::ParseFromString(
      R"(payout_id: "inv-1" money { amount: "42.05" currency_code: "USD" }
         bank_transfer { account_name: "canary" account_number: "canary" payment_operator_code: "OP"
                         email_address: "canary" remark: "canary" }
         customer_ip: "canary" customer_id: "canary" labels { key: "team" value: "red" })",
      &request));
  EXPECT_EQ(RedactedDebugString(request),
            "payout_id: \"inv-1\" money { amount: \"42.05\" currency_code: \"USD\" } "
            "bank_transfer { account_name: \"[redacted]\" account_number: \"[redacted]\" "
            "payment_operator_code: \"OP\" email_address: \"[redacted]\" remark: \"[redacted]\" } "
            "customer_ip: \"[redacted]\" customer_id: \"[redacted]\" "
            "labels { key: \"team\" value: \"red\" }");
}

TEST(RedactTest, RepeatedMessagesAreEntered) {
  v1::Payout payout;
  ASSERT_TRUE(TextFormat::ParseFromString(
      "reasons { code: \"A\" message: \"canary\" } reasons { code: \"B\" message: \"canary\" }",
      &payout));
  EXPECT_EQ(RedactedDebugString(payout),
            "reasons { code: \"A\" message: \"[redacted]\" } reasons { code: \"B\" message: "
            "\"[redacted]\" }");
}

TEST(RedactTest, UnknownFieldsAreLeftOut) {
  v1::Money money;
  money.set_amount("1");
  money.GetReflection()->MutableUnknownFields(&money)->AddLengthDelimited(99, "canary");
  EXPECT_EQ(RedactedDebugString(money), "amount: \"1\"");
}

TEST(RedactTest, TheInsidesOfAnyAreNotShown) {
  v1::CryptoTransfer transfer;
  transfer.set_account_number("canary");
  google::protobuf::Any any;
  any.PackFrom(transfer);
  EXPECT_THAT(RedactedDebugString(any), Not(HasSubstr("canary")));
}

// Sets every field of a message to a canary, one level of every nested type included.
void FillWithCanaries(Message& message, std::set<const Descriptor*> above, bool sensitive_only) {
  const Descriptor& type = *message.GetDescriptor();
  if (!above.insert(&type).second) return;
  const Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (field->message_type() != nullptr) {
      Message* inner = field->is_repeated() ? reflection.AddMessage(&message, field)
                                            : reflection.MutableMessage(&message, field);
      FillWithCanaries(*inner, above, sensitive_only);
    } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING &&
               (!sensitive_only || field->options().GetExtension(v1::sensitive))) {
      field->is_repeated() ? reflection.AddString(&message, field, "canary")
                           : reflection.SetString(&message, field, "canary");
    }
  }
}

TEST(RedactTest, NoMessageOfTheApiShowsASensitiveField) {
  int seen = 0;
  const auto* file = v1::CreatePayoutRequest::descriptor()->file();
  std::vector<const Descriptor*> types;
  for (int i = 0; i < file->message_type_count(); ++i) types.push_back(file->message_type(i));
  const auto* values = v1::Payout::descriptor()->file();
  for (int i = 0; i < values->message_type_count(); ++i) types.push_back(values->message_type(i));
  for (const Descriptor* type : types) {
    SCOPED_TRACE(type->full_name());
    const std::unique_ptr<Message> message(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
    FillWithCanaries(*message, {}, true);
    if (message->ByteSizeLong() == 0) continue;
    ++seen;
    EXPECT_THAT(RedactedDebugString(*message), Not(HasSubstr("canary")));
  }
  EXPECT_GT(seen, 4);
}

// Every shape that a sensitive field can have, in a type made for this.
TEST(RedactTest, EveryShapeOfASensitiveFieldIsReplaced) {
  FileDescriptorProto file;
  ASSERT_TRUE(TextFormat::ParseFromString(
      R"(name: "shapes.proto" syntax: "proto3" package: "shapes"
         enum_type { name: "Kind" value { name: "NONE" number: 0 } value { name: "CANARY" number: 1 } }
         message_type {
           name: "Shapes"
           field { name: "number" number: 1 type: TYPE_INT64 label: LABEL_OPTIONAL
                   options { [payout.v1.sensitive]: true } }
           field { name: "flag" number: 2 type: TYPE_BOOL label: LABEL_OPTIONAL
                   options { [payout.v1.sensitive]: true } }
           field { name: "kind" number: 3 type: TYPE_ENUM type_name: ".shapes.Kind" label: LABEL_OPTIONAL
                   options { [payout.v1.sensitive]: true } }
           field { name: "data" number: 4 type: TYPE_BYTES label: LABEL_OPTIONAL
                   options { [payout.v1.sensitive]: true } }
           field { name: "texts" number: 5 type: TYPE_STRING label: LABEL_REPEATED
                   options { [payout.v1.sensitive]: true } }
           field { name: "numbers" number: 6 type: TYPE_INT32 label: LABEL_REPEATED
                   options { [payout.v1.sensitive]: true } }
           field { name: "inner" number: 7 type: TYPE_MESSAGE type_name: ".shapes.Inner" label: LABEL_OPTIONAL
                   options { [payout.v1.sensitive]: true } }
           field { name: "inners" number: 8 type: TYPE_MESSAGE type_name: ".shapes.Inner" label: LABEL_REPEATED
                   options { [payout.v1.sensitive]: true } }
           field { name: "map" number: 9 type: TYPE_MESSAGE type_name: ".shapes.Shapes.MapEntry"
                   label: LABEL_REPEATED options { [payout.v1.sensitive]: true } }
           field { name: "open" number: 10 type: TYPE_MESSAGE type_name: ".shapes.Shapes.OpenEntry"
                   label: LABEL_REPEATED }
           field { name: "again" number: 11 type: TYPE_MESSAGE type_name: ".shapes.Shapes" label: LABEL_OPTIONAL }
           field { name: "choice" number: 12 type: TYPE_STRING label: LABEL_OPTIONAL oneof_index: 0
                   options { [payout.v1.sensitive]: true } }
           oneof_decl { name: "one" }
           nested_type { name: "MapEntry" options { map_entry: true }
             field { name: "key" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
             field { name: "value" number: 2 type: TYPE_STRING label: LABEL_OPTIONAL } }
           nested_type { name: "OpenEntry" options { map_entry: true }
             field { name: "key" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL }
             field { name: "value" number: 2 type: TYPE_MESSAGE type_name: ".shapes.Shapes"
                     label: LABEL_OPTIONAL } } }
         message_type { name: "Inner"
           field { name: "text" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL } })",
      &file));
  DescriptorPool pool;
  const auto* built = pool.BuildFile(file);
  ASSERT_NE(built, nullptr);
  DynamicMessageFactory factory;
  const std::unique_ptr<Message> message(
      factory.GetPrototype(built->FindMessageTypeByName("Shapes"))->New());
  const std::string all =
      R"(number: 777 flag: true kind: CANARY data: "canary" texts: "canary" texts: "canary" numbers: [777, 777]
         inner { text: "canary" } inners { text: "canary" } inners { text: "canary" }
         map { key: "canary" value: "canary" } choice: "canary")";
  ASSERT_TRUE(TextFormat::ParseFromString(
      all + " again {" + all + "} open { key: \"shown\" value {" + all + "} }", message.get()));
  const std::string text = RedactedDebugString(*message);
  EXPECT_THAT(text, Not(HasSubstr("canary")));
  EXPECT_THAT(text, Not(HasSubstr("CANARY")));
  EXPECT_THAT(text, Not(HasSubstr("777")));
  EXPECT_THAT(text, Not(HasSubstr("true")));
  EXPECT_THAT(
      text, HasSubstr("open { key: \"shown\" value { number: \"[redacted]\" flag: \"[redacted]\""));
  EXPECT_THAT(text, HasSubstr("inner { \"[redacted]\" }"));
}

}  // namespace
}  // namespace payout
