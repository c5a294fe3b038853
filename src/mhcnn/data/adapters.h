#pragma once

#include "mhcnn/data/adapter.h"

namespace mhcnn {

// One function per set, each in its own file; docs/datasets.md says what each takes and which traps
// of the set it knows.

/// Reads `images/STUDY/IMAGE.dicom` and breast-level_annotations.csv of VinDr-Mammo.
DatasetIndex ReadVindrMammo(const AdapterOptions& options);
/// Reads the four {mass,calc}_case_description_{train,test}_set.csv and the DICOM tree of the NBIA
/// Data Retriever ("classic" or "descriptive" names). One row per image; lesion masks are ignored.
DatasetIndex ReadCbisDdsm(const AdapterOptions& options);
/// Reads INbreast.csv, AllDICOMs/ and PectoralMuscle/Pectoral Muscle XML/; ignores lesion contours.
DatasetIndex ReadInbreast(const AdapterOptions& options);
/// Reads mdbNNN.pgm and Info.txt. Lesions become own labels, with the origin at the top left.
DatasetIndex ReadMiniMias(const AdapterOptions& options);
/// Reads images/X.png and labels/X_LI.png, whose values are 64 background, 128 adipose, 192
/// fibroglandular, 255 pectoral muscle; they are used in place as "x.png#128|192".
DatasetIndex ReadDdsmFgt(const AdapterOptions& options);
/// Reads Radiology-manual-annotations.xlsx (or the same as CSV, or labels.csv of a smaller copy)
/// and images P1_L_DM_CC.jpg; low-energy images only, which look like ordinary mammograms.
DatasetIndex ReadCddCesm(const AdapterOptions& options);
/// Reads a CSV in the manifest's own columns, or a folder of folders (ReadGenericFolders).
DatasetIndex ReadGenericSet(const AdapterOptions& options);

}  // namespace mhcnn
