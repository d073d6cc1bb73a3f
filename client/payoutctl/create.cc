#include "client/payoutctl/create.h"

#include <cstdlib>
#include <utility>

#include "absl/time/clock.h"
#include "client/payoutctl/hints.h"
#include "client/payoutctl/payout_id.h"
#include "client/payoutctl/session.h"
#include "client/payoutctl/text.h"
#include "client/payoutctl/times.h"

namespace payout::payoutctl {
namespace {

client::CallError Bad(std::string message) {
  return client::LocalError(grpc::StatusCode::INVALID_ARGUMENT, std::move(message));
}

struct MethodFlag {
  const char* name;
  const std::string& value;
  const char* method;
};

// The first flag that belongs to another method than the chosen one.
std::optional<client::CallError> CheckMethodFlags(const CreateOptions& options,
                                                  const std::string& method) {
  const MethodFlag flags[] = {{"--account-name", options.account_name, "bank"},
                              {"--account-number", options.account_number, "bank"},
                              {"--account-type", options.account_type, "bank"},
                              {"--bank-code", options.bank_code, "bank"},
                              {"--bank-name", options.bank_name, "bank"},
                              {"--bank-branch", options.bank_branch, "bank"},
                              {"--bank-city", options.bank_city, "bank"},
                              {"--bank-province", options.bank_province, "bank"},
                              {"--email", options.email, "bank"},
                              {"--wallet-address", options.wallet_address, "crypto"},
                              {"--wallet-name", options.wallet_name, "wallet"},
                              {"--wallet-account", options.wallet_account, "wallet"},
                              {"--phone", options.phone, "wallet"}};
  for (const MethodFlag& flag : flags) {
    if (!flag.value.empty() && method != flag.method) {
      return Bad(std::string(flag.name) + " belongs to --method " + flag.method +
                 ", and the method is " + method);
    }
  }
  return std::nullopt;
}

void FillBank(const CreateOptions& options, v1::BankTransfer& bank) {
  bank.set_account_name(options.account_name);
  bank.set_account_number(options.account_number);
  bank.set_account_type(options.account_type);
  bank.set_bank_code(options.bank_code);
  bank.set_bank_name(options.bank_name);
  bank.set_bank_branch(options.bank_branch);
  bank.set_bank_city(options.bank_city);
  bank.set_bank_province(options.bank_province);
  bank.set_payment_operator_code(options.operator_code);
  bank.set_email_address(options.email);
  bank.set_remark(options.remark);
}

void FillMethod(const CreateOptions& options, const std::string& method,
                v1::CreatePayoutRequest& request) {
  if (method == "crypto") {
    v1::CryptoTransfer& crypto = *request.mutable_crypto_transfer();
    crypto.set_account_number(options.wallet_address);
    crypto.set_payment_operator_code(options.operator_code);
    crypto.set_remark(options.remark);
  } else if (method == "wallet") {
    v1::WalletTransfer& wallet = *request.mutable_wallet_transfer();
    wallet.set_account_name(options.wallet_name);
    wallet.set_account_number(options.wallet_account);
    wallet.set_payment_operator_code(options.operator_code);
    wallet.set_phone_number(options.phone);
    wallet.set_remark(options.remark);
  } else {
    FillBank(options, *request.mutable_bank_transfer());
  }
}

// The id to use, printed before the call so that the call can be repeated whatever happens to it.
client::Result<std::string> ChooseId(const Session& session, const std::string& from_file) {
  const CreateOptions& options = session.line.create;
  if (!from_file.empty() && !options.id.empty() && options.id != from_file) {
    return Bad("--id is " + options.id + " and the file says " + from_file);
  }
  if (!from_file.empty()) return from_file;
  if (!options.id.empty()) return options.id;
  std::optional<std::string> id = NewPayoutId(absl::Now());
  if (!id) return client::LocalError(grpc::StatusCode::INTERNAL, "no randomness for an id");
  *id = options.id_prefix + *id;
  if (!options.validate_only) {
    session.talk.Important("payout id " + *id + "; repeat with --id " + *id, *id);
  }
  return *std::move(id);
}

ExitCode Print(const Session& session, const v1::CreatePayoutRequest& request,
               const v1::CreatePayoutResponse& response) {
  Talk& talk = session.talk;
  const v1::Payout& payout = response.payout();
  if (talk.json()) {
    talk.Out(ToJson(response, talk.style()) + "\n");
  } else {
    talk.Out(DescribePayout(payout, talk.color_out()));
  }
  if (request.validate_only()) {
    talk.Note(response.replayed() ? "valid; a payout with this id and content exists already"
                                  : "valid; nothing was created");
    return kExitOk;
  }
  if (response.replayed()) talk.Note("the payout existed before this call", payout.payout_id());
  if (payout.state() == v1::PAYOUT_STATE_OUTCOME_UNKNOWN) {
    talk.Important(std::string("outcome unknown: ") + kOutcomeUnknownAdvice, payout.payout_id());
  }
  const ExitCode code = AfterWait(request.wait_mode(), payout);
  if (code == kExitNotSettled) {
    talk.Important("waited, and the payout is still " + StateName(payout.state()) +
                       "; follow it with: payoutctl watch " + payout.payout_id() +
                       " --until settled",
                   payout.payout_id());
  }
  return code;
}

ExitCode CreateOne(const Session& session, v1::CreatePayoutRequest request) {
  client::Result<std::string> id = ChooseId(session, request.payout_id());
  if (!id.ok()) return session.talk.Error(id.error());
  request.set_payout_id(*id);
  if (const auto error = CheckReachable(session)) return Fail(session, *error, *id);
  client::Result<v1::CreatePayoutResponse> response =
      session.client.CreatePayout(request, session.Call(DefaultTimeout(request.wait_mode())));
  if (!response.ok()) return Fail(session, response.error(), *id);
  return Print(session, request, *response);
}

}  // namespace

client::Result<v1::CreatePayoutRequest> RequestFromFlags(const CreateOptions& options,
                                                         absl::Time now) {
  v1::CreatePayoutRequest request;
  if (options.amount.empty()) return Bad("--amount is missing, such as --amount 42.05");
  if (options.currency.empty()) return Bad("--currency is missing, such as --currency EUR");
  const std::string method = options.method.empty() ? "bank" : options.method;
  if (auto error = CheckMethodFlags(options, method)) return *std::move(error);
  request.set_payout_id(options.id);
  request.mutable_money()->set_amount(options.amount);
  request.mutable_money()->set_currency_code(options.currency);
  FillMethod(options, method, request);
  request.set_segment_code(options.segment);
  request.set_exchanged_to_currency(options.exchange_to);
  request.set_customer_ip(options.customer_ip);
  request.set_customer_id(options.customer_id);
  for (const std::string& label : options.labels) {
    const size_t equals = label.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Bad("--label " + label + " is not KEY=VALUE");
    }
    if (!request.mutable_labels()
             ->insert({label.substr(0, equals), label.substr(equals + 1)})
             .second) {
      return Bad("--label " + label.substr(0, equals) + " is given twice");
    }
  }
  if (!options.submit_before.empty()) {
    const auto time = ParseFuture(options.submit_before, now);
    if (!time) {
      return Bad("--submit-before " + options.submit_before +
                 " is neither a time such as 2026-03-01T09:30:00Z nor a span such as +10m");
    }
    *request.mutable_submit_before() = ToProto(*time);
  }
  ApplyFlags(options, request);
  return request;
}

