#include <string>

#include <gtest/gtest.h>

#include "tests/adapters/http/client_fixture.h"
#include "tests/adapters/http/raw_server.h"
#include "tests/adapters/http/tls_identity.h"

namespace payout::http {
namespace {

using testing::OkAnswer;
using testing::RawConnection;
using testing::RawServer;
using testing::TlsIdentity;

class TlsTest : public ClientFixture {
 protected:
  static void Answer(RawConnection& connection) {
    while (connection.ReadRequest()) connection.Write(OkAnswer("{}"));
  }
};

TEST_F(TlsTest, TrustedServerIsServed) {
  const TlsIdentity identity("IP:127.0.0.1");
  RawServer server(&Answer, identity.context());
  CurlOptions options;
  options.ca_file = identity.certificate_file();
  MakeClient(options);
  EXPECT_EQ(ResponseOf(Send(Post(server.Url("/"), "body"))).status, 200);
  DestroyClient();
}

TEST_F(TlsTest, UntrustedServerGetsNotOneByteOfTheRequest) {
  const TlsIdentity identity("IP:127.0.0.1");
  RawServer server(&Answer, identity.context());
  MakeClient();  // Trusts the system's authorities.
  const HttpFailure failure = FailureOf(Send(Post(server.Url("/"), "body")));
  EXPECT_EQ(failure.sent, Sent::kSurelyNot);
  EXPECT_NE(failure.what.find("self"), std::string::npos) << failure.what;
  DestroyClient();
  server.Finish();
  EXPECT_GE(server.connections(), 1);
  EXPECT_TRUE(server.requests().empty());
  EXPECT_TRUE(server.fragments().empty());
}

TEST_F(TlsTest, TrustedCertificateOfAnotherHostIsRefused) {
  const TlsIdentity identity("DNS:somebody-else.test");
  RawServer server(&Answer, identity.context());
  CurlOptions options;
  options.ca_file = identity.certificate_file();
  MakeClient(options);
  const HttpFailure failure = FailureOf(Send(Post(server.Url("/"), "body")));
  EXPECT_EQ(failure.sent, Sent::kSurelyNot);
  DestroyClient();
  server.Finish();
  EXPECT_TRUE(server.requests().empty());
}

TEST_F(TlsTest, OldTlsIsRefused) {
  const TlsIdentity identity("IP:127.0.0.1");
  SSL_CTX_set_security_level(identity.context(), 0);
  SSL_CTX_set_min_proto_version(identity.context(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(identity.context(), TLS1_1_VERSION);
  RawServer server(&Answer, identity.context());
  CurlOptions options;
  options.ca_file = identity.certificate_file();
  MakeClient(options);
  EXPECT_EQ(FailureOf(Send(Post(server.Url("/"), "body"))).sent, Sent::kSurelyNot);
  DestroyClient();
}

TEST_F(TlsTest, PlainServerBehindAnHttpsUrlGetsNoRequest) {
  RawServer server([](RawConnection& connection) {
    connection.Write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    connection.ReadToEnd();
  });
  MakeClient();
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port()) + "/";
  EXPECT_EQ(FailureOf(Send(Post(url, "body"))).sent, Sent::kSurelyNot);
  DestroyClient();
  server.Finish();
  EXPECT_EQ(server.Seen("body"), 0);
}

TEST_F(TlsTest, KeptConnectionIsUsedAgain) {
  const TlsIdentity identity("IP:127.0.0.1");
  RawServer server(&Answer, identity.context());
  CurlOptions options;
  options.ca_file = identity.certificate_file();
  MakeClient(options);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ResponseOf(Send(Post(server.Url("/"), "body"))).status, 200);
  }
  EXPECT_EQ(server.connections(), 1);
  DestroyClient();
}

}  // namespace
}  // namespace payout::http
