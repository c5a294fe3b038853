#include "mhcnn/service/process_heartbeat.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "mhcnn/base/version.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

TEST(ProcessHeartbeat, RowExistsWhileProcessRuns) {
  const testing_support::ScratchFolder scratch;
  ServiceConfig config;
  config.name = "north";
  config.store.url = "sqlite:" + (scratch / "node.db").string();
  JobStore store(config.store);
  {
    ProcessHeartbeat presence(config, "web");
    EXPECT_TRUE(store.parts().All().empty());
    presence.Tick();
    const auto parts = store.parts().All();
    ASSERT_EQ(parts.size(), 1u);
    EXPECT_EQ(parts[0].node, "north");
    EXPECT_EQ(parts[0].part, "web");
    EXPECT_EQ(parts[0].pid, ::getpid());
    EXPECT_EQ(parts[0].version, Version());
    EXPECT_FALSE(parts[0].host.empty());
    EXPECT_EQ(parts[0].started, parts[0].seen);
  }
  EXPECT_TRUE(store.parts().All().empty());
  {
    const ProcessHeartbeatThread presence(config, "work1");
    for (int i = 0; i < 500 && store.parts().All().empty(); ++i) ::usleep(10'000);
    EXPECT_EQ(store.parts().All().size(), 1u);
  }
  EXPECT_TRUE(store.parts().All().empty());
}

TEST(ProcessHeartbeat, StoreFailureDoesNotEndProcess) {
  ServiceConfig config;
  config.store.url = "sqlite:/nonexistent/folder/node.db";
  ProcessHeartbeat presence(config, "web");
  EXPECT_NO_THROW(presence.Tick());
}

}  // namespace
}  // namespace mhcnn
