#include "mhcnn/nn/cpu_allocator.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <cstdint>

namespace mhcnn::nn {
namespace {

torch::Tensor Bytes(std::int64_t count) { return torch::empty({count}, torch::kUInt8); }

std::uintptr_t Address(const torch::Tensor& tensor) {
  return reinterpret_cast<std::uintptr_t>(tensor.data_ptr());
}

TEST(CachingCpuAllocator, ReusesLargeBlocks) {
  InstallCachingCpuAllocator();
  InstallCachingCpuAllocator();
  constexpr std::int64_t kSize = std::int64_t{40} << 20;
  std::uintptr_t before = 0;
  {
    const torch::Tensor tensor = Bytes(kSize);
    before = Address(tensor);
    const torch::Tensor other = Bytes(kSize);
    EXPECT_GE(Address(other) > before ? Address(other) - before : before - Address(other),
              static_cast<std::uintptr_t>(kSize))
        << "blocks in use do not meet";
  }
  const torch::Tensor one = Bytes(kSize), two = Bytes(kSize - 1000);
  EXPECT_TRUE(Address(one) == before || Address(two) == before);
  EXPECT_NE(Address(one), Address(two));
}

TEST(CachingCpuAllocator, KeepsMuchLargerBlockForWhatNeedsIt) {
  InstallCachingCpuAllocator();
  std::uintptr_t large = 0;
  { large = Address(Bytes(std::int64_t{400} << 20)); }
  EXPECT_NE(Address(Bytes(std::int64_t{100} << 20)), large);
  EXPECT_EQ(Address(Bytes((std::int64_t{400} << 20) - 5)), large);
}

TEST(CachingCpuAllocator, AlignsBlocksForVectorInstructions) {
  InstallCachingCpuAllocator();
  for (const std::int64_t size : {1, 100, 4097, 1'000'000, 5'000'000}) {
    torch::Tensor tensor = Bytes(size);
    EXPECT_EQ(Address(tensor) % 64, 0u) << size;
    tensor.fill_(7);
    EXPECT_EQ(tensor.sum(torch::kInt64).item<std::int64_t>(), 7 * size);
  }
  EXPECT_EQ(Bytes(0).numel(), 0);
}

}  // namespace
}  // namespace mhcnn::nn
