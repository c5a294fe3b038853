#include "mhcnn/distributed/nccl_all_reduce.h"

#ifdef MHCNN_NCCL
#include <ATen/cuda/CUDAContext.h>
#include <ATen/cuda/CUDAEvent.h>
#include <c10/cuda/CUDACachingAllocator.h>
#include <nccl.h>

#include "mhcnn/base/error.h"
#endif

namespace mhcnn {

#ifdef MHCNN_NCCL
namespace {

void Check(ncclResult_t result, const char* what) {
  if (result == ncclSuccess) return;
  throw Error(ErrorCode::kInternal,
              std::string("NCCL cannot ") + what + ": " + ncclGetErrorString(result), "",
              "set NCCL_DEBUG=INFO for its own words");
}

class Sums : public NcclAllReduce {
 public:
  Sums(int rank, int size, const std::function<void(void*, std::size_t)>& broadcast)
      : stream_(at::cuda::getStreamFromPool(/*isHighPriority=*/true)) {
    ncclUniqueId id{};
    if (rank == 0) Check(ncclGetUniqueId(&id), "make a name for the group");
    broadcast(&id, sizeof(id));
    Check(ncclCommInitRank(&group_, size, id, rank), "join the group");
  }
  ~Sums() override { ncclCommDestroy(group_); }
  Sums(const Sums&) = delete;
  Sums& operator=(const Sums&) = delete;

  void AllReduceAsync(torch::Tensor& values) override {
    at::cuda::CUDAEvent made;
    made.record();
    made.block(stream_);
    const ncclDataType_t type = values.scalar_type() == torch::kFloat64 ? ncclDouble : ncclFloat;
    Check(ncclAllReduce(values.data_ptr(), values.data_ptr(),
                        static_cast<std::size_t>(values.numel()), type, ncclSum, group_, stream_),
          "sum");
    c10::cuda::CUDACachingAllocator::recordStream(values.storage().data_ptr(), stream_);
  }

  void Finish() override {
    at::cuda::CUDAEvent done;
    done.record(stream_);
    done.block(at::cuda::getCurrentCUDAStream());
  }

 private:
  at::cuda::CUDAStream stream_;
  ncclComm_t group_ = nullptr;
};

}  // namespace

std::unique_ptr<NcclAllReduce> NcclAllReduce::Create(
    int rank, int size, const std::function<void(void*, std::size_t)>& broadcast) {
  return std::make_unique<Sums>(rank, size, broadcast);
}
#else
std::unique_ptr<NcclAllReduce> NcclAllReduce::Create(
    int, int, const std::function<void(void*, std::size_t)>&) {
  return nullptr;
}
#endif

}  // namespace mhcnn
