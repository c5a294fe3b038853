#include "dicom/display_header.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

namespace mhcnn {
namespace {

/// A value of type US or SS: the header's Pixel Representation decides, not the element's own VR,
/// which writers often leave at US.
std::optional<int> Value16(DcmItem& item, const DcmTagKey& key, unsigned long index,
                           bool is_signed) {
  Uint16 bits = 0;
  Sint16 number = 0;
  if (item.findAndGetUint16(key, bits, index).good()) {
  } else if (item.findAndGetSint16(key, number, index).good()) {
    bits = static_cast<Uint16>(number);
  } else {
    return std::nullopt;
  }
  return is_signed ? static_cast<Sint16>(bits) : int{bits};
}

/// LUT Descriptor (0028,3002) and LUT Data (0028,3006).
LookupTable ReadTable(DcmItem& item, bool is_signed) {
  const auto corrupt = [](const std::string& what) {
    return Error(ErrorCode::kCorrupt, "has a look-up table " + what);
  };
  const auto count = Value16(item, DCM_LUTDescriptor, 0, false);
  const auto first = Value16(item, DCM_LUTDescriptor, 1, is_signed);
  const auto bits = Value16(item, DCM_LUTDescriptor, 2, false);
  if (!count || !first || !bits) throw corrupt("without a descriptor");
  const std::size_t entries = *count == 0 ? 65536 : static_cast<std::size_t>(*count);

  DcmElement* element = nullptr;
  Uint16* words = nullptr;
  if (item.findAndGetElement(DCM_LUTData, element).bad() || element == nullptr) {
    throw corrupt("without data");
  }
  const std::size_t length = element->getLength() / 2;
  // A US element of many values and an OW one are the same bytes.
  if (element->getUint16Array(words).bad() || words == nullptr) throw corrupt("without data");
  LookupTable table;
  table.first = *first;
  table.values.resize(entries);
  if (length >= entries) {
    std::copy_n(words, entries, table.values.begin());
  } else if (length >= (entries + 1) / 2) {
    // 8-bit entries packed two in a word, the first in the low byte.
    for (std::size_t i = 0; i < entries; ++i) {
      table.values[i] =
          static_cast<std::uint16_t>(i % 2 == 0 ? words[i / 2] & 0xFF : words[i / 2] >> 8);
    }
  } else {
    throw corrupt("of " + std::to_string(length) + " entries, not " + std::to_string(entries));
  }
  // Some writers state fewer bits than the entries have: the entries are believed.
  const int largest = *std::max_element(table.values.begin(), table.values.end());
  table.bits = std::clamp(*bits, 1, 16);
  while (table.bits < 16 && largest >> table.bits != 0) ++table.bits;
  return table;
}

unsigned long CountItems(DcmItem& item, const DcmTagKey& key) {
  DcmSequenceOfItems* sequence = nullptr;
  return item.findAndGetSequence(key, sequence).good() && sequence != nullptr ? sequence->card()
                                                                              : 0;
}

WindowFunction FunctionOf(const std::string& name) {
  if (name == "SIGMOID") return WindowFunction::kSigmoid;
  if (name == "LINEAR_EXACT") return WindowFunction::kLinearExact;
  return WindowFunction::kLinear;
}

}  // namespace

DisplayParameters ReadDisplayParameters(DcmItem& dataset, int stored_bits, bool is_signed,
                                        int chosen, MammogramFacts& facts) {
  DisplayParameters p;
  p.bits = stored_bits;
  p.is_signed = is_signed;
  if (const auto padding = Value16(dataset, DCM_PixelPaddingValue, 0, is_signed)) {
    const int limit = Value16(dataset, DCM_PixelPaddingRangeLimit, 0, is_signed).value_or(*padding);
    p.padding = std::minmax(*padding, limit);
  }

  bool modality_signed = is_signed;
  if (DcmItem* item = DicomSequenceItem(dataset, DCM_ModalityLUTSequence)) {
    p.modality_table = ReadTable(*item, is_signed);
    modality_signed = false;
  } else {
    const double slope = DicomNumber(dataset, DCM_RescaleSlope).value_or(1);
    if (slope == 0) {
      facts.flags.emplace_back("rescale_invalid");
    } else {
      p.slope = slope;
      p.intercept = DicomNumber(dataset, DCM_RescaleIntercept).value_or(0);
      modality_signed = is_signed || p.intercept < 0;
    }
  }

  // The view chosen, counted over LUTs and then windows; the first where there are fewer.
  const auto tables = static_cast<int>(CountItems(dataset, DCM_VOILUTSequence));
  const auto windows = static_cast<int>(DicomTexts(dataset, DCM_WindowCenter).size());
  if (chosen > 1 && chosen > tables + windows) {
    facts.flags.emplace_back("window_missing");
    chosen = 1;
  }
  if (chosen <= tables) {
    p.voi_table = ReadTable(
        *DicomSequenceItem(dataset, DCM_VOILUTSequence, static_cast<unsigned long>(chosen - 1)),
        modality_signed);
  } else {
    const auto at = static_cast<unsigned long>(chosen - 1 - tables);
    const auto center = DicomNumber(dataset, DCM_WindowCenter, at);
    const auto width = DicomNumber(dataset, DCM_WindowWidth, at);
    if (center && width) {
      const Window window{*center, *width, FunctionOf(DicomText(dataset, DCM_VOILUTFunction))};
      if (IsUsable(window)) {
        p.window = window;
      } else {
        facts.flags.emplace_back("window_invalid");
      }
    }
  }

  const std::string shape = DicomText(dataset, DCM_PresentationLUTShape);
  p.inverted = shape.empty() ? facts.photometric == "MONOCHROME1" : shape == "INVERSE";
  return p;
}

}  // namespace mhcnn
