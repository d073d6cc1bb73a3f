#include "adapters/http/curl_driver.h"

#include <cassert>
#include <unordered_map>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace payout::http {
namespace {

namespace asio = boost::asio;

}  // namespace

struct CurlDriver::Impl {
  // One socket that libcurl uses. Pending waits keep it alive; `driver` says whether it still
  // counts, so that a wait that ends late cannot be taken for one on a newer socket with the same
  // number.
  struct Watch {
    Watch(Impl* owner, curl_socket_t socket, bool opened_by_us)
        : driver(owner), descriptor(owner->io), fd(socket), ours(opened_by_us) {}
    Impl* driver;
    asio::posix::stream_descriptor descriptor;
    curl_socket_t fd;
    bool ours;
    int wanted = CURL_POLL_NONE;
    bool reading = false;
    bool writing = false;
    bool kept = false;  // its connection is idle, in libcurl's cache
  };
  using WatchPtr = std::shared_ptr<Watch>;

  Environment& env;
  asio::io_context& io;
  std::function<void(CURL*, CURLcode)> done;
  CURLM* multi = nullptr;
  std::unordered_map<curl_socket_t, WatchPtr> watches;
  TimerId timer;
  bool inside_multi = false;
  bool added = false;  // transfers, since libcurl was called last

  Impl(Environment& environment, asio::io_context& context,
       std::function<void(CURL*, CURLcode)> on_done)
      : env(environment), io(context), done(std::move(on_done)) {}

  WatchPtr Register(curl_socket_t fd, bool ours) {
    auto watch = std::make_shared<Watch>(this, fd, ours);
    boost::system::error_code error;
    watch->descriptor.assign(fd, error);
    if (error) return nullptr;
    watches[fd] = watch;
    return watch;
  }

  // The descriptor is given back before libcurl, or we, close it.
  void Unregister(curl_socket_t fd) {
    const auto found = watches.find(fd);
    if (found == watches.end()) return;
    const WatchPtr watch = std::move(found->second);
    watches.erase(found);
    watch->driver = nullptr;
    watch->descriptor.release();
  }

