#pragma once

#include <filesystem>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>

#include "mhcnn/image/mammogram.h"
#include "mhcnn/results/left_out.h"

namespace mhcnn {

/// Device and inode: the same for all names of a file; zeros where there is no file.
using FileIdentity = std::pair<std::uint64_t, std::uint64_t>;
/// Returns the identity of the file that the path leads to.
FileIdentity IdentityOf(const std::filesystem::path& path);

/// Is it a table or journal that `mhcnn predict` writes, by its name and first bytes?
bool IsTableOfARun(const std::filesystem::path& path);
/// The same for a folder that holds one.
bool HoldsARun(const std::filesystem::path& folder);

/// The masks that the manifest.csv of a folder names in columns such as "dense_mask", but for files
/// that it names as images too. Nothing where there is no such table.
std::set<FileIdentity> MasksOfManifest(const std::filesystem::path& manifest);

/// A drawing of this program, by what stands in it: "overlay" or "mask"; else "".
std::string DrawingOfARun(std::span<const std::uint8_t> head);

/// Does a name say that it is a mask ("x_mask.png"), or one of its folders ("labels/x.png")?
bool NameSaysMask(const std::filesystem::path& name);
/// A picture of a few values, as masks and label maps are: two to eight values, or all zero. No
/// mammogram is; `grey` as ReadGreyImage gives it.
bool LooksLikeMask(const GreyImage& grey);
/// A file with the values of this program's own label maps (LabelMap in results/overlay.h), as
/// earlier versions wrote them, without a mark. Throws nothing.
bool IsOldLabelMap(const std::filesystem::path& file);

/// A DICOM object that this program made of other images, by its header: its row would be one of a
/// result, not of a mammogram.
bool IsOwnObject(const MammogramMetadata& facts);

/// Why a file that was found in a folder is none to measure, by its content; nothing where it is.
/// `name`: its path below the inputs. Throws nothing: what cannot be read is to be measured, and
/// fails there.
std::optional<LeftOutKind> NotToMeasure(const std::filesystem::path& file,
                                        const std::filesystem::path& name);

}  // namespace mhcnn
