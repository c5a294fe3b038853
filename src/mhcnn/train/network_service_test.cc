#include "mhcnn/train/network_service.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <array>
#include <thread>

#include "mhcnn/base/file_descriptor.h"
#include "mhcnn/base/message_socket.h"
#include "mhcnn/testing/checkpoints.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::SmallCheckpoint;

/// A service in a thread of its own.
class Running {
 public:
  explicit Running(const Checkpoint& checkpoint, NetworkServiceOptions options = {}) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
    mine_ = ends[0];
    thread_ = std::thread([checkpoint, options, theirs = ends[1]] {
      const FileDescriptor end(theirs);
      ServeNetwork(checkpoint, options, theirs);
    });
  }
  ~Running() {
    ::shutdown(mine_, SHUT_RDWR);
    thread_.join();
    ::close(mine_);
  }
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;

  Message Receive() {
    auto message = ReceiveMessage(mine_);
    EXPECT_TRUE(message.has_value());
    return message.value_or(Message{});
  }
  Message Ask(std::vector<std::vector<float>> pictures) {
    SendMessage(mine_, {.arrays = std::move(pictures)});
    return Receive();
  }

 private:
  int mine_ = -1;
  std::thread thread_;
};

std::vector<float> Picture(const Checkpoint& checkpoint, const std::string& name) {
  return FormulaTensor(name,
                       {checkpoint.preprocess.input_height, checkpoint.preprocess.input_width})
      .ToFloat();
}

TEST(NetworkService, EqualsNetworkOutput) {
  const Checkpoint checkpoint = SmallCheckpoint();
  const std::int64_t rows = checkpoint.preprocess.input_height,
                     columns = checkpoint.preprocess.input_width;
  Running service(checkpoint);
  const Message first = service.Receive();
  EXPECT_THAT(first.text, HasSubstr("cpu, f32"));
  EXPECT_EQ(first.arrays, (std::vector<std::vector<float>>{{96, 64}}));
  const Message answer =
      service.Ask({Picture(checkpoint, "image"), Picture(checkpoint, "another")});
  ASSERT_FALSE(answer.error) << answer.text;
  ASSERT_EQ(answer.arrays.size(), 8u);

  nn::GraphModule network(BuildNetwork(checkpoint.network));
  network.Load(checkpoint.weights);
  network.eval();
  for (std::size_t i = 0; i < 2; ++i) {
    const torch::Tensor image =
        nn::ToTorch(FormulaTensor(i == 0 ? "image" : "another", {1, 1, rows, columns}));
    const nn::Outputs expected = network.Forward(image);
    const auto expect = [&](std::size_t at, const torch::Tensor& values, double tolerance) {
      const auto& got = answer.arrays[4 * i + at];
      ASSERT_EQ(got.size(), static_cast<std::size_t>(values.numel()));
      const torch::Tensor flat = values.detach().contiguous().flatten();
      const torch::Tensor found =
          torch::from_blob(const_cast<float*>(got.data()), {flat.numel()}, torch::kFloat32);
      EXPECT_LT((found - flat).abs().max().item<double>(), tolerance) << at;
    };
    expect(0, expected.segmentation.sigmoid(), 1e-5);
    expect(1, expected.percent * 100, 1e-3);
    expect(2, expected.category.softmax(1), 1e-5);
    expect(3, expected.features, 1e-4);
  }
}

TEST(NetworkService, RejectsWrongSizeAndContinues) {
  const Checkpoint checkpoint = SmallCheckpoint();
  Running service(checkpoint);
  service.Receive();
  const Message refused = service.Ask({std::vector<float>(12)});
  EXPECT_EQ(refused.error, ErrorCode::kInternal);
  EXPECT_THAT(refused.text, HasSubstr("12 values"));
  EXPECT_TRUE(service.Ask({}).arrays.empty());
  EXPECT_FALSE(service.Ask({Picture(checkpoint, "image")}).error);
}

TEST(NetworkService, LeavesOutHeadsThatTheNetworkLacks) {
  Checkpoint checkpoint = SmallCheckpoint();
  checkpoint.network.heads = {Head::kRegression};
  checkpoint.weights = FormulaWeights(BuildNetwork(checkpoint.network));
  Running service(checkpoint, {.bf16 = true});
  EXPECT_THAT(service.Receive().text, HasSubstr("bf16"));
  const Message answer = service.Ask({Picture(checkpoint, "image")});
  ASSERT_EQ(answer.arrays.size(), 4u);
  EXPECT_TRUE(answer.arrays[0].empty());
  EXPECT_EQ(answer.arrays[1].size(), 1u);
  EXPECT_TRUE(answer.arrays[2].empty());
  EXPECT_FALSE(answer.arrays[3].empty());
}

}  // namespace
}  // namespace mhcnn
