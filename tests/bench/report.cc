#include "tests/bench/report.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <set>
#include <utility>

#include <rapidjson/prettywriter.h>
#include <rapidjson/stringbuffer.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace payout::bench {
namespace {

using Json = rapidjson::PrettyWriter<rapidjson::StringBuffer>;

const std::array<const char*, 6> kColumns = {kPerSecond, kP50Ms, kP99Ms, kP999Ms, kCpuUs, kPeakMb};

const char* KindName(RowKind kind) {
  switch (kind) {
    case RowKind::kOurs:
      return "ours";
    case RowKind::kFloor:
      return "floor";
    case RowKind::kPeer:
      return "peer";
  }
  return "?";
}

// "12,345" or "12.34": about four digits. "-" for what is not there.
std::string Number(double value) {
  if (std::isnan(value)) return "-";
  std::array<char, 64> text{};
  const int decimals = std::abs(value) >= 1000 ? 0 : std::abs(value) >= 100 ? 1 : 2;
  std::snprintf(text.data(), text.size(), "%.*f", decimals, value);
  std::string digits = text.data();
  const std::size_t whole = std::min(digits.find('.'), digits.size());
  for (std::size_t at = whole; at > 3 + (digits[0] == '-' ? 1U : 0U); at -= 3) {
    digits.insert(at - 3, ",");
  }
  return digits;
}

std::string Ratio(double value) { return std::isnan(value) ? "-" : Number(value) + "x"; }

// Lines of cells as a table; the first line is its head. Numbers stand on the right.
class Table {
 public:
  explicit Table(std::set<std::size_t> left) : left_(std::move(left)) {}
  void Add(std::vector<std::string> cells) { lines_.push_back(std::move(cells)); }
  bool empty() const { return lines_.empty(); }

  std::string Text() const {
    std::vector<std::size_t> widths;
    for (const auto& line : lines_) {
      widths.resize(std::max(widths.size(), line.size()));
      for (std::size_t i = 0; i < line.size(); ++i) widths[i] = std::max(widths[i], line[i].size());
    }
    std::string text;
    for (const auto& line : lines_) {
      std::string out;
      for (std::size_t i = 0; i < line.size(); ++i) {
        const std::string space(widths[i] - line[i].size(), ' ');
        absl::StrAppend(&out, i == 0 ? "" : "  ",
                        left_.contains(i) ? line[i] + space : space + line[i]);
      }
      out.erase(out.find_last_not_of(' ') + 1);
      absl::StrAppend(&text, out, "\n");
    }
    return text;
  }

