#include "adapters/callback/callback_path.h"

#include <string>

#include <gtest/gtest.h>

namespace payout::callback {
namespace {

const std::string kMac(43, 'm');

TEST(CallbackPath, ItsSegmentsAreTakenApart) {
  const auto path = ParseCallbackPath("/callbacks/v1/shop-1.eu/k2/" + kMac);
  ASSERT_TRUE(path);
  EXPECT_EQ(path->merchant, "shop-1.eu");
  EXPECT_EQ(path->key_id, "k2");
  EXPECT_EQ(path->mac, kMac);
}

TEST(CallbackPath, WhatCannotBeOursIsNone) {
  for (const std::string& path : {std::string(),
                                  std::string("/"),
                                  std::string("/callbacks/v1/"),
                                  std::string("/callbacks/v1/m/k"),
                                  "/callbacks/v1//k/" + kMac,
                                  "/callbacks/v1/m//" + kMac,
                                  std::string("/callbacks/v1/m/k/"),
                                  "/callbacks/v1/m/k/" + kMac + "/",
                                  "/callbacks/v1/m/k/" + kMac + "/x",
                                  "/callbacks/v2/m/k/" + kMac,
                                  "/Callbacks/v1/m/k/" + kMac,
                                  "callbacks/v1/m/k/" + kMac,
                                  "//callbacks/v1/m/k/" + kMac,
                                  "/callbacks/v1/../k/" + kMac,
                                  "/callbacks/v1/m%2e/k/" + kMac,
                                  "/callbacks/v1/m/K/" + kMac,
                                  "/callbacks/v1/m/12345678901234567/" + kMac,
                                  "/callbacks/v1/" + std::string(65, 'm') + "/k/" + kMac,
                                  "/callbacks/v1/m/k/" + kMac + "m",
                                  "/callbacks/v1/m/k/" + std::string(42, 'm'),
                                  "/callbacks/v1/m/k/" + std::string(42, 'm') + "=",
                                  "/callbacks/v1/m/k/" + std::string(42, 'm') + "\xc3"}) {
    EXPECT_FALSE(ParseCallbackPath(path)) << path;
  }
}

}  // namespace
}  // namespace payout::callback
