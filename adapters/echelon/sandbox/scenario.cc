#include "adapters/echelon/sandbox/scenario.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include <toml++/toml.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "adapters/echelon/sandbox/fault_codec.h"
#include "adapters/echelon/sandbox/object_reader.h"
#include "adapters/echelon/sandbox/value.h"
#include "server/domain/decimal.h"

namespace payout::sandbox {
namespace {

void SetPosition(const toml::source_position& position, Value& value) {
  value.line = static_cast<int>(position.line);
  value.column = static_cast<int>(position.column);
}

// Dates and times become null, which no getter accepts.
Value ToValue(const toml::node& node) {
  Value value;
  SetPosition(node.source().begin, value);
  if (const toml::table* table = node.as_table()) {
    value.kind = Value::Kind::kObject;
    for (const auto& [key, member] : *table) {
      Value child = ToValue(member);
      SetPosition(key.source().begin, child);  // errors point at the key
      value.Add(std::string(key.str()), std::move(child));
    }
  } else if (const toml::array* array = node.as_array()) {
    value.kind = Value::Kind::kArray;
    for (const toml::node& item : *array) value.items.push_back(ToValue(item));
  } else if (const auto* text = node.as_string()) {
    value.kind = Value::Kind::kString;
    value.text = text->get();
  } else if (const auto* integer = node.as_integer()) {
    value.kind = Value::Kind::kNumber;
    value.text = std::to_string(integer->get());
  } else if (const auto* number = node.as_floating_point()) {
    value.kind = Value::Kind::kNumber;
    value.text = absl::StrFormat("%.17g", number->get());
  } else if (const auto* boolean = node.as_boolean()) {
    value.kind = Value::Kind::kBool;
    value.boolean = boolean->get();
  }
  return value;
}

template <class T, class U>
void SetIfGiven(std::optional<T> given, U& target) {
  if (given) target = static_cast<U>(*std::move(given));
}

std::string Indexed(const char* name, std::size_t index) {
  return absl::StrCat(name, "[", index, "]");
}

// The element with this code; added when there is none.
template <class T>
T& ByCode(std::vector<T>& all, const std::string& code) {
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const T& one) { return one.code == code; });
  if (found != all.end()) return *found;
  all.emplace_back().code = code;
  return all.back();
}

void ReadBalances(ObjectReader& reader, Merchant& merchant, absl::Status& status) {
  const Value* table = reader.Object("balances", Need::kOptional);
  if (table == nullptr) return;
  ObjectReader balances(*table, reader.Path("balances"), status);
  for (const std::string& currency : table->names) {
    const auto amount = balances.String(currency, Need::kRequired);
    if (amount && !Decimal::Parse(*amount)) {
      balances.Fail(currency, "must be decimal text such as \"1000.00\"");
    }
    if (amount) merchant.balances[currency] = *amount;
  }
}

void ReadMerchant(const Value& value, std::size_t index, Options& options, absl::Status& status) {
  ObjectReader reader(value, Indexed("merchant", index), status);
  const auto code = reader.String("code", Need::kRequired, {.min = 1});
  if (!code) return;
  Merchant& merchant = ByCode(options.merchants, *code);
  const Need need = merchant.secret.empty() ? Need::kRequired : Need::kOptional;
  SetIfGiven(reader.String("secret", need, {.min = 1, .max = 1000}), merchant.secret);
  SetIfGiven(reader.Bool("is_test"), merchant.is_test);
  SetIfGiven(reader.Bool("active"), merchant.active);
  ReadBalances(reader, merchant, status);
  if (reader.Has("ip_allow")) merchant.ip_allow = reader.Strings("ip_allow", Need::kOptional);
  if (reader.Has("ip_deny")) merchant.ip_deny = reader.Strings("ip_deny", Need::kOptional);
  reader.RefuseUnknown();
}

void ReadOperator(const Value& value, std::size_t index, Options& options, absl::Status& status) {
  ObjectReader reader(value, Indexed("operator", index), status);
  const auto code = reader.String("code", Need::kRequired, {.min = 1, .max = 30});
  if (!code) return;
  PaymentOperator& one = ByCode(options.operators, *code);
  if (reader.Has("methods")) one.methods = reader.Strings("methods", Need::kOptional);
  SetIfGiven(reader.Bool("available"), one.available);
  reader.RefuseUnknown();
}

