#include "client/target.h"

#include <gtest/gtest.h>

namespace payout::client {
namespace {

TEST(TargetTest, SchemeDecidesAboutTls) {
  EXPECT_FALSE(ParseTarget("grpc://gateway:1")->tls);
  EXPECT_TRUE(ParseTarget("grpcs://gateway:1")->tls);
}

TEST(TargetTest, AddressesComeOutAsGrpcWantsThem) {
  EXPECT_EQ(ParseTarget("grpc://127.0.0.1:80")->Address(), "127.0.0.1:80");
  EXPECT_EQ(ParseTarget("grpc://gateway")->Address(), "gateway:7450");
  EXPECT_EQ(ParseTarget("grpc://gateway/")->Address(), "gateway:7450");
  EXPECT_EQ(ParseTarget("grpcs://[::1]:99")->Address(), "[::1]:99");
  EXPECT_EQ(ParseTarget("grpcs://[2001:db8::1]")->Url(), "grpcs://[2001:db8::1]:7450");
}

TEST(TargetTest, WhatIsNoTargetIsRefusedWithTheWayToWriteIt) {
  for (const char* text : {"", "gateway:7450", "http://gateway", "grpc://", "grpc://:80",
                           "grpc://a:0", "grpc://a:65536", "grpc://a:x", "grpc://a:", "grpc://::1",
                           "grpc://[::1", "grpc://[::1]x", "grpc://[::1]:", "grpc://[localhost]:1",
                           "grpc://a/b", "grpc://user@a", "grpc://a b", "grpc://a:1:2"}) {
    const auto target = ParseTarget(text);
    ASSERT_FALSE(target.ok()) << text;
    EXPECT_EQ(target.error().code, grpc::StatusCode::INVALID_ARGUMENT);
    EXPECT_NE(target.error().message.find("grpcs://HOST:PORT"), std::string::npos) << text;
  }
}

TEST(TargetTest, OnlyRealLoopbackIsLoopback) {
  for (const char* text :
       {"grpc://localhost", "grpc://127.0.0.1", "grpc://127.8.9.1", "grpc://[::1]"}) {
    EXPECT_TRUE(ParseTarget(text)->IsLoopback()) << text;
  }
  for (const char* text : {"grpc://127.0.0.1.example.com", "grpc://localhost.example.com",
                           "grpc://10.0.0.1", "grpc://[::2]", "grpc://0.0.0.0"}) {
    EXPECT_FALSE(ParseTarget(text)->IsLoopback()) << text;
  }
}

}  // namespace
}  // namespace payout::client
