#pragma once

#include <filesystem>
#include <memory>

#include "mhcnn/infer/backend.h"

namespace mhcnn {

/// Arithmetic of the network.
enum class Precision {
  kF32,   ///< the same figures on every machine
  kBf16,  ///< faster where the processor has it (AVX512_BF16, AMX); percents move (docs/speed.md)
};
/// Returns "f32" or "bf16".
const char* PrecisionName(Precision precision);

/// How a network runs, beside BackendOptions.
struct RunOptions {
  int streams = 0;  ///< pictures at a time; 0: as many as is fastest for many of them
  /// Arithmetic; a device that lacks bf16 calculates in fp32. Where it is bf16, the version of
  /// Backend::card says so, so that results say it.
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
