#include "mhcnn/infer/train_program.h"

#include "mhcnn/base/shipped_file.h"

namespace mhcnn {

TrainProgram FindTrainProgram() {
  namespace fs = std::filesystem;
  const fs::path folder = FindOwnBinary().parent_path();
  TrainProgram found{folder / "mhcnn-train", ""};
  std::error_code ec;
  if (!fs::exists(found.path, ec)) {
    found.problem =
        "mhcnn-train is not installed; install the package mhcnn-train, or build it: scripts/setup "
        "&& cmake --preset release && cmake --build --preset release, then run "
        "build/release/bin/mhcnn train";
  } else if (fs::exists(folder / "mhcnn-train-libtorch", ec) &&
             !fs::exists(folder / "../lib/mhcnn" / MHCNN_LIBTORCH / "libtorch_cpu.so", ec)) {
    found.problem =
        "LibTorch, which mhcnn-train needs, is not installed; run as root: mhcnn-train-libtorch";
  }
  return found;
}

}  // namespace mhcnn
