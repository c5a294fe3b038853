#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mhcnn {

/// Types of a tensor's values.
enum class DType { kFloat32, kFloat16, kBFloat16, kFloat64, kInt64, kInt32, kUInt8 };
/// Returns the size of a value in bytes.
std::size_t DTypeSize(DType dtype);
const char* DTypeName(
    DType dtype);  ///< safetensors' names: "F32", "F16", "BF16", "F64", "I64", "I32", "U8"

/// A tensor in host memory, row-major, little-endian.
struct Tensor {
  /// Type of the values.
  DType dtype = DType::kFloat32;
  /// Sizes of the dimensions; empty for a single value.
  std::vector<std::int64_t> shape;
  /// The values; count() * DTypeSize(dtype) bytes.
  std::vector<std::uint8_t> bytes;

  /// Returns the number of values.
  std::int64_t count() const;
  /// Returns the values as 32-bit floats (floating types only; throws kInternal otherwise).
  std::vector<float> ToFloat() const;
  /// Makes a tensor of 32-bit floats. `values` must have as many values as `shape` states.
  static Tensor FromFloat(std::vector<std::int64_t> shape, const std::vector<float>& values);
};
/// Tensors by name.
using TensorMap = std::map<std::string, Tensor>;

/// Returns the IEEE half of a float (round to nearest even).
std::uint16_t FloatToHalf(float value);
/// Returns the float of an IEEE half.
float HalfToFloat(std::uint16_t half);

}  // namespace mhcnn
