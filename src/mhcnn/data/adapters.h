#pragma once

#include "mhcnn/data/adapter.h"

namespace mhcnn {

// One function per set, each in its own file; docs/datasets.md says what each takes and which traps
// of the set it knows.

/// `images/STUDY/IMAGE.dicom` and breast-level_annotations.csv.
DatasetIndex ReadVindrMammo(const AdapterOptions& options);
/// The four {mass,calc}_case_description_{train,test}_set.csv and the DICOM tree of the NBIA Data
/// Retriever ("classic" or "descriptive" names). One row per image; ROI masks of lesions are left.
DatasetIndex ReadCbisDdsm(const AdapterOptions& options);
/// INbreast.csv, AllDICOMs/ and PectoralMuscle/Pectoral Muscle XML/; lesion contours are left.
DatasetIndex ReadInbreast(const AdapterOptions& options);
/// mdbNNN.pgm and Info.txt. Lesions go to the own labels, with the origin at the top left.
DatasetIndex ReadMiniMias(const AdapterOptions& options);
/// images/X.png and labels/X_LI.png, whose values are 64 background, 128 adipose, 192
/// fibroglandular, 255 pectoral muscle; used in place as "x.png#128|192".
DatasetIndex ReadDdsmFgt(const AdapterOptions& options);
/// Radiology-manual-annotations.xlsx (or the same as CSV, or labels.csv of a smaller copy) and
/// images P1_L_DM_CC.jpg; low-energy images alone, which read like ordinary digital mammograms.
DatasetIndex ReadCddCesm(const AdapterOptions& options);
/// A CSV in the manifest's own columns, or a folder of folders (ReadGenericFolders).
DatasetIndex ReadGenericSet(const AdapterOptions& options);

}  // namespace mhcnn
