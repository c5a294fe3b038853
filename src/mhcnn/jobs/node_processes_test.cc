#include "mhcnn/jobs/node_processes.h"

#include <gtest/gtest.h>

#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using std::chrono::milliseconds;

class NodePartsTest : public testing_support::JobStoreTest {};
MHCNN_ON_BOTH_DATABASES(NodePartsTest);

TEST_P(NodePartsTest, StoresSeenProcesses) {
  NodeProcess web;
  web.node = "n";
  web.host = "h";
  web.part = "web";
  web.pid = 7;
  web.version = "1";
  NodeProcess work = web;
  work.part = "work1";
  NodeProcesses& parts = store().parts();
  const StoreTime begin = clock_.Now();
  parts.Seen(web, milliseconds(60'000));
  clock_.Advance(milliseconds(50'000));
  parts.Seen(work, milliseconds(60'000));
  web.version = "2";
  parts.Seen(web, milliseconds(60'000));
  auto all = parts.All();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].part, "web");
  EXPECT_EQ(all[0].version, "2");
  EXPECT_EQ(all[0].started, begin);
  EXPECT_EQ(all[0].seen, clock_.Now());
  clock_.Advance(milliseconds(50'000));
  parts.Seen(work, milliseconds(40'000));
  all = parts.All();
  ASSERT_EQ(all.size(), 1u) << "web was not seen for 50 s";
  EXPECT_EQ(all[0].part, "work1");
  parts.Ended(work);
  EXPECT_TRUE(parts.All().empty());
}

}  // namespace
}  // namespace mhcnn
