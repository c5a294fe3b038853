#include "mhcnn/service/web/node_metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <sstream>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/version.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

/// Reads the text format 0.0.4 by its grammar: sample with labels -> value. Each family has HELP
/// and TYPE before its samples, once.
std::map<std::string, double> Parsed(const std::string& text) {
  static const std::regex kComment(R"(# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+))");
  static const std::regex kSample(
      R"re(([a-zA-Z_:][a-zA-Z0-9_:]*)(\{([a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\["\\n])*",?)*\})? (\S+))re");
  std::map<std::string, double> samples;
  std::map<std::string, std::string> types;
  std::istringstream lines(text);
  std::smatch match;
  for (std::string line; std::getline(lines, line);) {
    if (line.empty()) continue;
    if (line[0] == '#') {
      EXPECT_TRUE(std::regex_match(line, match, kComment)) << line;
      if (match[1] == "TYPE") {
        EXPECT_TRUE(types.emplace(match[2], match[3]).second) << line;
      }
      continue;
    }
    if (!std::regex_match(line, match, kSample)) {
      ADD_FAILURE() << line;
      continue;
    }
    const std::string name = match[1];
    const std::string family = std::regex_replace(name, std::regex("_(bucket|sum|count)$"), "");
    EXPECT_TRUE(types.contains(name) || types.contains(family)) << line;
    std::size_t used = 0;
    const std::string value = match[5];
    const double number = std::stod(value, &used);
    EXPECT_EQ(used, value.size()) << line;
    EXPECT_TRUE(samples.emplace(name + match[2].str(), number).second) << line;
  }
  EXPECT_EQ(text.back(), '\n');
  return samples;
}

class NodeMetricsTest : public ::testing::Test {
 protected:
  testing_support::ScratchFolder scratch_;
  ObjectFolder folder_{scratch_ / "objects"};
  NodeMetrics metrics_;
};

TEST_F(NodeMetricsTest, ShowsStoreRequestsAndDisk) {
  JobStore store({.url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}});
  ReceivedObject object;
  object.sop_uid = "1.2.3";
  object.sop_class_uid = "1.2.840.10008.5.1.4.1.1.1.2";
  object.series_uid = "1.4";
  object.study_uid = "1.5";
  object.digest = object.image_digest = object.demographics_digest = "00";
  object.file = "received/a.dcm";
  object.peer = "dicom:A@192.0.2.1";
  store.objects().Add(object, {});
  metrics_.Observe({"GET", "/metrics", 200, std::chrono::milliseconds(20), "192.0.2.1"});
  metrics_.Observe({"GET", "/metrics", 200, std::chrono::milliseconds(20), "192.0.2.1"});
  metrics_.Observe({"other", "", 404, std::chrono::seconds(100), "192.0.2.1"});
  metrics_.CountObject(true);
  const auto samples = Parsed(metrics_.Text([&]() -> JobStore& { return store; }, folder_));
  EXPECT_EQ(samples.at("mhcnn_store_up"), 1);
  EXPECT_EQ(samples.at("mhcnn_exams{state=\"receiving\"}"), 1);
  EXPECT_EQ(samples.at("mhcnn_exams{state=\"done\"}"), 0);
  EXPECT_EQ(samples.at("mhcnn_jobs{state=\"waiting\"}"), 0);
  EXPECT_EQ(samples.at("mhcnn_oldest_job_age_seconds"), 0);
  EXPECT_EQ(samples.at("mhcnn_stow_objects_total{outcome=\"stored\"}"), 1);
  EXPECT_EQ(samples.at("mhcnn_stow_objects_total{outcome=\"refused\"}"), 0);
  EXPECT_EQ(
      samples.at("mhcnn_http_requests_total{method=\"GET\",route=\"/metrics\",status=\"200\"}"), 2);
  EXPECT_EQ(samples.at("mhcnn_http_requests_total{method=\"other\",route=\"none\",status=\"404\"}"),
            1);
  EXPECT_EQ(samples.at("mhcnn_http_request_duration_seconds_count{route=\"/metrics\"}"), 2);
  EXPECT_EQ(
      samples.at("mhcnn_http_request_duration_seconds_bucket{route=\"/metrics\",le=\"0.005\"}"), 0);
  EXPECT_EQ(
      samples.at("mhcnn_http_request_duration_seconds_bucket{route=\"/metrics\",le=\"0.025\"}"), 2);
  EXPECT_GT(samples.at("mhcnn_object_folder_free_bytes"), 0);
  EXPECT_GE(samples.at("mhcnn_uptime_seconds"), 0);
  EXPECT_EQ(samples.at(std::string("mhcnn_build_info{version=\"") + Version() + "\"}"), 1);
}

TEST_F(NodeMetricsTest, AStoreThatDoesNotAnswerIsAFigure) {
  int asked = 0;
  const auto broken = [&]() -> JobStore& {
    ++asked;
    throw Error(ErrorCode::kIo, "no connection");
  };
  auto samples = Parsed(metrics_.Text(broken, folder_));
  EXPECT_EQ(samples.at("mhcnn_store_up"), 0);
  EXPECT_FALSE(samples.contains("mhcnn_jobs{state=\"waiting\"}"));
  EXPECT_TRUE(samples.contains("mhcnn_uptime_seconds"));
  samples = Parsed(metrics_.Text(broken, folder_));
  EXPECT_EQ(asked, 1);  // kept for some seconds
}

}  // namespace
}  // namespace mhcnn
