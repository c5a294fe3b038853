#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "mhcnn/analyze/result.h"

namespace mhcnn {

/// Sites of two runs, by the folders of their files.
struct MatchedSites {
  /// Site of each result: empty text for a file next to the folders of the sites, nothing for a
  /// file of a site with too few files.
  std::vector<std::optional<std::string>> reference, now;
  /// Reason why the sites of the runs could not be matched; then no file has a site. Else empty.
  std::string problem;
};

/// Finds the site of each file: the first folder below the folder that all files of a run share.
/// Only sites with `min_files` files in one of the runs are kept. If no kept site is in both runs,
/// all files of a run can be of one site: the last folder that they share, if the other run has a
/// site of that name or shares a folder of that name.
MatchedSites MatchSites(const std::vector<Result>& reference, const std::vector<Result>& now,
                        std::size_t min_files);

}  // namespace mhcnn
