#include "mhcnn/nn/cpu_allocator.h"

#include <c10/core/Allocator.h>
#include <sys/mman.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <unordered_map>

namespace mhcnn::nn {
namespace {

constexpr std::size_t kHugePage = std::size_t{2} << 20;
constexpr std::size_t kLarge = std::size_t{1} << 20;  // smaller ones malloc serves well
constexpr std::size_t kAlignment = 64;                // of vector instructions, and LibTorch's own

class CachingAllocator final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t size) override {
    void* block = size == 0 ? nullptr : size < kLarge ? Aligned(kAlignment, size) : Take(size);
    return {block, block, &Release, c10::Device(c10::kCPU)};
  }
  c10::DeleterFnPtr raw_deleter() const override { return &Release; }
  void copy_data(void* to, const void* from, std::size_t size) const override {
    std::memcpy(to, from, size);
  }

  static CachingAllocator& Instance() {
    // Never destroyed: tensors of static lifetime may come back last.
    static auto* instance = new CachingAllocator;
    return *instance;
  }

 private:
  static void* Aligned(std::size_t alignment, std::size_t size) {
    void* block = nullptr;
    if (posix_memalign(&block, alignment, size) != 0) throw std::bad_alloc();
    return block;
  }

  void* Take(std::size_t size) {
    const std::size_t rounded = (size + kHugePage - 1) / kHugePage * kHugePage;
    const std::lock_guard lock(mutex_);
    // A block a little too large does as well; a much larger one is kept for what needs it.
    const auto found = free_.lower_bound(rounded);
    if (found != free_.end() && found->first <= rounded + rounded / 8) {
      void* block = found->second;
      free_.erase(found);
      return block;
    }
    void* block = Aligned(kHugePage, rounded);
    madvise(block, rounded, MADV_HUGEPAGE);  // a hint: without huge pages all works, more slowly
    sizes_.emplace(block, rounded);
    return block;
  }

  static void Release(void* block) {
    if (block == nullptr) return;
    CachingAllocator& self = Instance();
    {
      const std::lock_guard lock(self.mutex_);
      const auto found = self.sizes_.find(block);
      if (found != self.sizes_.end()) {
        self.free_.emplace(found->second, block);
        return;
      }
    }
    std::free(block);
  }

  std::mutex mutex_;
  std::multimap<std::size_t, void*> free_;        // large blocks nobody holds, by size
  std::unordered_map<void*, std::size_t> sizes_;  // of all large blocks
};

}  // namespace

void InstallCachingCpuAllocator() {
  static const bool installed = [] {
    c10::SetAllocator(c10::kCPU, &CachingAllocator::Instance(), 1);
    return true;
  }();
  static_cast<void>(installed);
}

}  // namespace mhcnn::nn
