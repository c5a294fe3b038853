#include "mhcnn/model/tensor.h"

#include <bit>
#include <cstring>

#include "mhcnn/base/error.h"

namespace mhcnn {

std::size_t DTypeSize(DType dtype) {
  switch (dtype) {
    case DType::kFloat64:
    case DType::kInt64:
      return 8;
    case DType::kFloat32:
    case DType::kInt32:
      return 4;
    case DType::kFloat16:
    case DType::kBFloat16:
      return 2;
    case DType::kUInt8:
      break;
  }
  return 1;
}

const char* DTypeName(DType dtype) {
  switch (dtype) {
    case DType::kFloat32:
      return "F32";
    case DType::kFloat16:
      return "F16";
    case DType::kBFloat16:
      return "BF16";
    case DType::kFloat64:
      return "F64";
    case DType::kInt64:
      return "I64";
    case DType::kInt32:
      return "I32";
    case DType::kUInt8:
      break;
  }
  return "U8";
}

std::int64_t Tensor::count() const {
  std::int64_t n = 1;
  for (const auto side : shape) n *= side;
  return n;
}

std::vector<float> Tensor::ToFloat() const {
  std::vector<float> values(static_cast<std::size_t>(count()));
  if (bytes.size() != values.size() * DTypeSize(dtype))
    throw Error(ErrorCode::kInternal, "a tensor's shape and bytes differ in number");
  const auto convert = [&]<typename T>(T, auto&& to_float) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      T value;
      std::memcpy(&value, bytes.data() + i * sizeof(T), sizeof(T));
      values[i] = to_float(value);
    }
  };
  switch (dtype) {
    case DType::kFloat32:
      convert(float{}, [](float value) { return value; });
      break;
    case DType::kFloat64:
      convert(double{}, [](double value) { return static_cast<float>(value); });
      break;
    case DType::kFloat16:
      convert(std::uint16_t{}, HalfToFloat);
      break;
    case DType::kBFloat16:
      convert(std::uint16_t{},
              [](std::uint16_t value) { return std::bit_cast<float>(std::uint32_t{value} << 16); });
      break;
    default:
      throw Error(ErrorCode::kInternal,
                  std::string("a tensor of ") + DTypeName(dtype) + " read as floats");
  }
  return values;
}

Tensor Tensor::FromFloat(std::vector<std::int64_t> shape, const std::vector<float>& values) {
  Tensor tensor;
  tensor.shape = std::move(shape);
  tensor.bytes.resize(values.size() * sizeof(float));
  std::memcpy(tensor.bytes.data(), values.data(), tensor.bytes.size());
  if (tensor.count() != static_cast<std::int64_t>(values.size())) {
    throw Error(ErrorCode::kInternal, "a tensor's shape and values differ in number");
  }
  return tensor;
}

std::uint16_t FloatToHalf(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return static_cast<std::uint16_t>(sign | 0x7e00);  // NaN
  if (magnitude >= 0x477ff000)
    return static_cast<std::uint16_t>(sign | 0x7c00);                   // rounds to infinity
  if (magnitude < 0x33000001) return static_cast<std::uint16_t>(sign);  // rounds to zero
  const int exponent = static_cast<int>(magnitude >> 23) - 112;
  std::uint32_t mantissa = (magnitude & 0x7fffff) | 0x800000;
  const int shift = exponent > 0 ? 13 : 14 - exponent;  // more for subnormal halves
  const std::uint32_t rest = mantissa & ((1u << shift) - 1), half = 1u << (shift - 1);
  mantissa >>= shift;
  if (rest > half || (rest == half && (mantissa & 1))) ++mantissa;
  const std::uint32_t base = exponent > 0 ? static_cast<std::uint32_t>(exponent - 1) << 10 : 0;
  return static_cast<std::uint16_t>(sign | (base + mantissa));
}

float HalfToFloat(std::uint16_t half) {
  const std::uint32_t sign = std::uint32_t{half & 0x8000u} << 16;
  const std::uint32_t exponent = half >> 10 & 31, mantissa = half & 1023;
  if (exponent == 31) return std::bit_cast<float>(sign | 0x7f800000 | mantissa << 13);
  if (exponent == 0) {
    const float magnitude = static_cast<float>(mantissa) * 0x1.0p-24f;
    return sign ? -magnitude : magnitude;
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
}

}  // namespace mhcnn
