// What a command line of payoutctl says, parsed. Plain values, filled by command_line.cc.

#ifndef PAYOUT_CLIENT_PAYOUTCTL_OPTIONS_H_
#define PAYOUT_CLIENT_PAYOUTCTL_OPTIONS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace payout::payoutctl {

enum class Command {
  kCreate,
  kGet,
  kList,
  kCancel,
  kWatch,
  kExplain,
  kPause,
  kResume,
  kReview,
  kAdminStatus,
  kAdminActions,
  kHealth,
  kVersion
};
enum class Output { kText, kJson, kJsonl };
enum class Color { kAuto, kAlways, kNever };

struct GlobalOptions {
  std::string server = "grpc://127.0.0.1:7450";
  std::string token_file;
  std::string ca_file;
  bool allow_plaintext = false;
  std::optional<absl::Duration> timeout;
  Output output = Output::kText;
  bool emit_defaults = false;
  Color color = Color::kAuto;
  bool quiet = false;
  bool verbose = false;
};

struct CreateOptions {
  std::string file;  // "-" is standard input
  int parallel = 8;
  std::string id;
  std::string id_prefix;
  std::string merchant;
  std::string amount;
  std::string currency;
  std::string method;  // bank, crypto, wallet; empty: bank
  std::string account_name;
  std::string account_number;
  std::string account_type;
  std::string bank_code;
  std::string bank_name;
  std::string bank_branch;
  std::string bank_city;
  std::string bank_province;
  std::string operator_code;
  std::string email;
  std::string remark;
  std::string wallet_address;
  std::string wallet_name;
  std::string wallet_account;
  std::string phone;
  std::string segment;
  std::string exchange_to;
  std::string customer_ip;
  std::string customer_id;
  std::vector<std::string> labels;  // key=value
  std::string submit_before;
  bool validate_only = false;
  std::string wait;  // recorded, accepted, settled; empty: not given
};

struct GetOptions {
  std::string id;
  std::string merchant;
  std::optional<absl::Duration> max_staleness;
};

struct ListOptions {
  std::vector<std::string> states;
  std::string merchant;
  std::string since;
  std::string until;
  bool needs_review = false;
  int limit = 50;
  bool all = false;
};

struct CancelOptions {
  std::string id;
  std::string merchant;
};

struct ExplainOptions {
  std::string id;
  std::string merchant;
};

// Of the commands that talk to the admin port.
struct AdminOptions {
  std::string url = "http://127.0.0.1:7452";
  std::string token_file;
  std::string operator_name;
  std::string note;
  std::string merchant;  // pause, resume: empty means all
  std::string id;
  std::string verdict;
  std::vector<std::string> reasons;
  int limit = 50;
};

struct WatchFlags {
  std::vector<std::string> ids;
  std::vector<std::string> merchants;
  std::vector<std::string> states;
  std::string from = "snapshot";  // snapshot, now, oldest or a token
  std::string resume_file;
  bool until_settled = false;
  bool restart = false;
};

struct HealthOptions {
  std::string service;
};

struct CommandLine {
  Command command = Command::kVersion;
  GlobalOptions global;
  CreateOptions create;
  GetOptions get;
  ListOptions list;
  CancelOptions cancel;
  WatchFlags watch;
  ExplainOptions explain;
  AdminOptions admin;
  HealthOptions health;
};

}  // namespace payout::payoutctl

#endif  // PAYOUT_CLIENT_PAYOUTCTL_OPTIONS_H_
