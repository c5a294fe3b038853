#pragma once

#include <filesystem>
#include <string>

namespace mhcnn::cli {

/// The ONNX file to use: what `--model` names (`fast`, `accurate` or a file), else what
/// $MHCNN_MODEL does, else `fast`. Throws Error(kNotFound) if the file does not exist.
std::filesystem::path ResolveModelPath(const std::string& named);

constexpr auto kModelHelp =
    "model to use: fast, accurate or the path of an ONNX file (default: $MHCNN_MODEL, else fast)";

}  // namespace mhcnn::cli
