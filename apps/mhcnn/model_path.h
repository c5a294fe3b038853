#pragma once

#include <filesystem>
#include <string>

namespace mhcnn::cli {

/// Returns the path of the ONNX file that `--model` names (`fast`, `accurate` or a file), else that
/// $MHCNN_MODEL names, else of `fast`. Throws Error(kNotFound) if the file does not exist.
std::filesystem::path ResolveModelPath(const std::string& named);

constexpr auto kModelHelp =
    "model to use: fast, accurate or the path of an ONNX file (default: $MHCNN_MODEL, else fast)";

}  // namespace mhcnn::cli
