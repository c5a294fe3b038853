#pragma once

#include <filesystem>

#include "mhcnn/data/adapter.h"

namespace mhcnn {

/// Adds the dense masks of Behravan et al. (Data in Brief 57, 2024) to images of VinDr-Mammo, by
/// name. Reads both published layouts: {train,test}/{images,breast_masks,dense_masks}/ with
/// train.csv (Filename,Density in percent), also nested as train/train/; and
/// {train,val,test}/{input_image,breast_mask,dense_mask}/. Images of the masks' test part become
/// `test`, so that both published test parts stay untouched. Throws kNotFound if no folder of masks
/// is found.
void AddBehravanMasks(const std::filesystem::path& folder, DatasetIndex& listing);

}  // namespace mhcnn
