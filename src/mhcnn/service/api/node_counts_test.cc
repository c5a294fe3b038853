#include "mhcnn/service/api/node_counts.h"

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

using testing_support::JobStoreTest;
using testing_support::SampleImage;
using testing_support::SampleResult;

class NodeCountsTest : public JobStoreTest {};
MHCNN_ON_BOTH_DATABASES(NodeCountsTest);

TEST_P(NodeCountsTest, CountExamsJobsDeliveriesAndBytes) {
  FinishedExam("1",
               {SampleResult("seg", "a", {"PACS"}), SampleResult("sr", "a", {"PACS", "FHIR"})});
  ClosedExam("2");
  ClosedExam("3");
  Claim();
  Add(SampleImage("4.1", "4"));
  const auto counts = NodeCounts().Read(store());
  EXPECT_EQ(counts.at("exams").at("done"), 1);
  EXPECT_EQ(counts.at("exams").at("waiting"), 1);
  EXPECT_EQ(counts.at("exams").at("running"), 1);
  EXPECT_EQ(counts.at("exams").at("receiving"), 1);
  EXPECT_EQ(counts.at("exams").at("refused"), 0);
  EXPECT_EQ(counts.at("exams").size(), 7u);
  EXPECT_EQ(counts.at("jobs"), (nlohmann::json{{"waiting", 1}, {"running", 1}}));
  EXPECT_EQ(counts.at("deliveries"),
            (nlohmann::json{{"PACS", {{"queued", 2}}}, {"FHIR", {{"queued", 1}}}}));
  // Four images of 1000 bytes and two results of 10.
  EXPECT_EQ(counts.at("bytes"), 4'020);
}

TEST_P(NodeCountsTest, AreReadOnceASecond) {
  NodeCounts counts;
  const auto start = std::chrono::steady_clock::now();
  const auto before = counts.Read(store());
  Add(SampleImage("1.1", "1"));
  const auto soon = counts.Read(store());
  // A machine that is busy may take longer than the second.
  if (std::chrono::steady_clock::now() - start < std::chrono::seconds(1)) {
    EXPECT_EQ(soon, before);
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(1'050));
  const auto after = counts.Read(store());
  EXPECT_EQ(after.at("exams").at("receiving"), 1);
  EXPECT_EQ(after.at("bytes"), before.at("bytes")) << "these are added up once a minute";
}

}  // namespace
}  // namespace mhcnn
