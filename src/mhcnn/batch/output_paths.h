#pragma once

#include <filesystem>
#include <string>

#include "mhcnn/batch/inputs.h"
#include "mhcnn/results/overlay.h"

namespace mhcnn {

/// Where a drawing of an item goes ("overlays", "masks"): below the output folder under the input's
/// own name, each part of it shortened where file systems would not take it with what is added
/// (docs/results.md).
std::filesystem::path DrawingPath(const std::filesystem::path& output, const char* folder,
                                  const BatchItem& item);

/// Where the journal of a batch or of a part of it (Shard::Suffix()) is.
std::filesystem::path JournalPath(const std::filesystem::path& output, const std::string& suffix);

/// Where the notes of the files that are being measured are (batch/begun_files.h).
std::filesystem::path BegunPath(const std::filesystem::path& output, const std::string& suffix);

/// Where the profile of a batch or of a part of it is.
std::filesystem::path ProfilePath(const std::filesystem::path& output, const std::string& suffix);

/// Where the overlay of an item goes: DrawingPath with the format's extension for ".png".
std::filesystem::path OverlayPath(const std::filesystem::path& output, const BatchItem& item,
                                  OverlayFormat format);

/// Where the NIfTI file of an item's masks goes: beside the mask picture, ".nii.gz" for ".png".
std::filesystem::path NiftiPath(const std::filesystem::path& output, const BatchItem& item);

/// Folder of the result objects of an exam: "objects/NAME" below the output folder, where NAME is
/// the exam's name without what is no plain character of a file name; then a hash tells it from
/// others.
std::filesystem::path ExamObjectsFolder(const std::filesystem::path& output,
                                        const std::string& study);

}  // namespace mhcnn
