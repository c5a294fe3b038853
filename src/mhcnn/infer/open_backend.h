#pragma once

#include <filesystem>
#include <memory>

#include "mhcnn/infer/backend.h"

namespace mhcnn {

/// Arithmetic of the network.
enum class Precision {
  kF32,   ///< the same figures on every machine
  kBf16,  ///< faster where the processor has it (AVX512_BF16, AMX); percent densities move
          ///< (docs/speed.md)
};
/// Returns "f32" or "bf16".
const char* PrecisionName(Precision precision);

/// Options of a run of the network, in addition to BackendOptions.
struct RunOptions {
  int streams = 0;  ///< images at a time; 0: the number that is fastest for many images
  /// Arithmetic; a device without bf16 calculates in fp32. With bf16 the version in Backend::card
  /// states it, and so do the results.
  Precision precision = Precision::kF32;
  /// Folder that keeps compiled networks (infer/graph_cache.h), with which the next start is
  /// faster; empty: none is kept. Devices other than the CPU keep none.
  std::filesystem::path cache{};

  /// Throws Error(kUsage) naming the bad field.
  void Check() const;
};

/// Opens a model as Backend::Create does, but does not wait for the network: on the CPU a thread
/// compiles it, or sets it up from the cache. Backend::Run and WaitUntilReady wait for this thread.
/// If it fails, they throw what Create throws. Outputs do not depend on threads, streams and cache.
std::unique_ptr<Backend> OpenBackend(const BackendOptions& options, const RunOptions& run);

}  // namespace mhcnn
