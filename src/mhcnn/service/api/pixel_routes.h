#pragma once

#include "mhcnn/service/api/api_context.h"
#include "mhcnn/service/api/byte_cache.h"

namespace mhcnn {

/// Number of bytes of pixels that a node keeps in memory for the next request.
inline constexpr std::size_t kPixelCacheBytes = std::size_t{128} << 20;

/// Adds GET /api/v1/exams/{exam}/images/{sop_uid}/pixels?longest=2048: the image for display in 16
/// bits, cut like the picture of the page, so that its outlines fit. `cache` must outlive it.
void AddPixelRoutes(Router& router, const ApiContext& parts, ByteCache& cache);

}  // namespace mhcnn
