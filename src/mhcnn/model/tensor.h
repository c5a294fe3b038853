#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mhcnn {

enum class DType { kFloat32, kFloat16, kBFloat16, kFloat64, kInt64, kInt32, kUInt8 };
std::size_t DTypeSize(DType dtype);
const char* DTypeName(
    DType dtype);  ///< safetensors' names: "F32", "F16", "BF16", "F64", "I64", "I32", "U8"

/// A tensor in host memory, row-major, little-endian.
struct Tensor {
  DType dtype = DType::kFloat32;
  std::vector<std::int64_t> shape;
  std::vector<std::uint8_t> bytes;

  std::int64_t count() const;
  /// The values as 32-bit floats (floating types only; throws kInternal otherwise).
  std::vector<float> ToFloat() const;
  static Tensor FromFloat(std::vector<std::int64_t> shape, const std::vector<float>& values);
};
using TensorMap = std::map<std::string, Tensor>;

/// IEEE half from float (round to nearest even) and back.
std::uint16_t FloatToHalf(float value);
float HalfToFloat(std::uint16_t half);

}  // namespace mhcnn
