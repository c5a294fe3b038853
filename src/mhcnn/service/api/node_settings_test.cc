#include "mhcnn/service/api/node_settings.h"

#include <gtest/gtest.h>

namespace mhcnn {
namespace {

TEST(NodeSettingsToJson, HoldNoSecret) {
  ServiceConfig config;
  config.store.url = "postgresql://user-x7@db.example/node";
  config.store.password = "secret-x7";
  config.web.token_file = "/etc/secret-x7";
  config.receive.tls.key = "/etc/secret-x7";
  config.receive.tls.certificate = "/etc/certificate-x7";
  config.receive.tls.key_password_file = "/etc/secret-x7";
  DestinationConfig stow;
  stow.name = "archive";
  stow.kind = DestinationConfig::Kind::kStow;
  stow.url = "https://user-x7:secret-x7@pacs.example:8443/dicom-web/studies?key=secret-x7";
  stow.token_file = "/etc/secret-x7";
  DestinationConfig pacs;
  pacs.name = "pacs";
  pacs.host = "192.0.2.10";
  pacs.called_ae = "PACS";
  config.destinations = {stow, pacs};
  const auto settings = NodeSettingsToJson(config);
  EXPECT_EQ(settings.dump().find("x7"), std::string::npos) << settings.dump(1);
  EXPECT_EQ(settings.at("store").at("kind"), "postgresql");
  EXPECT_EQ(settings.at("web").at("token"), true);
  EXPECT_EQ(settings.at("receive").at("tls").at("on"), true);
  const auto& destinations = settings.at("destinations");
  EXPECT_EQ(destinations.at(0).at("url"), "https://pacs.example:8443/dicom-web/studies");
  EXPECT_EQ(destinations.at(0).at("token"), true);
  EXPECT_EQ(destinations.at(1).at("host"), "192.0.2.10");
  EXPECT_EQ(destinations.at(1).at("called_ae"), "PACS");
  EXPECT_EQ(settings.at("retention").at("reserve_mb"), 5120);
}

}  // namespace
}  // namespace mhcnn
