#pragma once

#include <c10/core/Device.h>

#include <string>
#include <string_view>

namespace mhcnn {

/// Device on which a network is trained.
enum class TrainingDevice {
  kAuto,  ///< "auto": a CUDA device where there is one, else the processors
  kCpu,   ///< "cpu"
  kCuda   ///< "cuda"
};
/// Returns the device of a word. Throws Error(kUsage) that begins with `name`.
TrainingDevice ParseTrainingDevice(std::string_view name, const std::string& word);

/// Returns the device for a process with that rank on its machine. Throws Error(kUsage) where there
/// is no CUDA device and kCuda is wanted.
c10::Device ChooseDevice(TrainingDevice wanted, int local_rank);

}  // namespace mhcnn
