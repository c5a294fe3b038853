#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "mhcnn/image/mammogram.h"
#include "mhcnn/results/left_out_files.h"

namespace mhcnn {

/// Device and inode: the same for all names of a file; zeros if there is no file.
using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;
/// Returns the identity of the file that the path leads to.
FileIdentity ReadFileIdentity(const std::filesystem::path& path);

/// Returns whether the name and the first bytes are of a table or journal of `mhcnn predict`.
bool IsRunTable(const std::filesystem::path& path);
/// Returns whether a folder contains such a table or journal.
bool ContainsRunTable(const std::filesystem::path& folder);

/// Returns the masks that the manifest.csv of a folder names in columns such as "dense_mask",
/// except files that it names as images too. Nothing if there is no such table.
std::set<FileIdentity> ReadManifestMasks(const std::filesystem::path& manifest);

/// Returns the kind of a drawing of this program by its content: "overlay" or "mask"; else "".
std::string DetectRunDrawing(std::span<const std::uint8_t> head);

/// Returns whether the name of a file ("x_mask.png") or of a folder ("labels/x.png") is of a mask.
bool HasMaskName(const std::filesystem::path& name);
/// Returns whether an image has few values, as masks and label maps have: two to eight values, or
/// all zero. No mammogram has; `grey` as ReadGreyImage gives it.
bool LooksLikeMask(const GreyImage& grey);
/// Returns whether a file has the values of this program's own label maps (LabelMap in
/// results/overlay.h), as earlier versions wrote them, without a mark. Throws nothing.
bool IsUnmarkedLabelMap(const std::filesystem::path& file);

/// Returns whether the header is of a DICOM object that this program made of other images: its row
/// would be one of a result, not of a mammogram.
bool IsOwnObject(const MammogramMetadata& metadata);

/// Returns why a file that was found in a folder is not to be measured, by its content; nothing if
/// it is to be. `name`: its path below the inputs. Throws nothing: what cannot be read is to be
/// measured, and fails then.
std::optional<LeftOutKind> FindLeftOutKind(const std::filesystem::path& file,
                                           const std::filesystem::path& name);

}  // namespace mhcnn