void ApplyFlags(const CreateOptions& options, v1::CreatePayoutRequest& request) {
  if (request.merchant().empty()) request.set_merchant(options.merchant);
  if (options.validate_only) request.set_validate_only(true);
  if (options.wait == "recorded") request.set_wait_mode(v1::WAIT_MODE_RECORDED);
  if (options.wait == "accepted") request.set_wait_mode(v1::WAIT_MODE_ACCEPTED);
  if (options.wait == "settled") request.set_wait_mode(v1::WAIT_MODE_SETTLED);
}

absl::Duration DefaultTimeout(v1::WaitMode wait) {
  // The gateway waits for 5 minutes at most and answers shortly before the deadline.
  if (wait == v1::WAIT_MODE_SETTLED) return absl::Seconds(330);
  if (wait == v1::WAIT_MODE_ACCEPTED) return absl::Seconds(90);
  return absl::Seconds(30);
}

ExitCode AfterWait(v1::WaitMode wait, const v1::Payout& payout) {
  if (wait != v1::WAIT_MODE_ACCEPTED && wait != v1::WAIT_MODE_SETTLED) return kExitOk;
  if (IsNotPaid(payout.state())) return kExitNotPaid;
  if (payout.state() == v1::PAYOUT_STATE_SUCCEEDED) return kExitOk;
  const bool accepted = payout.state() == v1::PAYOUT_STATE_PROCESSING;
  return wait == v1::WAIT_MODE_ACCEPTED && accepted ? kExitOk : kExitNotSettled;
}

ExitCode RunCreate(const Session& session) {
  const CreateOptions& options = session.line.create;
  if (options.file.empty()) {
    client::Result<v1::CreatePayoutRequest> request = RequestFromFlags(options, absl::Now());
    if (!request.ok()) return session.talk.Error(request.error());
    return CreateOne(session, *request);
  }
  client::Result<RequestFile> file = ReadRequestFile(options.file);
  if (!file.ok()) return session.talk.Error(file.error());
  if (file->many) return RunBulkCreate(session, *file);
  client::Result<v1::CreatePayoutRequest> request = ParseRequest(file->requests.front());
  if (!request.ok()) return session.talk.Error(request.error());
  ApplyFlags(options, *request);
  return CreateOne(session, *request);
}

}  // namespace payout::payoutctl
