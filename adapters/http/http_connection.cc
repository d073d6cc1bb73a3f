#include "adapters/http/http_connection.h"

#include <cstddef>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>

#include "absl/strings/match.h"
#include "adapters/http/reply_text.h"
#include "server/base/status_macros.h"

namespace payout::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = boost::beast::http;
using tcp = asio::ip::tcp;
using Error = boost::system::error_code;

// After an answer that ends the connection, unread input is thrown away for a while: closing at
// once would reset the connection and could destroy the answer on its way.
constexpr absl::Duration kLinger = absl::Seconds(1);
constexpr std::size_t kLingerBytesMax = std::size_t{1} << 20;
// Room for the first bytes of a body and of pipelined requests behind a full header.
constexpr std::size_t kBufferSlack = 4096;

std::string_view View(beast::string_view text) { return {text.data(), text.size()}; }

bool IsHttpError(const Error& error) {
  return error.category() == make_error_code(bhttp::error::end_of_stream).category();
}

// The answer to what the parser could not take; 0 = close without one.
int StatusFor(const Error& error, bool in_body) {
  if (!IsHttpError(error)) return 0;
  if (error == bhttp::error::end_of_stream || error == bhttp::error::partial_message) return 0;
  if (error == bhttp::error::body_limit) return 413;
  if (error == bhttp::error::header_limit) return 431;
  if (error == bhttp::error::buffer_overflow) return in_body ? 413 : 431;
  if (error == bhttp::error::bad_version) return 505;
  return 400;
}

using Parser = bhttp::request_parser<bhttp::string_body>;

// Framing that two HTTP implementations might read differently; 0 = none found. The parser has its
// own checks; these do not depend on them.
int AmbiguousFraming(const Parser::value_type& message) {
  const auto lengths = message.count(bhttp::field::content_length);
  const auto codings = message.count(bhttp::field::transfer_encoding);
  if (lengths > 1 || codings > 1 || (lengths != 0 && codings != 0)) return 400;
  // The parser reads "2, 2" as 2.
  const std::string_view length = View(message[bhttp::field::content_length]);
  if (length.find_first_not_of("0123456789") != std::string_view::npos) return 400;
  if (codings == 1) {
    if (message.version() != 11) return 400;
    const std::string_view coding = View(message[bhttp::field::transfer_encoding]);
    if (!absl::EqualsIgnoreCase(ToAbsl(coding), "chunked")) return 400;
  }
  const auto hosts = message.count(bhttp::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() == 11)) return 400;
  const std::string_view target = View(message.target());
  return target.empty() || target.front() != '/' ? 400 : 0;
}

// One connection: reads a request, has it answered, writes the answer, and again. One operation is
// pending at any time; it, or the handler's task, keeps the connection alive.
class BeastConnection final : public Connection,
                              public std::enable_shared_from_this<BeastConnection> {
 public:
  BeastConnection(std::shared_ptr<ListenerState> listener, tcp::socket socket)
      : listener_(std::move(listener)),
        options_(listener_->options),
        stream_(std::move(socket)),
        buffer_(options_.header_bytes_max + kBufferSlack) {
    listener_->open.insert(this);
    ++listener_->counts.connections;
  }
  ~BeastConnection() override {
    CancelOverdue();
    listener_->open.erase(this);
    listener_->closed.Notify();
  }

  void ReadNext();
  void Close() override;
  bool idle() const override { return state_ == State::kIdle || state_ == State::kLingering; }

 private:
  enum class State { kIdle, kReading, kHandling, kWriting, kLingering, kClosed };

  void ReadHeader();
  void OnHeader(const Error& error, std::size_t size);
  void SendContinue();
  void ReadBody();
  void OnFailure(const Error& error, bool in_body);
  void Refuse(int status);
  void Handle();
  static Task<void> Answer(std::shared_ptr<BeastConnection> self, Request request);
  void Write(const Reply& reply);
  void Linger();
  void CancelOverdue();
  void ExpireAfter(absl::Duration duration) {
    stream_.expires_after(absl::ToChronoNanoseconds(duration));
  }

  const std::shared_ptr<ListenerState> listener_;
  const ListenerOptions& options_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  State state_ = State::kIdle;
  std::ptrdiff_t header_fields_ = 0;
  std::string out_;
  ReplyFraming framing_;
  std::size_t lingered_ = 0;
  TimerId overdue_;
};

void BeastConnection::ReadNext() {
  if (listener_->stopping) return Close();
  state_ = State::kIdle;
  framing_ = {};
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(options_.header_bytes_max));
  parser_->body_limit(options_.body_bytes_max);
  if (buffer_.size() > 0) return ReadHeader();
  ExpireAfter(options_.idle_timeout);
  stream_.async_read_some(buffer_.prepare(1024),
                          [self = shared_from_this()](const Error& error, std::size_t count) {
                            if (error || self->state_ == State::kClosed) return self->Close();
                            self->buffer_.commit(count);
                            self->ReadHeader();
                          });
}

// The deadline set here stands until the request is complete, however many reads that takes.
void BeastConnection::ReadHeader() {
  state_ = State::kReading;
  ExpireAfter(options_.request_deadline);
  bhttp::async_read_header(stream_, buffer_, *parser_,
                           [self = shared_from_this()](const Error& error, std::size_t size) {
                             self->OnHeader(error, size);
                           });
}

