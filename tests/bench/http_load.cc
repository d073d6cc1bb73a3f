#include "tests/bench/http_load.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/base/status_macros.h"
#include "tests/bench/interrupt.h"

namespace payout::bench {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using Clock = std::chrono::steady_clock;
using Error = boost::system::error_code;

constexpr std::string_view kHeaderEnd = "\r\n\r\n";

// Length of the body that an answer's header announces.
std::size_t ContentLength(std::string_view header) {
  constexpr std::string_view kName = "content-length:";
  while (!header.empty()) {
    const std::size_t end = header.find("\r\n");
    std::string_view line = header.substr(0, end);
    if (absl::StartsWithIgnoreCase(ToAbsl(line), ToAbsl(kName))) {
      line.remove_prefix(kName.size());
      line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
      std::size_t length = 0;
      std::from_chars(line.data(), line.data() + line.size(), length);
      return length;
    }
    if (end == std::string_view::npos) break;
    header.remove_prefix(end + 2);
  }
  return 0;
}

class Run {
 public:
  explicit Run(const HttpPlan& plan) : plan_(plan), stop_starting_(Clock::now() + plan.time) {}

  LoadResult Finish() {
    for (std::size_t i = 0; i < plan_.connections; ++i) {
      connections_.push_back(std::make_unique<Connection>(*this));
      connections_.back()->Connect();
    }
    const Clock::time_point begin = Clock::now();
    io_.run();
    result_.took = last_answer_ - begin;
    std::sort(result_.latencies.begin(), result_.latencies.end());
    return std::move(result_);
  }

 private:
  class Connection {
   public:
    explicit Connection(Run& run) : run_(run), socket_(run.io_) {}

    void Connect() {
      const tcp::endpoint endpoint(asio::ip::address_v4::loopback(), run_.plan_.port);
      socket_.async_connect(endpoint, [this](const Error& error) {
        if (error) return run_.Fail(error.message());
        Error ignored;
        socket_.set_option(tcp::no_delay(true), ignored);
        Send();
      });
    }

   private:
    void Send() {
      const std::string* request = run_.NextRequest();
      if (request == nullptr) return;
      begin_ = Clock::now();
      size_ = 0;
      asio::async_write(socket_, asio::buffer(*request), [this](const Error& error, std::size_t) {
        if (error) return run_.Fail(error.message());
        Receive();
      });
    }
    void Receive() {
      socket_.async_read_some(asio::buffer(buffer_.data() + size_, buffer_.size() - size_),
                              [this](const Error& error, std::size_t count) {
                                if (error) return run_.Fail(error.message());
                                size_ += count;
                                const std::string_view text(buffer_.data(), size_);
                                const std::size_t header = text.find(kHeaderEnd);
                                const bool whole =
                                    header != std::string_view::npos &&
                                    size_ >= header + kHeaderEnd.size() +
                                                 ContentLength(text.substr(0, header));
                                if (whole) return Answered(text);
                                if (size_ == buffer_.size())
                                  return run_.Fail("the answer is too long");
                                Receive();
                              });
    }
    void Answered(std::string_view text) {
      const int status = text.size() > 12 ? std::atoi(buffer_.data() + 9) : 0;
      if (status != run_.plan_.status) return run_.Fail(absl::StrCat("status ", status));
      run_.Done(begin_);
      Send();
    }

    Run& run_;
    tcp::socket socket_;
    Clock::time_point begin_;
    std::array<char, 4096> buffer_;
    std::size_t size_ = 0;
  };

  const std::string* NextRequest() {
    if (plan_.calls != 0 && started_ == plan_.calls) return nullptr;
    if (Clock::now() >= stop_starting_ || Interrupted()) return nullptr;
    return &plan_.requests[started_++ % plan_.requests.size()];
  }
  void Done(Clock::time_point begin) {
    last_answer_ = Clock::now();
    result_.latencies.push_back(last_answer_ - begin);
  }
  void Fail(const std::string& why) {
    if (result_.failed++ == 0) result_.first_failure = why;
  }

  const HttpPlan& plan_;
  const Clock::time_point stop_starting_;
  asio::io_context io_{1};
  std::vector<std::unique_ptr<Connection>> connections_;
  std::size_t started_ = 0;
  Clock::time_point last_answer_ = Clock::now();
  LoadResult result_;
};

}  // namespace

LoadResult RunHttp(const HttpPlan& plan) { return Run(plan).Finish(); }

std::string PostText(const std::string& path, const std::string& body) {
  return absl::StrCat("POST ", path,
                      " HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                      "Content-Length: ",
                      body.size(), "\r\n\r\n", body);
}

std::uint16_t PortOf(const std::string& url) {
  return static_cast<std::uint16_t>(std::atoi(url.c_str() + url.rfind(':') + 1));
}

}  // namespace payout::bench
