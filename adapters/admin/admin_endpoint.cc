#include "adapters/admin/admin_endpoint.h"

#include <cstddef>

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "adapters/admin/operator_api.h"

namespace payout::admin {
namespace {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

void Write(JsonWriter& json, const std::string& text) {
  json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

http::Reply Text(std::string body) {
  return {200, "text/plain; charset=utf-8", std::move(body), {}};
}

http::Reply Ready(const ReadyReport& report) {
  rapidjson::StringBuffer buffer;
  JsonWriter json(buffer);
  json.StartObject();
  json.Key("ready");
  json.Bool(report.ready);
  json.Key("checks");
  json.StartArray();
  for (const ReadyCheck& check : report.checks) {
    json.StartObject();
    json.Key("name");
    Write(json, check.name);
    json.Key("ok");
    json.Bool(check.ok);
    json.Key("detail");
    Write(json, check.detail);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  return {report.ready ? 200 : 503, "application/json", buffer.GetString(), {}};
}

http::Reply Version(const std::vector<std::pair<std::string, std::string>>& fields) {
  rapidjson::StringBuffer buffer;
  JsonWriter json(buffer);
  json.StartObject();
  for (const auto& [name, value] : fields) {
    json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
    Write(json, value);
  }
  json.EndObject();
  return {200, "application/json", buffer.GetString(), {}};
}

http::ListenerOptions ListenerOptionsFrom(const AdminOptions& options) {
  http::ListenerOptions listener;
  listener.address = options.address;
  listener.port = options.port;
  listener.connections_max = options.connections_max;
  listener.body_bytes_max = 64 * 1024;
  listener.drain = absl::Seconds(1);
  return listener;
}

}  // namespace

AdminEndpoint::AdminEndpoint(Environment& env, boost::asio::io_context& io,
                             const AdminOptions& options, AdminSources sources)
    : sources_(std::move(sources)),
      listener_(env, io, ListenerOptionsFrom(options),
                [this](http::Request request) { return Handle(std::move(request)); }) {}

Task<http::Reply> AdminEndpoint::Handle(http::Request request) {
  if (sources_.operators && request.path.rfind(OperatorApi::kPrefix, 0) == 0) {
    Task<http::Reply> answering = sources_.operators(std::move(request));
    http::Reply reply = co_await answering;
    co_return reply;
  }
  co_return Answer(request);
}

http::Reply AdminEndpoint::Answer(const http::Request& request) const {
  const std::string& path = request.path;
  const bool live = path == "/livez";
  const bool ready = path == "/readyz";
  const bool metrics = path == "/metrics";
  const bool version = path == "/version";
  if (!live && !ready && !metrics && !version) return {404, "", "", {}};
  if (request.method != "GET" && request.method != "HEAD") {
    return {405, "", "", {{"Allow", "GET, HEAD"}}};
  }
  if (live) return Text("ok");
  if (ready) return Ready(sources_.ready());
  if (version) return Version(sources_.version);
  return {200, "text/plain; version=0.0.4; charset=utf-8", sources_.metrics(), {}};
}

}  // namespace payout::admin
