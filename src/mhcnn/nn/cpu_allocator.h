#pragma once

namespace mhcnn::nn {

/// Makes LibTorch keep and reuse large blocks of host memory instead of giving them back after each
/// step. A training step asks for the same few hundred blocks again and again; through malloc the
/// kernel clears each again, which took a quarter of a step's time (measured: EfficientNet-Lite0
/// U-Net, batch 8 of 512 x 256). Blocks are backed by huge pages where the system offers them. Call
/// once, before the first tensor; later calls do nothing.
void InstallCachingCpuAllocator();

}  // namespace mhcnn::nn
