#include "mhcnn/results/object_text.h"

#include <dcmtk/dcmsr/dsrdoc.h>
#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <sstream>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/dcmtk.h"

namespace mhcnn {
namespace {

std::string CodeText(DcmItem& item, const DcmTagKey& sequence) {
  DcmItem* code = DicomSequenceItem(item, sequence);
  if (code == nullptr) return "";
  return fmt::format("({}, {}, \"{}\")", DicomText(*code, DCM_CodeValue),
                     DicomText(*code, DCM_CodingSchemeDesignator),
                     DicomText(*code, DCM_CodeMeaning));
}

/// Pixels that are set in each frame of one bit a pixel.
std::vector<std::size_t> FramePixels(DcmDataset& dataset) {
  const std::size_t size =
      static_cast<std::size_t>(DicomUnsigned(dataset, DCM_Rows).value_or(0)) *
      static_cast<std::size_t>(DicomUnsigned(dataset, DCM_Columns).value_or(0));
  const auto frames = static_cast<std::size_t>(
      std::clamp(DicomNumber(dataset, DCM_NumberOfFrames).value_or(0), 0.0, 1e4));
  const Uint8* bytes = nullptr;
  unsigned long count = 0;
  if (DicomUnsigned(dataset, DCM_BitsAllocated) != 1 ||
      dataset.findAndGetUint8Array(DCM_PixelData, bytes, &count).bad() || bytes == nullptr ||
      count < (size * frames + 7) / 8) {
    return {};
  }
  std::vector<std::size_t> pixels(frames);
  for (std::size_t frame = 0; frame < frames; ++frame) {
    std::size_t at = frame * size;
    const std::size_t end = at + size;
    while (at < end) {
      if (at % 8 == 0 && at + 8 <= end) {
        pixels[frame] += static_cast<std::size_t>(std::popcount(bytes[at / 8]));
        at += 8;
      } else {
        pixels[frame] += bytes[at / 8] >> (at % 8) & 1;
        ++at;
      }
    }
  }
  return pixels;
}

ObjectText DescribeSegmentation(DcmDataset& dataset) {
  ObjectText text;
  text.kind = "DICOM Segmentation";
  text.title = DicomText(dataset, DCM_ContentDescription);
  const auto pixels = FramePixels(dataset);
  constexpr unsigned long kMost = 1000;
  for (unsigned long i = 0; i < kMost; ++i) {
    DcmItem* segment = DicomSequenceItem(dataset, DCM_SegmentSequence, i);
    if (segment == nullptr) break;
    std::string line =
        fmt::format("segment {}: {} {}", DicomUnsigned(*segment, DCM_SegmentNumber).value_or(0),
                    DicomText(*segment, DCM_SegmentLabel),
                    CodeText(*segment, DCM_SegmentedPropertyTypeCodeSequence));
    if (i < pixels.size()) line += fmt::format(", {} pixels", pixels[i]);
    text.lines.push_back(std::move(line));
  }
  for (unsigned long i = 0; i < kMost; ++i) {
    DcmItem* source = DicomSequenceItem(dataset, DCM_SourceImageSequence, i);
    if (source == nullptr) break;
    text.sources.push_back(DicomText(*source, DCM_ReferencedSOPInstanceUID));
  }
  return text;
}

/// The images of the evidence sequence.
std::vector<std::string> Evidence(DcmDataset& dataset) {
  std::vector<std::string> uids;
  const auto each = [](DcmItem& item, const DcmTagKey& sequence, const auto& visit) {
    constexpr unsigned long kMost = 10'000;
    for (unsigned long i = 0; i < kMost; ++i) {
      DcmItem* found = DicomSequenceItem(item, sequence, i);
      if (found == nullptr) return;
      visit(*found);
    }
  };
  each(dataset, DCM_CurrentRequestedProcedureEvidenceSequence, [&](DcmItem& study) {
    each(study, DCM_ReferencedSeriesSequence, [&](DcmItem& series) {
      each(series, DCM_ReferencedSOPSequence, [&](DcmItem& object) {
        uids.push_back(DicomText(object, DCM_ReferencedSOPInstanceUID));
      });
    });
  });
  return uids;
}

ObjectText DescribeReport(DcmDataset& dataset) {
  DSRDocument document;
  const OFCondition status = document.read(dataset, DSRTypes::RF_ignoreContentItemErrors);
  if (status.bad()) {
    throw Error(ErrorCode::kCorrupt,
                std::string("is not a readable Structured Report (") + status.text() + ")");
  }
  ObjectText text;
  text.kind = "DICOM Structured Report";
  text.title = CodeText(dataset, DCM_ConceptNameCodeSequence);
  std::ostringstream tree;
  document.getTree().print(tree,
                           DSRTypes::PF_printAllCodes | DSRTypes::PF_printTemplateIdentification);
  std::istringstream lines(tree.str());
  for (std::string line; std::getline(lines, line);) text.lines.push_back(ToPrintableText(line));
  for (unsigned long i = 0;; ++i) {
    DcmItem* observer = DicomSequenceItem(dataset, DCM_VerifyingObserverSequence, i);
    if (observer == nullptr) break;
    text.lines.push_back(fmt::format("verified by {} of {} at {}",
                                     DicomText(*observer, DCM_VerifyingObserverName),
                                     DicomText(*observer, DCM_VerifyingOrganization),
                                     DicomText(*observer, DCM_VerificationDateTime)));
  }
  text.sources = Evidence(dataset);
  return text;
}

}  // namespace

std::optional<ObjectText> DescribeObject(const std::filesystem::path& path) {
  const auto file = LoadDicom(path);
  DcmDataset& dataset = *file->getDataset();
  const std::string modality = DicomText(dataset, DCM_Modality);
  if (modality == "SEG") return DescribeSegmentation(dataset);
  if (modality == "SR" && dataset.tagExists(DCM_ContentSequence)) return DescribeReport(dataset);
  return std::nullopt;
}

}  // namespace mhcnn
