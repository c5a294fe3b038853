#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "mhcnn/jobs/store_time.h"

namespace mhcnn {

/// Returns a moment as "2026-11-28T15:04:05.123Z".
std::string ToUtcText(StoreTime time);
/// Reads "2026-11-28" (its beginning), "2026-11-28T15:04:05Z" and "2026-11-28T15:04:05.123Z";
/// nothing for other text.
std::optional<StoreTime> ParseUtc(std::string_view text);

}  // namespace mhcnn