void ReadUndocumented(const Value& value, Undocumented& switches, absl::Status& status) {
  ObjectReader reader(value, "undocumented", status);
  SetIfGiven(reader.Bool("token_without_operations_may_do_all"),
             switches.token_without_operations_may_do_all);
  SetIfGiven(reader.Bool("reuse_id_after_406"), switches.reuse_id_after_406);
  SetIfGiven(reader.Bool("refused_visible_after_406"), switches.refused_visible_after_406);
  SetIfGiven(reader.Bool("omit_id_payment"), switches.omit_id_payment);
  SetIfGiven(reader.Bool("omit_reference"), switches.omit_reference);
  SetIfGiven(reader.Bool("token_calls_counted"), switches.token_calls_counted);
  SetIfGiven(reader.Bool("callback_on_every_change"), switches.callback_on_every_change);
  SetIfGiven(reader.Bool("reject_unknown_fields"), switches.reject_unknown_fields);
  SetIfGiven(reader.Integer("token_money_mismatch_status", Need::kOptional, 400, 499),
             switches.token_money_mismatch_status);
  if (const auto prose = reader.Integer("prose_rule_status", Need::kOptional, 400, 406)) {
    if (*prose != 400 && *prose != 406) reader.Fail("prose_rule_status", "must be 400 or 406");
    switches.prose_rule_status = static_cast<int>(*prose);
  }
  if (const auto fee = reader.String("fee", Need::kOptional)) {
    if (*fee != "normal" && *fee != "zero" && *fee != "absent") {
      reader.Fail("fee", "must be normal, zero or absent");
    }
    switches.fee = *fee == "zero"     ? FeeStyle::kZero
                   : *fee == "absent" ? FeeStyle::kAbsent
                                      : FeeStyle::kNormal;
  }
  reader.RefuseUnknown();
}

template <class Read>
void ForEach(ObjectReader& reader, const char* name, Read read) {
  const Value* array = reader.Array(name, Need::kOptional);
  if (array == nullptr) return;
  for (std::size_t i = 0; i < array->items.size() && reader.ok(); ++i) read(array->items[i], i);
}

void ReadSettings(ObjectReader& reader, Options& options, absl::Status& status) {
  SetIfGiven(reader.Integer("seed", Need::kOptional, 0, std::numeric_limits<std::int64_t>::max()),
             options.seed);
  SetIfGiven(reader.Duration("settle_after"), options.settle_after);
  SetIfGiven(reader.Duration("callback_interval"), options.callback_interval);
  SetIfGiven(reader.Integer("callback_repeats", Need::kOptional, 0, 100), options.callback_repeats);
  SetIfGiven(reader.Integer("requests_per_second", Need::kOptional, 0, 1000000),
             options.requests_per_second);
  SetIfGiven(reader.Bool("operator_required_for_wallet"), options.operator_required_for_wallet);
  if (reader.Has("currencies")) {
    options.currencies = reader.Strings("currencies", Need::kOptional);
  }
  if (const Value* table = reader.Object("currency_decimals", Need::kOptional)) {
    ObjectReader decimals(*table, "currency_decimals", status);
    for (const std::string& currency : table->names) {
      SetIfGiven(decimals.Integer(currency, Need::kRequired, 0, Decimal::kScaleMax),
                 options.currency_decimals[currency]);
    }
  }
}

}  // namespace

absl::Status ApplyScenario(std::string_view toml, Options& options) {
  Value root;
  try {
    root = ToValue(toml::parse(toml));
  } catch (const toml::parse_error& error) {
    return absl::InvalidArgumentError(absl::StrCat(error.source().begin.line, ":",
                                                   error.source().begin.column, ": ",
                                                   std::string(error.description())));
  }
  absl::Status status;
  ObjectReader reader(root, "", status);
  ReadSettings(reader, options, status);
  ForEach(reader, "merchant",
          [&](const Value& item, std::size_t i) { ReadMerchant(item, i, options, status); });
  ForEach(reader, "operator",
          [&](const Value& item, std::size_t i) { ReadOperator(item, i, options, status); });
  if (const Value* switches = reader.Object("undocumented", Need::kOptional)) {
    ReadUndocumented(*switches, options.undocumented, status);
  }
  ForEach(reader, "fault", [&](const Value& item, std::size_t i) {
    absl::StatusOr<Fault> fault = DecodeFault(item, Indexed("fault", i));
    if (fault.ok()) {
      options.faults.push_back(*std::move(fault));
    } else {
      status = fault.status();
    }
  });
  reader.RefuseUnknown();
  return status;
}

}  // namespace payout::sandbox