  static void StartWaits(const WatchPtr& watch) {
    if ((watch->wanted & CURL_POLL_IN) != 0 && !watch->reading) {
      watch->reading = true;
      watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                   [watch](const boost::system::error_code& error) {
                                     watch->reading = false;
                                     Ready(watch, CURL_CSELECT_IN, error);
                                   });
    }
    if ((watch->wanted & CURL_POLL_OUT) != 0 && !watch->writing) {
      watch->writing = true;
      watch->descriptor.async_wait(asio::posix::stream_descriptor::wait_write,
                                   [watch](const boost::system::error_code& error) {
                                     watch->writing = false;
                                     Ready(watch, CURL_CSELECT_OUT, error);
                                   });
    }
  }

  static void Ready(const WatchPtr& watch, int event, const boost::system::error_code& error) {
    if (watch->driver == nullptr) return;
    const int wanted = event == CURL_CSELECT_IN ? CURL_POLL_IN : CURL_POLL_OUT;
    if ((watch->wanted & wanted) == 0) return;
    watch->driver->Act(watch->fd, error ? CURL_CSELECT_ERR : event);
    if (watch->driver != nullptr) StartWaits(watch);
  }

  // A server that has given a kept connection up has said so already: with a FIN, a reset, or a TLS
  // alert, which libcurl takes for a sign of life. A request written there would be lost, and for a
  // create that is an unknown outcome. A kept connection owes us nothing, so whatever can be read
  // means its end. libcurl gives an added transfer its connection when it is called next, never
  // while it is added: looking right before that is the latest possible moment, and once is enough
  // for all that were added since.
  void EndStaleConnections() {
    std::vector<pollfd> kept;
    for (const auto& [fd, watch] : watches) {
      if (watch->kept) kept.push_back({fd, POLLIN | POLLRDHUP, 0});
    }
    if (kept.empty() || ::poll(kept.data(), kept.size(), 0) <= 0) return;
    for (const pollfd& entry : kept) {
      if (entry.revents == 0) continue;
      // libcurl finds the socket ended, once nothing is left to read, and takes another.
      ::shutdown(entry.fd, SHUT_RDWR);
      char bytes[4096];
      for (int i = 0; i < 64; ++i) {
        if (::recv(entry.fd, bytes, sizeof bytes, MSG_DONTWAIT) <= 0) break;
      }
    }
  }

  void Act(curl_socket_t fd, int events) {
    assert(!inside_multi);
    if (std::exchange(added, false)) EndStaleConnections();
    inside_multi = true;
    int running = 0;
    curl_multi_socket_action(multi, fd, events, &running);
    inside_multi = false;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      CURL* const easy = message->easy_handle;
      const CURLcode code = message->data.result;
      curl_multi_remove_handle(multi, easy);
      done(easy, code);
    }
  }

  // libcurl's callbacks. `self` is the Impl.

  static int OnSocket(CURL*, curl_socket_t fd, int what, void* self, void*) {
    auto* const impl = static_cast<Impl*>(self);
    const auto found = impl->watches.find(fd);
    WatchPtr watch = found == impl->watches.end() ? nullptr : found->second;
    if (what == CURL_POLL_REMOVE) {
      if (watch == nullptr) return 0;
      watch->wanted = CURL_POLL_NONE;
      watch->kept = watch->ours;
      // Not opened by us: the resolver's wake-up pipe, which libcurl closes without telling.
      if (!watch->ours) impl->Unregister(fd);
      return 0;
    }
    if (watch == nullptr) watch = impl->Register(fd, /*ours=*/false);
    if (watch == nullptr) return -1;
    watch->wanted = what;
    watch->kept = false;
    StartWaits(watch);
    return 0;
  }

  static int OnTimer(CURLM*, long milliseconds, void* self) {
    auto* const impl = static_cast<Impl*>(self);
    impl->env.CancelTimer(std::exchange(impl->timer, {}));
    if (milliseconds < 0) return 0;
    impl->timer =
        impl->env.StartTimer(impl->env.Monotonic() + absl::Milliseconds(milliseconds), [impl] {
          impl->timer = {};
          impl->Act(CURL_SOCKET_TIMEOUT, 0);
        });
    return 0;
  }

  static curl_socket_t OnOpen(void* self, curlsocktype, curl_sockaddr* address) {
    auto* const impl = static_cast<Impl*>(self);
    const int fd = ::socket(address->family, address->socktype | SOCK_NONBLOCK | SOCK_CLOEXEC,
                            address->protocol);
    if (fd < 0) return CURL_SOCKET_BAD;
    if (impl->Register(fd, /*ours=*/true) != nullptr) return fd;
    ::close(fd);
    return CURL_SOCKET_BAD;
  }

  static int OnClose(void* self, curl_socket_t fd) {
    static_cast<Impl*>(self)->Unregister(fd);
    return ::close(fd);
  }
};

CurlDriver::CurlDriver(Environment& env, asio::io_context& io, const Limits& limits,
                       std::function<void(CURL*, CURLcode)> done)
    : impl_(std::make_unique<Impl>(env, io, std::move(done))) {
  static const CURLcode global = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)global;  // A failure shows as handles that cannot be made.
  impl_->multi = curl_multi_init();
  curl_multi_setopt(impl_->multi, CURLMOPT_SOCKETFUNCTION, &Impl::OnSocket);
  curl_multi_setopt(impl_->multi, CURLMOPT_SOCKETDATA, impl_.get());
  curl_multi_setopt(impl_->multi, CURLMOPT_TIMERFUNCTION, &Impl::OnTimer);
  curl_multi_setopt(impl_->multi, CURLMOPT_TIMERDATA, impl_.get());
  curl_multi_setopt(impl_->multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
  curl_multi_setopt(impl_->multi, CURLMOPT_MAXCONNECTS, limits.connections_kept);
  curl_multi_setopt(impl_->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connections_max);
}

CurlDriver::~CurlDriver() {
  curl_multi_cleanup(impl_->multi);  // Closes the kept connections through OnClose.
  impl_->env.CancelTimer(impl_->timer);
  while (!impl_->watches.empty()) impl_->Unregister(impl_->watches.begin()->first);
}

void CurlDriver::Adopt(CURL* easy) {
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &Impl::OnOpen);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, impl_.get());
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &Impl::OnClose);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, impl_.get());
}

bool CurlDriver::Add(CURL* easy) {
  assert(!impl_->inside_multi);
  impl_->added = true;
  return curl_multi_add_handle(impl_->multi, easy) == CURLM_OK;
}

void CurlDriver::Remove(CURL* easy) {
  assert(!impl_->inside_multi);
  curl_multi_remove_handle(impl_->multi, easy);
}

}  // namespace payout::http