 private:
  const std::set<std::size_t> left_;
  std::vector<std::vector<std::string>> lines_;
};

// "least..most" of a figure over the rounds.
std::string RangeOf(const std::vector<Figures>& rounds, const std::string& figure) {
  std::vector<double> values;
  for (const Figures& figures : rounds) {
    if (figures.contains(figure)) values.push_back(figures.at(figure));
  }
  if (values.empty()) return "-";
  const auto [least, most] = std::ranges::minmax_element(values);
  return absl::StrCat(Number(*least), "..", Number(*most));
}

// In the JSON file only.
bool IsRaw(const std::string& figure) {
  return std::ranges::any_of(std::array{kOperations, kElapsed, kCpuSeconds},
                             [&figure](const char* raw) { return absl::EndsWith(figure, raw); });
}

std::string Rows(const Report& report) {
  const Medians medians = report.AllMedians();
  Table table({0, 1, 10});
  table.Add({"row", "", "per s", "min..max", "p50 ms", "p99 ms", "p99.9 ms", "CPU us", "min..max",
             "peak MB", "beside", "rate", "CPU"});
  for (const RowResult& result : report.rows) {
    const Row& row = *result.row;
    if (result.rounds.empty()) continue;
    std::vector<std::string> cells = {row.name, KindName(row.kind)};
    for (const std::string column : kColumns) {
      cells.push_back(Number(medians.Of(row.name, column)));
      if (column == kPerSecond || column == kCpuUs) cells.push_back(RangeOf(result.rounds, column));
    }
    // A line for each comparison: the floors together, and each peer.
    const std::size_t empty = cells.size();
    std::vector<std::vector<std::string>> all_beside = {row.beside};
    for (const std::string& peer : row.peers) all_beside.push_back({peer});
    for (const std::vector<std::string>& beside : all_beside) {
      if (beside.empty()) continue;
      if (cells.size() > empty) {
        table.Add(std::move(cells));
        cells.assign(empty, "");
      }
      cells.push_back(absl::StrJoin(beside, " + "));
      cells.push_back(Ratio(medians.Rate(row.name) / medians.Rate(beside.front())));
      cells.push_back(Ratio(medians.Cpu(row.name) / medians.Cpu(beside)));
    }
    table.Add(std::move(cells));
  }
  return table.Text();
}

// A line for each figure, a column for each row that has one of them. `all`: also those that have
// columns in the other table, and how far the rounds are apart.
std::string ByFigure(const Report& report, bool all) {
  std::set<std::string> names;
  std::vector<const RowResult*> results;
  for (const RowResult& result : report.rows) {
    bool any = false;
    for (const auto& [name, value] : MediansOf(result.rounds)) {
      const bool has_column = std::ranges::find(kColumns, name) != kColumns.end();
      if (IsRaw(name) || (has_column && !all)) continue;
      names.insert(name);
      any = true;
    }
    if (any) results.push_back(&result);
  }
  if (results.empty()) return "";
  const bool ranges = all && std::ranges::any_of(results, [](const RowResult* result) {
                        return result->rounds.size() > 1;
                      });
  const Medians medians = report.AllMedians();
  Table table({0});
  std::vector<std::string> head = {"figure"};
  for (const RowResult* result : results) {
    head.push_back(result->row->name);
    if (ranges) head.emplace_back("min..max");
  }
  table.Add(std::move(head));
  for (const std::string& name : names) {
    std::vector<std::string> cells = {name};
    for (const RowResult* result : results) {
      cells.push_back(Number(medians.Of(result->row->name, name)));
      if (ranges) cells.push_back(RangeOf(result->rounds, name));
    }
    table.Add(std::move(cells));
  }
  return table.Text();
}

std::string Measured(const Report& report) {
  if (report.question->by_figure) return ByFigure(report, /*all=*/true);
  const std::string others = ByFigure(report, /*all=*/false);
  return Rows(report) + (others.empty() ? "" : "\nAlso measured (medians):\n" + others);
}

// "N rows failed: row: why; row: why", and the same of those that were skipped; the same reason is
// told once.
std::string NotMeasured(const Report& report, const std::string& how,
                        std::string RowResult::*reason) {
  std::map<std::string, std::vector<std::string>> rows;
  std::size_t count = 0;
  for (const RowResult& result : report.rows) {
    if ((result.*reason).empty()) continue;
    rows[result.*reason].push_back(result.row->name);
    ++count;
  }
  if (count == 0) return "";
  std::vector<std::string> parts;
  for (const auto& [why, names] : rows) {
    parts.push_back(absl::StrCat(absl::StrJoin(names, ", "), ": ", why));
  }
  return absl::StrCat("\n", count, count == 1 ? " row " : " rows ", how, ": ",
                      absl::StrJoin(parts, "; "), "\n");
}

std::string Verdict(const Goal& goal, double value) {
  if (std::isnan(value)) return "not told";
  const bool holds = goal.kind == Goal::Bound::kAtMost ? value <= goal.bound : value >= goal.bound;
  return holds ? "holds" : "MISSED";
}

std::string Goals(const Report& report) {
  const Medians medians = report.AllMedians();
  const bool partial = report.rows.size() < report.question->rows.size();
  Table table({0, 1, 3});
  for (const Goal& goal : report.question->goals) {
    const double value = goal.measure(medians);
    if (partial && std::isnan(value)) continue;  // Its rows were not asked for.
    table.Add({"  " + Verdict(goal, value), goal.text, Number(value),
               goal.kind == Goal::Bound::kAtMost ? "at most" : "at least", Number(goal.bound)});
  }
  return table.empty() ? "" : "\nGoals (told, not judged):\n" + table.Text();
}

std::string HowToRepeat(const Report& report) {
  Table table({0, 1});
  for (const RowResult& result : report.rows) {
    table.Add({absl::StrCat("  ", report.command, " --row ", result.row->name, report.given),
               result.row->what});
  }
  return "\nOne row alone, and what it is:\n" + table.Text();
}

std::string Head(const Report& report) {
  const Question& question = *report.question;
  std::size_t rounds = 0;
  for (const RowResult& result : report.rows) rounds = std::max(rounds, result.rounds.size());
  std::string plan = question.plan;
  if (plan.empty()) {
    plan = absl::StrCat(std::chrono::duration<double>(report.context.time).count(), " s each, ",
                        report.context.in_flight, " in flight");
    if (report.context.calls != 0) {
      absl::StrAppend(&plan, ", at most ", report.context.calls, " operations");
    }
  }
  const std::string columns =
      question.by_figure ? ""
                         : "CPU us: of the process under test per operation, its work after the "
                           "last answer included. rate: of the first row beside it; CPU: of the "
                           "sum.\n";
  return absl::StrCat(question.name, ": ", question.text, "\n", "Medians of ", rounds,
                      rounds == 1 ? " round" : " interleaved rounds", "; ", plan, ". ",
                      report.machine.cpus,
                      " CPUs shared by load, process under test and platform; stores on ",
                      report.machine.file_system, "; ", report.began,
                      report.machine.commit.empty() ? "" : ", commit " + report.machine.commit,
                      ".\n", columns, "\n");
}

void Put(Json& json, const char* key, double value) {
  json.Key(key);
  if (std::isfinite(value)) {
    json.Double(value);
  } else {
    json.Null();
  }
}

void Put(Json& json, const char* key, const std::string& value) {
  json.Key(key);
  json.String(value.c_str(), static_cast<rapidjson::SizeType>(value.size()));
}

void PutFigures(Json& json, const Figures& figures) {
  json.StartObject();
  for (const auto& [name, value] : figures) Put(json, name.c_str(), value);
  json.EndObject();
}

void PutRow(Json& json, const Report& report, const RowResult& result) {
  json.StartObject();
  Put(json, "name", result.row->name);
  Put(json, "what", result.row->what);
  Put(json, "kind", std::string(KindName(result.row->kind)));
  Put(json, "command", absl::StrCat(report.command, " --row ", result.row->name, report.given));
  if (!result.skipped.empty()) Put(json, "skipped", result.skipped);
  if (!result.failed.empty()) Put(json, "failed", result.failed);
  for (const auto& [key, names] :
       {std::pair{"beside", &result.row->beside}, std::pair{"peers", &result.row->peers}}) {
    json.Key(key);
    json.StartArray();
    for (const std::string& name : *names) json.String(name.c_str());
    json.EndArray();
  }
  json.Key("medians");
  PutFigures(json, MediansOf(result.rounds));
  json.Key("rounds");
  json.StartArray();
  for (const Figures& figures : result.rounds) PutFigures(json, figures);
  json.EndArray();
  json.EndObject();
}

void PutGoals(Json& json, const Report& report) {
  const Medians medians = report.AllMedians();
  json.StartArray();
  for (const Goal& goal : report.question->goals) {
    const double value = goal.measure(medians);
    json.StartObject();
    Put(json, "text", goal.text);
    Put(json, "bound", std::string(goal.kind == Goal::Bound::kAtMost ? "at most" : "at least"));
    Put(json, "limit", goal.bound);
    Put(json, "measured", value);
    json.Key("holds");
    if (std::isnan(value)) {
      json.Null();
    } else {
      json.Bool(Verdict(goal, value) == "holds");
    }
    json.EndObject();
  }
  json.EndArray();
}

void PutMachine(Json& json, const Machine& machine) {
  json.StartObject();
  Put(json, "cpus", machine.cpus);
  Put(json, "cpu", machine.cpu);
  Put(json, "kernel", machine.kernel);
  Put(json, "file_system", machine.file_system);
  json.Key("versions");
  json.StartObject();
  for (const auto& [name, version] : machine.versions) Put(json, name.c_str(), version);
  json.EndObject();
  json.EndObject();
}

}  // namespace

