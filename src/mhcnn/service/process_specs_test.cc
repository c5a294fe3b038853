#include "mhcnn/service/process_specs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mhcnn {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Names(const ServiceConfig& config) {
  std::vector<std::string> names;
  for (const auto& part : ListNodeProcesses(config, "/etc/mhcnn/node.toml"))
    names.push_back(part.name);
  return names;
}

TEST(ListNodeProcesses, FollowsTheConfiguration) {
  ServiceConfig config;
  EXPECT_THAT(Names(config), ElementsAre("receive", "web", "work1", "maintain"));
  config.receive.enabled = false;
  config.web.enabled = false;
  config.work.workers = 2;
  config.watch.folders = {"/drop"};
  config.destinations.resize(1);
  EXPECT_THAT(Names(config), ElementsAre("watch", "work1", "work2", "deliver", "maintain"));
  config.work.enabled = false;
  EXPECT_THAT(Names(config), ElementsAre("watch", "deliver", "maintain"));
}

TEST(ListNodeProcesses, GivesEachItsCommandLine) {
  const auto parts = ListNodeProcesses({}, "/etc/mhcnn/node.toml");
  EXPECT_THAT(parts[2].arguments,
              ElementsAre("work", "--number", "1", "--config", "/etc/mhcnn/node.toml"));
  EXPECT_TRUE(parts[0].reloads);
  EXPECT_FALSE(parts[2].reloads);
}

}  // namespace
}  // namespace mhcnn
