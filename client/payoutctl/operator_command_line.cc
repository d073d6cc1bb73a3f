#include "client/payoutctl/operator_command_line.h"

#include <string>
#include <utility>

namespace payout::payoutctl {
namespace {

constexpr char kReviewHelp[] =
    "Verdicts:\n"
    "  acknowledge  clears the reasons; one whose cause persists comes back with the next read\n"
    "  resubmit     for RESUBMIT_NOT_ALLOWED: one more create, after the platform said often and\n"
    "               late enough, from now on, that it has no such payout\n"
    "  adopt        for ID_USED_ELSEWHERE: the platform's payout is ours; amount, currency, "
    "method\n"
    "               and segment must still match\n"
    "`payoutctl explain ID` tells what is known before you decide.\n";

void AddAdmin(CLI::App* app, AdminOptions& admin) {
  app->add_option("--admin", admin.url, "http(s)://HOST:PORT of the gateway's admin port")
      ->envname("PAYOUTCTL_ADMIN")
      ->capture_default_str();
  app->add_option("--admin-token-file", admin.token_file, "File with the operator's bearer token")
      ->envname("PAYOUTCTL_ADMIN_TOKEN_FILE");
}

// What ends up in the log of actions.
void AddOrder(CLI::App* app, AdminOptions& admin) {
  AddAdmin(app, admin);
  app->add_option("--note", admin.note, "Why; kept in the log of actions")->required();
  app->add_option("--operator", admin.operator_name,
                  "Who; needed when there is no operator's token")
      ->envname("PAYOUTCTL_OPERATOR");
}

void AddSwitch(CLI::App* app, AdminOptions& admin) {
  // No variable stands in here: what is paused has to be said.
  app->add_option("--merchant", admin.merchant, "Only this merchant; without it: all of them")
      ->check([](const std::string& name) {
        return std::string(name.empty() ? "is empty; leave it out to mean all merchants" : "");
      });
  AddOrder(app, admin);
}

void AddReview(CLI::App* app, AdminOptions& admin) {
  app->add_option("id", admin.id, "The payout's id")->required()->type_name("ID");
  app->add_option("--merchant", admin.merchant, "Merchant account")
      ->required()
      ->envname("PAYOUTCTL_MERCHANT");
  app->add_option("--verdict", admin.verdict, "acknowledge, resubmit or adopt")
      ->required()
      ->check(CLI::IsMember({"acknowledge", "resubmit", "adopt"}).description(""))
      ->type_name("VERDICT");
  app->add_option("--reason", admin.reasons, "Only this review reason; may be repeated")
      ->expected(1)
      ->take_all();
  AddOrder(app, admin);
  app->footer(kReviewHelp);
}

}  // namespace

void AddOperatorCommands(CLI::App& app, CommandLine& line, std::deque<AdminOptions>& storage) {
  const auto admin_command = [&](CLI::App& parent, const char* name, const char* help,
                                 Command value) {
    AdminOptions& own = storage.emplace_back();
    CLI::App* added = parent.add_subcommand(name, help);
    added->callback([&line, &own, value] {
      line.command = value;
      line.admin = own;
    });
    return std::pair<CLI::App*, AdminOptions*>(added, &own);
  };
  const auto pause =
      admin_command(app, "pause", "Operators: stop sending payouts until resumed", Command::kPause);
  AddSwitch(pause.first, *pause.second);
  const auto resume =
      admin_command(app, "resume", "Operators: let payouts be sent again", Command::kResume);
  AddSwitch(resume.first, *resume.second);
  const auto review = admin_command(
      app, "review", "Operators: decide about a payout that needs review", Command::kReview);
  AddReview(review.first, *review.second);
  CLI::App* admin = app.add_subcommand("admin", "Operators: how things stand, who did what");
  admin->require_subcommand(1);
  const auto status = admin_command(*admin, "status", "Switches, and how each merchant stands",
                                    Command::kAdminStatus);
  AddAdmin(status.first, *status.second);
  const auto actions =
      admin_command(*admin, "actions", "What operators did, newest first", Command::kAdminActions);
  AddAdmin(actions.first, *actions.second);
  actions.first->add_option("--limit", actions.second->limit, "At most so many")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
}

}  // namespace payout::payoutctl
