#ifdef MHCNN_MPI
#include <mpi.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

#include "mhcnn/base/error.h"
#include "mhcnn/base/interrupt.h"
#include "mhcnn/distributed/nccl_all_reduce.h"
#include "mhcnn/distributed/process_group.h"

namespace mhcnn {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// mpirun ends what is left of a job one second after it has told it to stop.
constexpr milliseconds kPatienceAfterStop{600};
/// Short waits yield the processor, long ones sleep: other processes of the job may need it.
constexpr std::chrono::microseconds kYieldFor{100};

constexpr int kExitInterrupted = 130;

std::atomic<bool> lost = false;  // a process, so that nothing more can be waited for

MPI_Datatype ToMpiType(const torch::Tensor& tensor) {
  if (tensor.scalar_type() == torch::kFloat64) return MPI_DOUBLE;
  if (tensor.scalar_type() == torch::kFloat32) return MPI_FLOAT;
  throw Error(ErrorCode::kInternal, "processes sum floats and doubles only");
}

/// Waits without spinning, and not for ever for a process that is no more.
void Wait(MPI_Request& request) {
  const auto start = Clock::now();
  Clock::time_point stopped{};
  for (int done = 0;;) {
    MPI_Test(&request, &done, MPI_STATUS_IGNORE);
    if (done) return;
    const auto now = Clock::now();
    if (Interrupted()) {
      if (stopped == Clock::time_point{}) stopped = now;
      if (now - stopped > kPatienceAfterStop) {
        lost = true;
        throw Error(ErrorCode::kInterrupted,
                    "a process of this training was lost or stopped in the middle of a step; the "
                    "last checkpoint is kept");
      }
    }
    if (now - start < kYieldFor) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(50));
    }
  }
}

void AllReduceTensor(MPI_Comm channel, torch::Tensor& values) {
  torch::Tensor host = values.is_cpu() ? values : values.cpu();
  if (!host.is_contiguous()) throw Error(ErrorCode::kInternal, "a sum's tensor is not contiguous");
  MPI_Request request{};
  MPI_Iallreduce(MPI_IN_PLACE, host.data_ptr(), static_cast<int>(host.numel()), ToMpiType(host),
                 MPI_SUM, channel, &request);
  Wait(request);
  if (!values.is_cpu()) values.copy_(host);
}

class MpiGroup : public ProcessGroup {
 public:
  MpiGroup() {
    int provided = 0;
    MPI_Init_thread(nullptr, nullptr, MPI_THREAD_MULTIPLE, &provided);
    if (provided != MPI_THREAD_MULTIPLE) {
      throw Error(ErrorCode::kUsage, "this MPI library was built without support of threads", "MPI",
                  "use one with MPI_THREAD_MULTIPLE, as Open MPI of Debian");
    }
    MPI_Comm_rank(MPI_COMM_WORLD, &rank_);
    MPI_Comm_size(MPI_COMM_WORLD, &size_);
    MPI_Comm_dup(MPI_COMM_WORLD, &here_);
    MPI_Comm_dup(MPI_COMM_WORLD, &beside_);
    MPI_Comm machine{};
    MPI_Comm_split_type(MPI_COMM_WORLD, MPI_COMM_TYPE_SHARED, rank_, MPI_INFO_NULL, &machine);
    MPI_Comm_rank(machine, &local_rank_);
    MPI_Comm_size(machine, &local_size_);
    MPI_Comm_free(&machine);
    worker_ = std::jthread([this](const std::stop_token& stop) { Work(stop); });
  }

  ~MpiGroup() override {
    worker_.request_stop();
    changed_.notify_all();
    worker_.join();
    // MPI_Finalize would wait for the lost.
    if (lost) std::_Exit(kExitInterrupted);
    nccl_.reset();
    MPI_Comm_free(&here_);
    MPI_Comm_free(&beside_);
    MPI_Finalize();
  }

  int rank() const override { return rank_; }
  int size() const override { return size_; }
  int local_rank() const override { return local_rank_; }
  int local_size() const override { return local_size_; }

  void AllReduce(torch::Tensor& values) override {
    if (values.is_cuda() && Nccl()) {
      nccl_->AllReduceAsync(values);
      nccl_->Finish();
      return;
    }
    AllReduceTensor(here_, values);
  }

  void AllReduceAsync(torch::Tensor& values) override {
    if (values.is_cuda() && Nccl()) return nccl_->AllReduceAsync(values);
    const std::lock_guard lock(mutex_);
    waiting_.push_back(&values);
    changed_.notify_all();
  }

  void WaitForAllReduce() override {
    if (nccl_) nccl_->Finish();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return failure_ || waiting_.empty(); });
    if (failure_) std::rethrow_exception(failure_);
  }

  void Barrier() override {
    MPI_Request request{};
    MPI_Ibarrier(here_, &request);
    Wait(request);
  }

  void Abort(int status) override { MPI_Abort(MPI_COMM_WORLD, status); }

 private:
  /// Sums in the order they were begun, which is the same on all processes.
  void Work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock,
                    [&] { return stop.stop_requested() || (!failure_ && !waiting_.empty()); });
      if (stop.stop_requested()) return;
      torch::Tensor& values = *waiting_.front();
      lock.unlock();
      std::exception_ptr failure;
      try {
        AllReduceTensor(beside_, values);
      } catch (...) {
        failure = std::current_exception();
      }
      lock.lock();
      failure_ = failure;
      waiting_.pop_front();
      changed_.notify_all();
    }
  }

  /// Made at the first sum of a tensor on a CUDA device; false where this program has no NCCL.
  bool Nccl() {
    if (!nccl_) {
      nccl_ = NcclAllReduce::Create(rank_, size_, [this](void* bytes, std::size_t count) {
        MPI_Bcast(bytes, static_cast<int>(count), MPI_BYTE, 0, here_);
      });
    }
    return nccl_ != nullptr;
  }

  int rank_ = 0, size_ = 1, local_rank_ = 0, local_size_ = 1;
  MPI_Comm here_{}, beside_{};  ///< of the callers' thread and of the worker
  std::unique_ptr<NcclAllReduce> nccl_;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<torch::Tensor*> waiting_;
  std::exception_ptr failure_;
  std::jthread worker_;
};

}  // namespace

std::unique_ptr<ProcessGroup> JoinMpiGroup() { return std::make_unique<MpiGroup>(); }

}  // namespace mhcnn
#endif
