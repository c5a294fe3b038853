#pragma once

#include <memory>
#include <vector>

namespace at {
class Tensor;
}  // namespace at

namespace mhcnn {

/// Processes that train one model together, each on its fraction of every batch. One process alone
/// is a group too. If a process is lost, the others throw Error(kInterrupted).
class ProcessGroup {
 public:
  virtual ~ProcessGroup() = default;
  /// Returns the number of this process, from 0.
  virtual int rank() const { return 0; }
  /// Returns the number of processes.
  virtual int size() const { return 1; }
  /// Returns the number of this process among the processes of this machine, from 0.
  virtual int local_rank() const { return 0; }
  /// Returns the number of processes on this machine.
  virtual int local_size() const { return 1; }

  /// Sums floats or doubles over the processes, in place; each gets the same bits. Collective: all
  /// processes call it in the same order, as for the rest of this class.
  virtual void AllReduce(at::Tensor& /*values*/) {}
  /// Begins such a sum, which runs in parallel with the calling thread; WaitForAllReduce() waits
  /// for all of them. The tensor must be contiguous and must exist until then.
  virtual void AllReduceAsync(at::Tensor& /*values*/) {}
  /// Waits for all sums that AllReduceAsync began.
  virtual void WaitForAllReduce() {}
  /// Waits until all processes have called it.
  virtual void Barrier() {}
  /// Ends all processes with an exit status. Returns if there is no other process.
  virtual void Abort(int /*status*/) {}

  /// Returns whether there is one process.
  bool alone() const { return size() == 1; }
  /// Returns whether this is the process that writes files and messages.
  bool IsRoot() const { return rank() == 0; }
  /// Returns true on every process if `mine` is true on any.
  bool Any(bool mine);
  /// Returns the sums over the processes of each value.
  std::vector<double> AllReduce(std::vector<double> values);
};

/// Returns the group in which mpirun, srun or an MPI operator started this process; a single
/// process if none did. Throws Error(kUsage) if built without MPI and this is one of several.
std::unique_ptr<ProcessGroup> JoinProcessGroup();

/// Returns whether the environment states that an MPI launcher started this process.
bool StartedByMpi();

#ifdef MHCNN_MPI
/// Returns the group in which an MPI launcher started this process.
std::unique_ptr<ProcessGroup> JoinMpiGroup();
#endif

}  // namespace mhcnn
