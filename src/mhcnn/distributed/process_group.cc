#include "mhcnn/distributed/process_group.h"

#include <cstdlib>

#include "mhcnn/base/error.h"

namespace mhcnn {

bool ProcessGroup::Any(bool mine) {
  if (alone()) return mine;
  return AllReduce(std::vector<double>{mine ? 1.0 : 0.0})[0] > 0;
}

std::vector<double> ProcessGroup::AllReduce(std::vector<double> values) {
  if (alone() || values.empty()) return values;
  torch::Tensor tensor = torch::tensor(values, torch::kFloat64);
  AllReduce(tensor);
  const double* sums = tensor.data_ptr<double>();
  return {sums, sums + values.size()};
}

bool StartedByMpi() {
  // Open MPI's mpirun; PMI of MPICH and Slurm; PMIx of srun --mpi=pmix.
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"}) {
    if (std::getenv(name) != nullptr) return true;
  }
  return false;
}

std::unique_ptr<ProcessGroup> JoinProcessGroup() {
  if (!StartedByMpi()) return std::make_unique<ProcessGroup>();
#ifdef MHCNN_MPI
  return JoinMpiGroup();
#else
  throw Error(ErrorCode::kUsage, "was started by an MPI launcher but built without MPI",
              "mhcnn-train", "configure with -DMHCNN_MPI=ON (needs libopenmpi-dev)");
#endif
}

}  // namespace mhcnn
