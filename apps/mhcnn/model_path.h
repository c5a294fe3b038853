#pragma once

#include <filesystem>

namespace mhcnn::cli {

/// The model to use where none is named: $MHCNN_MODEL, else the shipped one beside this
/// installation. Throws Error(kNotFound) that says where it looked.
std::filesystem::path DefaultModel();

}  // namespace mhcnn::cli
