#include "mhcnn/model/safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "mhcnn/base/file.h"
#include "mhcnn/base/random.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/goldens.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using ::testing::HasSubstr;
using testing_support::ErrorMessage;
using testing_support::Golden;
using testing_support::ScratchFolder;

std::vector<std::uint8_t> Bytes(const std::string& header, std::size_t data) {
  const std::uint64_t size = header.size();
  std::vector<std::uint8_t> bytes(8 + header.size() + data, 0);
  std::memcpy(bytes.data(), &size, 8);
  std::memcpy(bytes.data() + 8, header.data(), header.size());
  return bytes;
}

std::string Refusal(const std::vector<std::uint8_t>& content) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "x.safetensors", content);
  return ErrorMessage([&] { ReadSafetensors(folder / "x.safetensors"); }, ErrorCode::kCorrupt);
}

std::string Entry(const std::string& shape, const std::string& offsets,
                  const std::string& name = "a") {
  return "\"" + name + R"(": {"dtype": "F32", "shape": )" + shape + R"(, "data_offsets": )" +
         offsets + "}";
}

TEST(Safetensors, ReadsFileWrittenByPython) {
  const auto file = ReadSafetensors(Golden("every_type.safetensors"));
  ASSERT_EQ(file.tensors.size(), 8u);
  EXPECT_EQ(file.metadata.at("made by"), "Python's safetensors");
  const auto& f32 = file.tensors.at("f32");
  EXPECT_EQ(f32.shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(f32.ToFloat(), (std::vector<float>{1.5f, -2.25f, 3e-40f, INFINITY, -0.0f, 65504.0f}));
  EXPECT_EQ(file.tensors.at("f16").ToFloat(), (std::vector<float>{1.5f, -2.25f, 0x1p-24f}));
  EXPECT_EQ(file.tensors.at("bf16").ToFloat(), (std::vector<float>{1.5f, -2.25f}));
  EXPECT_EQ(file.tensors.at("f64").ToFloat(), std::vector<float>{3.5f});
  EXPECT_TRUE(file.tensors.at("f64").shape.empty());
  std::int64_t number = 0;
  std::memcpy(&number, file.tensors.at("i64").bytes.data(), 8);
  EXPECT_EQ(number, -(std::int64_t{1} << 40));
  EXPECT_EQ(file.tensors.at("i32").dtype, DType::kInt32);
  EXPECT_EQ(file.tensors.at("u8").bytes, (std::vector<std::uint8_t>{0, 255}));
  EXPECT_EQ(file.tensors.at("empty").shape, (std::vector<std::int64_t>{0, 4}));
}

TEST(Safetensors, RoundTrips) {
  const ScratchFolder folder;
  const auto file = ReadSafetensors(Golden("every_type.safetensors"));
  WriteSafetensors(folder / "copy.safetensors", file);
  const auto copy = ReadSafetensors(folder / "copy.safetensors");
  EXPECT_EQ(copy.metadata, file.metadata);
  ASSERT_EQ(copy.tensors.size(), file.tensors.size());
  for (const auto& [name, tensor] : file.tensors) {
    const auto& other = copy.tensors.at(name);
    EXPECT_EQ(other.dtype, tensor.dtype) << name;
    EXPECT_EQ(other.shape, tensor.shape) << name;
    EXPECT_EQ(other.bytes, tensor.bytes) << name;
  }
}

TEST(Safetensors, RefusesHostileHeaders) {
  EXPECT_THAT(Refusal({1, 2, 3}), HasSubstr("shorter"));
  EXPECT_THAT(Refusal(Bytes("{", 0)), HasSubstr("JSON"));
  EXPECT_THAT(Refusal(Bytes("[]", 0)), HasSubstr("JSON"));
  auto huge = Bytes("{}", 0);
  std::memset(huge.data(), 0xff, 8);
  EXPECT_THAT(Refusal(huge), HasSubstr("claims"));
  EXPECT_THAT(Refusal(Bytes("{" + Entry("[2]", "[0, 8]") + "}", 4)), HasSubstr("outside"));
  EXPECT_THAT(Refusal(Bytes("{" + Entry("[2]", "[8, 0]") + "}", 8)), HasSubstr("outside"));
  EXPECT_THAT(Refusal(Bytes("{" + Entry("[3]", "[0, 8]") + "}", 8)), HasSubstr("size"));
  EXPECT_THAT(Refusal(Bytes("{" + Entry("[-2]", "[0, 8]") + "}", 8)), HasSubstr("whole numbers"));
  EXPECT_THAT(Refusal(Bytes("{" + Entry("[2]", "[0.5, 8]") + "}", 8)), HasSubstr("whole numbers"));
  EXPECT_THAT(Refusal(Bytes("{" + Entry("[4294967296, 4294967296]", "[0, 0]") + "}", 0)),
              HasSubstr("larger"));
  EXPECT_THAT(Refusal(Bytes("{" + Entry("[4611686018427387905]", "[0, 4]") + "}", 4)),
              HasSubstr("larger"));  // times four, this wraps to 4
  EXPECT_THAT(
      Refusal(
          Bytes("{" + Entry("[2]", "[0, 8]", "a") + "," + Entry("[2]", "[4, 12]", "b") + "}", 12)),
      HasSubstr("overlap"));
  EXPECT_THAT(
      Refusal(Bytes("{" + Entry("[2]", "[0, 8]") + "," + Entry("[2]", "[8, 16]") + "}", 16)),
      HasSubstr("twice"));
  EXPECT_THAT(Refusal(Bytes("{" + Entry("[2]", "[0, 8]") + "}", 9)), HasSubstr("no tensor"));
  EXPECT_THAT(Refusal(Bytes(R"({"__metadata__": {"a": 1}})", 0)), HasSubstr("not a string"));
  EXPECT_THAT(Refusal(Bytes(R"({"a": )" + std::string(1'000'000, '['), 0)),
              HasSubstr("unknown form"));
}

/// Whatever bytes change: a file, or one clear error; the sanitizers see the rest.
TEST(Safetensors, MutatedBytesNeverCrash) {
  const ScratchFolder folder;
  const auto path = folder / "x.safetensors";
  const auto whole = ReadFile(Golden("every_type.safetensors"));
  int refused = 0;
  for (std::uint64_t round = 0; round < 1500; ++round) {
    RandomStream random(1, round);
    auto bytes = whole;
    const std::uint32_t changes = 1 + random.Integer(3);
    for (std::uint32_t i = 0; i < changes; ++i) {
      auto& byte = bytes[random.Integer(static_cast<std::uint32_t>(bytes.size()))];
      byte = random.Chance(0.5) ? static_cast<std::uint8_t>('0' + random.Integer(10))
                                : static_cast<std::uint8_t>(random.Bits());
    }
    if (random.Chance(0.2)) bytes.resize(random.Integer(static_cast<std::uint32_t>(bytes.size())));
    {
      std::ofstream out(path, std::ios::binary);
      out.write(reinterpret_cast<const char*>(bytes.data()),
                static_cast<std::streamsize>(bytes.size()));
    }
    try {
      for (const auto& [name, tensor] : ReadSafetensors(path).tensors) {
        EXPECT_EQ(static_cast<std::size_t>(tensor.count()) * DTypeSize(tensor.dtype),
                  tensor.bytes.size());
      }
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kCorrupt) << e.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace mhcnn
