#include "mhcnn/model/torch_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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

TEST(TorchFile, ReadsViewsOfOneStorage) {
  const auto tensors = ReadTorchFile(Golden("legacy.pth"));
  ASSERT_EQ(tensors.size(), 6u);
  EXPECT_EQ(tensors[0].first, "whole");
  std::vector<float> whole(24), permuted;
  for (std::size_t i = 0; i < 24; ++i) whole[i] = static_cast<float>(i);
  EXPECT_EQ(tensors[0].second.ToFloat(), whole);
  for (std::size_t c = 0; c < 4; ++c) {
    for (std::size_t a = 0; a < 2; ++a) {
      for (std::size_t b = 0; b < 3; ++b) permuted.push_back(whole[a * 12 + b * 4 + c]);
    }
  }
  EXPECT_EQ(tensors[1].second.shape, (std::vector<std::int64_t>{4, 2, 3}));
  EXPECT_EQ(tensors[1].second.ToFloat(), permuted);
  EXPECT_EQ(tensors[2].second.ToFloat(), (std::vector<float>{13, 14, 17, 18, 21, 22}));
  EXPECT_EQ(tensors[3].second.dtype, DType::kFloat16);
  EXPECT_EQ(tensors[3].second.ToFloat(), (std::vector<float>{0.5f, -2.0f}));
  EXPECT_EQ(tensors[4].second.dtype, DType::kInt64);
  EXPECT_TRUE(tensors[4].second.shape.empty());
  EXPECT_EQ(tensors[4].second.bytes[0], 7);
  EXPECT_EQ(tensors[5].second.shape, (std::vector<std::int64_t>{0, 3}));
}

TEST(TorchFile, ReadsZipFormAndNestedStateDict) {
  const auto tensors = ReadTorchFile(Golden("zip.pth"));
  const auto legacy = ReadTorchFile(Golden("legacy.pth"));
  ASSERT_EQ(tensors.size(), 4u);
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(tensors[i].first, (std::vector<std::string>{"whole", "permuted", "part", "half"}[i]));
    EXPECT_EQ(tensors[i].second.shape, legacy[i].second.shape);
    EXPECT_EQ(tensors[i].second.bytes, legacy[i].second.bytes);
  }
}

TEST(TorchFile, RefusesFunctionCalls) {
  const auto message =
      ErrorMessage([] { ReadTorchFile(Golden("hostile.pth")); }, ErrorCode::kUnsupported);
  EXPECT_THAT(message, HasSubstr("posix system"));
  EXPECT_FALSE(std::filesystem::exists("mhcnn-was-here"));
}

TEST(TorchFile, RefusesOtherFiles) {
  const ScratchFolder folder;
  WriteFileAtomically(folder / "zip.pth", "PK\x03\x04 and so on");
  EXPECT_THAT(ErrorMessage([&] { ReadTorchFile(folder / "zip.pth"); }, ErrorCode::kCorrupt),
              HasSubstr("zip"));
  WriteFileAtomically(folder / "empty.pth", "");
  ErrorMessage([&] { ReadTorchFile(folder / "empty.pth"); }, ErrorCode::kCorrupt);
  ErrorMessage([&] { ReadTorchFile(folder / "none.pth"); }, ErrorCode::kNotFound);
}

/// Whatever bytes change: tensors, or one clear error; the sanitizers see the rest.
TEST(TorchFile, MutatedBytesNeverCrash) {
  const ScratchFolder folder;
  const auto path = folder / "x.pth";
  const auto whole = ReadFile(Golden("legacy.pth"));
  int refused = 0;
  for (std::uint64_t round = 0; round < 2000; ++round) {
    RandomStream random(2, round);
    auto bytes = whole;
    const std::uint32_t changes = 1 + random.Integer(4);
    for (std::uint32_t i = 0; i < changes; ++i) {
      bytes[random.Integer(static_cast<std::uint32_t>(bytes.size()))] =
          static_cast<std::uint8_t>(random.Bits());
    }
    if (random.Chance(0.2)) bytes.resize(random.Integer(static_cast<std::uint32_t>(bytes.size())));
    {
      std::ofstream out(path, std::ios::binary);
      out.write(reinterpret_cast<const char*>(bytes.data()),
                static_cast<std::streamsize>(bytes.size()));
    }
    try {
      ReadTorchFile(path);
    } catch (const Error& e) {
      EXPECT_TRUE(e.code() == ErrorCode::kCorrupt || e.code() == ErrorCode::kUnsupported)
          << e.what();
      ++refused;
    }
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace mhcnn
