#pragma once

#include <filesystem>
#include <string>

#include "mhcnn/batch/inputs.h"
#include "mhcnn/results/overlay.h"

namespace mhcnn {

/// Returns the path of a drawing of an item ("overlays", "masks"): below the output folder under
/// the input's own name, each part of it shortened if file systems do not accept it with the
/// additions (docs/results.md).
std::filesystem::path DrawingPath(const std::filesystem::path& output, const char* folder,
                                  const BatchItem& item);

/// Returns the path of the journal of a batch or of a part of it (Shard::Suffix()).
std::filesystem::path JournalPath(const std::filesystem::path& output, const std::string& suffix);

/// Returns the path of the notes of files that are being measured (batch/in_progress_files.h).
std::filesystem::path InProgressPath(const std::filesystem::path& output,
                                     const std::string& suffix);

/// Returns the path of the profile of a batch or of a part of it.
std::filesystem::path ProfilePath(const std::filesystem::path& output, const std::string& suffix);

/// Returns the path of the overlay of an item: DrawingPath with the format's extension for ".png".
std::filesystem::path OverlayPath(const std::filesystem::path& output, const BatchItem& item,
                                  OverlayFormat format);

/// Returns the path of the NIfTI file of an item's masks: the mask picture's, ".nii.gz" for ".png".
std::filesystem::path NiftiPath(const std::filesystem::path& output, const BatchItem& item);

/// Returns the folder of the result objects of an exam: "objects/NAME" below the output folder,
/// where NAME is the exam's name with "_" for characters that are not plain in file names; if NAME
/// differs from the exam's name, a hash makes it unique.
std::filesystem::path ExamObjectsFolder(const std::filesystem::path& output,
                                        const std::string& study);

}  // namespace mhcnn