Figures MediansOf(const std::vector<Figures>& rounds) {
  std::map<std::string, std::vector<double>> all;
  for (const Figures& figures : rounds) {
    for (const auto& [name, value] : figures) all[name].push_back(value);
  }
  Figures medians;
  for (auto& [name, values] : all) {
    std::ranges::sort(values);
    const std::size_t middle = values.size() / 2;
    medians[name] =
        values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }
  return medians;
}

std::size_t CountFailed(const Report& report) {
  return static_cast<std::size_t>(std::ranges::count_if(
      report.rows, [](const RowResult& result) { return !result.failed.empty(); }));
}

std::size_t CountSkipped(const Report& report) {
  return static_cast<std::size_t>(std::ranges::count_if(
      report.rows, [](const RowResult& result) { return !result.skipped.empty(); }));
}

Medians Report::AllMedians() const {
  Medians medians;
  for (const RowResult& result : rows) {
    if (!result.rounds.empty()) medians.Set(result.row->name, MediansOf(result.rounds));
  }
  return medians;
}

std::string TableText(const Report& report) {
  return Head(report) + Measured(report) + Goals(report) + HowToRepeat(report) +
         NotMeasured(report, "failed", &RowResult::failed) +
         NotMeasured(report, "skipped", &RowResult::skipped);
}

std::string JsonText(const Report& report) {
  rapidjson::StringBuffer buffer;
  Json json(buffer);
  json.SetIndent(' ', 2);
  json.StartObject();
  Put(json, "question", report.question->name);
  Put(json, "text", report.question->text);
  Put(json, "began", report.began);
  Put(json, "commit", report.machine.commit);
  Put(json, "command", report.command + report.given);
  json.Key("options");
  json.StartObject();
  for (const auto& [name, value] : report.options) Put(json, name.c_str(), value);
  json.EndObject();
  Put(json, "seconds", std::chrono::duration<double>(report.context.time).count());
  Put(json, "calls_max", static_cast<double>(report.context.calls));
  Put(json, "in_flight", static_cast<double>(report.context.in_flight));
  json.Key("machine");
  PutMachine(json, report.machine);
  json.Key("rows");
  json.StartArray();
  for (const RowResult& result : report.rows) PutRow(json, report, result);
  json.EndArray();
  json.Key("goals");
  PutGoals(json, report);
  json.EndObject();
  return std::string(buffer.GetString(), buffer.GetSize()) + "\n";
}

}  // namespace payout::bench
