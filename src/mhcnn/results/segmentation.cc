#include "mhcnn/results/segmentation.h"

#include <cstring>

#include "mhcnn/base/error.h"
#include "mhcnn/image/tissue_label.h"
#include "mhcnn/results/dicom_object.h"

namespace mhcnn {
namespace {

struct Segment {
  const char* label;
  const char* tracking;
  const Code& category;
  const Code& type;
};

const std::array<Segment, kSegments>& Segments() {
  static const std::array<Segment, kSegments> segments = {
      {{"Breast without pectoral muscle", "breast", codes::kAnatomicalStructure, codes::kBreast},
       {"Dense (fibroglandular) tissue", "dense tissue", codes::kTissue, codes::kParenchyma},
       {"Pectoral muscle", "pectoral muscle", codes::kAnatomicalStructure,
        codes::kPectoralisMajor}}};
  return segments;
}

/// Bit k is set where pixels with this label are of segment k + 1.
std::array<std::uint8_t, 256> MakeSegments() {
  std::array<std::uint8_t, 256> members{};
  members[static_cast<int>(TissueLabel::kBreast)] = 1;
  members[static_cast<int>(TissueLabel::kDense)] = 1 | 2;
  members[static_cast<int>(TissueLabel::kPectoral)] = 4;
  return members;
}

/// Colours of the drawings (image/mask_drawing.h), as CIELab values (PS3.3 C.10.7.1.1).
constexpr std::array<std::array<Uint16, 3>, kSegments> kDisplayColours = {
    {{45400, 28579, 23766}, {58687, 30716, 52165}, {35976, 44539, 49401}}};

cv::Mat1b Scaled(const cv::Mat1b& labels, int scale) {
  if (scale <= 1) return labels;
  cv::Mat1b small((labels.rows + scale - 1) / scale, (labels.cols + scale - 1) / scale);
  for (int r = 0; r < small.rows; ++r) {
    const std::uint8_t* row = labels[std::min(r * scale + scale / 2, labels.rows - 1)];
    for (int c = 0; c < small.cols; ++c) {
      small(r, c) = row[std::min(c * scale + scale / 2, labels.cols - 1)];
    }
  }
  return small;
}

void PutSegments(DcmDataset& dataset, const ExamResults& exam, const ExamImage& image) {
  for (int i = 0; i < kSegments; ++i) {
    const Segment& segment = Segments()[static_cast<std::size_t>(i)];
    DcmItem& item = NewItem(dataset, DCM_SegmentSequence);
    PutUnsigned(item, DCM_SegmentNumber, i + 1);
    Put(item, DCM_SegmentLabel, segment.label);
    PutCode(item, DCM_SegmentedPropertyCategoryCodeSequence, segment.category);
    PutCode(item, DCM_SegmentedPropertyTypeCodeSequence, segment.type);
    PutCode(item, DCM_AnatomicRegionSequence, codes::kBreast);
    if (const Code* side = SideCode(image.result.metadata.laterality)) {
      PutCode(*DicomSequenceItem(item, DCM_AnatomicRegionSequence),
              DCM_AnatomicRegionModifierSequence, *side);
    }
    Put(item, DCM_SegmentAlgorithmType, "AUTOMATIC");
    Put(item, DCM_SegmentAlgorithmName, "MH-CNN");
    DcmItem& algorithm = NewItem(item, DCM_SegmentationAlgorithmIdentificationSequence);
    PutCode(algorithm, DCM_AlgorithmFamilyCodeSequence, codes::kArtificialIntelligence);
    Put(algorithm, DCM_AlgorithmName, AsciiText(exam.model.name).substr(0, 64));
    Put(algorithm, DCM_AlgorithmVersion, AsciiText(exam.model.version).substr(0, 64));
    Put(algorithm, DCM_AlgorithmSource, kObjectManufacturer);
    Put(item, DCM_TrackingID, TrackingId(image, i + 1));
    Put(item, DCM_TrackingUID, TrackingUid(exam, image, i + 1));
    const auto& colour = kDisplayColours[static_cast<std::size_t>(i)];
    item.putAndInsertUint16Array(DCM_RecommendedDisplayCIELabValue, colour.data(), 3);
  }
}

/// Multi-frame Functional Groups and Dimension (PS3.3 C.7.6.16, C.7.6.17): the one index is the
/// number of the segment.
void PutFrames(DcmDataset& dataset, const ExamResults& exam, const ExamImage& image) {
  const std::string dimension = ExamUid(exam, {"SEG dimension", image.header.metadata.sop_uid});
  Put(NewItem(dataset, DCM_DimensionOrganizationSequence), DCM_DimensionOrganizationUID, dimension);
  DcmItem& index = NewItem(dataset, DCM_DimensionIndexSequence);
  Put(index, DCM_DimensionOrganizationUID, dimension);
  index.putAndInsertTagKey(DCM_DimensionIndexPointer, DCM_ReferencedSegmentNumber);
  index.putAndInsertTagKey(DCM_FunctionalGroupPointer, DCM_SegmentIdentificationSequence);
  Put(index, DCM_DimensionDescriptionLabel, "Referenced Segment Number");

  NewItem(dataset, DCM_SharedFunctionalGroupsSequence);
  for (int i = 0; i < kSegments; ++i) {
    DcmItem& frame = NewItem(dataset, DCM_PerFrameFunctionalGroupsSequence);
    DcmItem& derivation = NewItem(frame, DCM_DerivationImageSequence);
    PutCode(derivation, DCM_DerivationCodeSequence, codes::kSegmentation);
    DcmItem& source = NewItem(derivation, DCM_SourceImageSequence);
    PutReference(source, image.header.metadata.sop_class_uid, image.header.metadata.sop_uid);
    Put(source, DCM_SpatialLocationsPreserved, exam.options.seg_scale == 1 ? "YES" : "NO");
    PutCode(source, DCM_PurposeOfReferenceCodeSequence, codes::kSourceImage);
    DcmItem& content = NewItem(frame, DCM_FrameContentSequence);
    content.putAndInsertUint32(DCM_DimensionIndexValues, static_cast<Uint32>(i + 1));
    PutUnsigned(NewItem(frame, DCM_SegmentIdentificationSequence), DCM_ReferencedSegmentNumber,
                i + 1);
  }
}

/// Whether these eight labels are all the same.
bool AreEqual(const std::uint8_t* labels) {
  std::uint64_t eight = 0;
  std::memcpy(&eight, labels, sizeof eight);
  return eight == labels[0] * 0x0101'0101'0101'0101ULL;
}

void PutImage(DcmDataset& dataset, const ExamResults& exam, const ExamImage& image) {
  const cv::Mat1b labels = Scaled(image.labels, exam.options.seg_scale);
  Put(dataset, DCM_ImageType, "DERIVED\\PRIMARY");
  std::string orientation;
  for (const auto& direction : image.header.orientation)
    orientation += (orientation.empty() ? "" : "\\") + direction;
  if (orientation.empty()) {
    PutIfAbsent(dataset, DCM_PatientOrientation);
  } else {
    Put(dataset, DCM_PatientOrientation, orientation);
  }
  CopyAll(*image.header.compression, dataset);
  if (DicomText(dataset, DCM_LossyImageCompression).empty())
    Put(dataset, DCM_LossyImageCompression, "00");
  PutPixelFormat(dataset, labels.rows, labels.cols, 1, "MONOCHROME2");
  Put(dataset, DCM_PresentationLUTShape, "IDENTITY");
  Put(dataset, DCM_NumberOfFrames, std::to_string(kSegments));
  const auto packed = PackFrames(labels);
  dataset.putAndInsertUint8Array(DCM_PixelData, packed.data(), packed.size());
}

}  // namespace

std::vector<std::uint8_t> PackFrames(const cv::Mat1b& labels) {
  const auto members = MakeSegments();
  const std::size_t pixels = labels.total();
  const std::size_t bytes = (pixels * kSegments + 7) / 8;
  std::vector<std::uint8_t> packed(bytes + bytes % 2);
  std::size_t at = 0;
  unsigned bits = 0, filled = 0;
  for (int segment = 0; segment < kSegments; ++segment) {
    const auto bit_of = [&](std::uint8_t label) {
      return static_cast<unsigned>(members[label] >> segment & 1);
    };
    for (int r = 0; r < labels.rows; ++r) {
      const std::uint8_t* row = labels[r];
      for (int c = 0; c < labels.cols;) {
        // Most of a picture is one label: a byte of eight equal ones at a time.
        if (filled == 0 && c + 8 <= labels.cols && AreEqual(row + c)) {
          packed[at++] = bit_of(row[c]) != 0 ? 0xFF : 0;
          c += 8;
          continue;
        }
        bits |= bit_of(row[c++]) << filled;
        if (++filled < 8) continue;
        packed[at++] = static_cast<std::uint8_t>(bits);
        bits = filled = 0;
      }
    }
  }
  if (filled > 0) packed[at] = static_cast<std::uint8_t>(bits);
  return packed;
}

std::array<std::size_t, kSegments> SegmentPixels(const cv::Mat1b& labels) {
  const auto members = MakeSegments();
  std::array<std::size_t, 256> counts{};
  for (int r = 0; r < labels.rows; ++r) {
    const std::uint8_t* row = labels[r];
    for (int c = 0; c < labels.cols;) {
      const int step = c + 8 <= labels.cols && AreEqual(row + c) ? 8 : 1;
      counts[row[c]] += static_cast<std::size_t>(step);
      c += step;
    }
  }
  std::array<std::size_t, kSegments> pixels{};
  for (std::size_t label = 0; label < counts.size(); ++label) {
    for (std::size_t k = 0; k < kSegments; ++k) {
      if (members[label] >> k & 1) pixels[k] += counts[label];
    }
  }
  return pixels;
}

std::string TrackingId(const ExamImage& image, int segment) {
  return image.Name() + " " + Segments().at(static_cast<std::size_t>(segment - 1)).tracking;
}

std::string TrackingUid(const ExamResults& exam, const ExamImage& image, int segment) {
  return ExamUid(exam, {"segment", image.header.metadata.sop_uid, std::to_string(segment)});
}

DicomObject MakeSegmentation(const ExamResults& exam, const ExamImage& image) {
  if (image.labels.empty()) throw Error(ErrorCode::kInternal, "a SEG of an image without masks");
  DcmDataset dataset;
  PutHeader(dataset, exam, kSegSeries, UID_SegmentationStorage, image.index, &image);
  PutReferencedSeries(dataset, image);
  PutReference(NewItem(dataset, DCM_SourceImageSequence), image.header.metadata.sop_class_uid,
               image.header.metadata.sop_uid);
  Put(dataset, DCM_SegmentationType, "BINARY");
  Put(dataset, DCM_SegmentsOverlap, "YES");  // dense tissue lies in the breast
  Put(dataset, DCM_ContentLabel, "BREAST_DENSITY");
  Put(dataset, DCM_ContentDescription, "Breast, dense tissue, pectoral muscle");
  PutIfAbsent(dataset, DCM_ContentCreatorName);
  PutSegments(dataset, exam, image);
  PutFrames(dataset, exam, image);
  PutImage(dataset, exam, image);
  return Finish(dataset, exam, "SEG");
}

}  // namespace mhcnn
