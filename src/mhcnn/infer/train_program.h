#pragma once

#include <filesystem>
#include <string>

namespace mhcnn {

/// The program with LibTorch, which trains, in the folder of this program.
struct TrainProgram {
  std::filesystem::path path;  ///< path where it is, or should be
  std::string problem;         ///< why it cannot be started, and what to do; empty: it can
};

/// Looks for the program, and for LibTorch where the Debian package is installed, which does not
/// contain it.
TrainProgram FindTrainProgram();

}  // namespace mhcnn
