#include "mhcnn/train/device.h"

#include <torch/cuda.h>

#include <array>

#include "mhcnn/base/error.h"
#include "mhcnn/base/option_check.h"

namespace mhcnn {

TrainingDevice ParseTrainingDevice(std::string_view name, const std::string& word) {
  static constexpr std::array kWords = {"auto", "cpu", "cuda"};
  return static_cast<TrainingDevice>(FindChoice(name, word, kWords));
}

c10::Device ChooseDevice(TrainingDevice wanted, int local_rank) {
  const auto count = torch::cuda::is_available() ? torch::cuda::device_count() : 0;
  if (wanted == TrainingDevice::kCpu || (wanted == TrainingDevice::kAuto && count == 0))
    return c10::kCPU;
  if (count == 0) {
    throw Error(
        ErrorCode::kUsage, "no CUDA device is available", "--device cuda",
        "build with the preset release-cuda on a machine that has one, or use the processor");
  }
  return {c10::kCUDA, static_cast<c10::DeviceIndex>(local_rank % static_cast<int>(count))};
}

}  // namespace mhcnn
