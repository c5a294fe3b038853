#include "mhcnn/train/device.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/cuda.h>

#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;

TEST(TrainingDevice, IsReadFromItsWord) {
  EXPECT_EQ(ParseTrainingDevice("--device", "auto"), TrainingDevice::kAuto);
  EXPECT_EQ(ParseTrainingDevice("--device", "cpu"), TrainingDevice::kCpu);
  EXPECT_EQ(ParseTrainingDevice("--device", "cuda"), TrainingDevice::kCuda);
  EXPECT_EQ(ErrorMessage([] { ParseTrainingDevice("--device", "tpu"); }, ErrorCode::kUsage),
            "--device is 'tpu', not one of auto, cpu, cuda");
}

TEST(TrainingDevice, AutoChoosesAvailableDevice) {
  EXPECT_EQ(ChooseDevice(TrainingDevice::kCpu, 0), c10::Device(c10::kCPU));
  if (torch::cuda::is_available()) {
    EXPECT_EQ(ChooseDevice(TrainingDevice::kAuto, 0), c10::Device(c10::kCUDA, 0));
    EXPECT_EQ(ChooseDevice(TrainingDevice::kCuda, 0), c10::Device(c10::kCUDA, 0));
  } else {
    EXPECT_EQ(ChooseDevice(TrainingDevice::kAuto, 0), c10::Device(c10::kCPU));
    EXPECT_THAT(ErrorMessage([] { ChooseDevice(TrainingDevice::kCuda, 0); }, ErrorCode::kUsage),
                HasSubstr("no CUDA device"));
  }
}

}  // namespace
}  // namespace mhcnn