void BeastConnection::OnHeader(const Error& error, std::size_t size) {
  if (state_ == State::kClosed) return;
  if (error) return OnFailure(error, /*in_body=*/false);
  // The parser's own limit does not see a header that arrived in one piece.
  if (size > options_.header_bytes_max) return Refuse(431);
  const auto& message = parser_->get();
  if (const int status = AmbiguousFraming(message); status != 0) return Refuse(status);
  header_fields_ = std::distance(message.begin(), message.end());
  framing_.http_1_0 = message.version() == 10;
  framing_.keep_alive = message.keep_alive();
  const std::string_view expect = View(message[bhttp::field::expect]);
  if (expect.empty() || framing_.http_1_0) return ReadBody();
  if (!absl::EqualsIgnoreCase(ToAbsl(expect), "100-continue")) return Refuse(417);
  if (parser_->is_done() || buffer_.size() > 0) return ReadBody();  // It did not wait for us.
  SendContinue();
}

void BeastConnection::SendContinue() {
  static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
  asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()),
                    [self = shared_from_this()](const Error& error, std::size_t) {
                      if (error || self->state_ == State::kClosed) return self->Close();
                      self->ReadBody();
                    });
}

void BeastConnection::ReadBody() {
  if (parser_->is_done()) return Handle();
  bhttp::async_read(stream_, buffer_, *parser_,
                    [self = shared_from_this()](const Error& error, std::size_t) {
                      if (self->state_ == State::kClosed) return;
                      if (error) return self->OnFailure(error, /*in_body=*/true);
                      self->Handle();
                    });
}

void BeastConnection::OnFailure(const Error& error, bool in_body) {
  if (error == beast::error::timeout) ++listener_->counts.timed_out;
  const int status = StatusFor(error, in_body);
  if (status == 0) return Close();
  Refuse(status);
}

void BeastConnection::Refuse(int status) {
  ++listener_->counts.malformed;
  framing_.keep_alive = false;
  Reply reply;
  reply.status = status;
  Write(reply);
}

void BeastConnection::Handle() {
  // Fields behind the body would be taken for some of the header, which was checked without them.
  if (std::distance(parser_->get().begin(), parser_->get().end()) != header_fields_) {
    return Refuse(400);
  }
  state_ = State::kHandling;
  stream_.expires_never();
  Parser::value_type message = parser_->release();
  framing_.head = message.method() == bhttp::verb::head;
  Request request;
  request.method = View(message.method_string());
  const std::string_view target = View(message.target());
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  request.has_query = mark != std::string_view::npos;
  if (request.has_query) request.query = target.substr(mark + 1);
  for (const auto& field : message) {
    request.headers.emplace_back(View(field.name_string()), View(field.value()));
  }
  request.body = std::move(message.body());
  ++listener_->counts.requests;
  overdue_ = listener_->env.StartTimer(listener_->env.Monotonic() + options_.reply_deadline,
                                       [self = weak_from_this()] {
                                         const auto connection = self.lock();
                                         if (connection == nullptr) return;
                                         connection->overdue_ = {};
                                         ++connection->listener_->counts.overdue;
                                         connection->framing_.keep_alive = false;
                                         Reply reply;
                                         reply.status = 503;
                                         connection->Write(reply);
                                       });
  listener_->scope->Spawn(Answer(shared_from_this(), std::move(request)));
}

// Holds the connection, and so its place among connections_max, until the handler has returned.
Task<void> BeastConnection::Answer(std::shared_ptr<BeastConnection> self, Request request) {
  Task<Reply> handling = self->listener_->handler(std::move(request));
  Reply reply = co_await handling;
  if (self->state_ == State::kHandling) self->Write(reply);  // Else it was overdue.
}

void BeastConnection::Write(const Reply& reply) {
  CancelOverdue();
  state_ = State::kWriting;
  if (listener_->stopping) framing_.keep_alive = false;
  out_ = RenderReply(reply, framing_);
  ExpireAfter(options_.reply_deadline);
  asio::async_write(stream_, asio::buffer(out_),
                    [self = shared_from_this()](const Error& error, std::size_t) {
                      if (error || self->state_ == State::kClosed) return self->Close();
                      if (self->framing_.keep_alive) return self->ReadNext();
                      Error ignored;
                      self->stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
                      self->state_ = State::kLingering;
                      if (self->listener_->stopping) return self->Close();
                      self->ExpireAfter(kLinger);
                      self->Linger();
                    });
}

void BeastConnection::Linger() {
  buffer_.clear();
  stream_.async_read_some(
      buffer_.prepare(kBufferSlack),
      [self = shared_from_this()](const Error& error, std::size_t count) {
        self->lingered_ += count;
        if (error || self->state_ == State::kClosed || self->lingered_ > kLingerBytesMax) {
          return self->Close();
        }
        self->Linger();
      });
}

void BeastConnection::CancelOverdue() { listener_->env.CancelTimer(std::exchange(overdue_, {})); }

void BeastConnection::Close() {
  CancelOverdue();
  state_ = State::kClosed;
  stream_.close();
}

}  // namespace

void Connection::Serve(std::shared_ptr<ListenerState> listener, tcp::socket socket) {
  std::make_shared<BeastConnection>(std::move(listener), std::move(socket))->ReadNext();
}

}  // namespace payout::http
