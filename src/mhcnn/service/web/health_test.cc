#include "mhcnn/service/web/health.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

TEST(LiveResponse, IsGood) {
  EXPECT_EQ(LiveResponse().status, 200);
  EXPECT_EQ(nlohmann::json::parse(LiveResponse().body).at("status"), "live");
}

class ReadyTest : public ::testing::Test {
 protected:
  ReadyTest() {
    config_.retention.reserve_bytes = 0;
    WriteFileAtomically(scratch_ / "model", "x");
  }
  nlohmann::json Checks(int status, const std::function<JobStore&()>& store,
                        const std::string& model) {
    const auto response = ReadyResponse(store, folder_, config_, scratch_ / model);
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.body.find(scratch_.path().string()), std::string::npos);
    const auto answer = nlohmann::json::parse(response.body);
    EXPECT_EQ(answer.at("status"), status == 200 ? "ready" : "not ready");
    return answer.at("checks");
  }

  testing_support::ScratchFolder scratch_;
  ServiceConfig config_;
  ObjectFolder folder_{scratch_ / "objects"};
  JobStore store_{
      {.url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  std::function<JobStore&()> good_ = [this]() -> JobStore& { return store_; };
};

TEST_F(ReadyTest, SaysWhatIsWrong) {
  const nlohmann::json all{{"store", "good"}, {"room", "good"}, {"model", "good"}};
  EXPECT_EQ(Checks(200, good_, "model"), all);
  EXPECT_EQ(Checks(503, good_, "absent").at("model"), "bad");
  const auto broken = []() -> JobStore& { throw Error(ErrorCode::kIo, "no connection"); };
  EXPECT_EQ(Checks(503, broken, "model").at("store"), "bad");
  config_.retention.reserve_bytes = std::uint64_t{1} << 62;
  EXPECT_EQ(Checks(503, good_, "model").at("room"), "bad");
}

}  // namespace
}  // namespace mhcnn
