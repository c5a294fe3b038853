#include "dicom/display_header.h"

#include <algorithm>
#include <cctype>
#include <cstdio>

#include "base/error.h"
#include "dicom/functional_groups.h"

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

WindowFunction FunctionOf(const std::string& name) {
  if (name == "SIGMOID") return WindowFunction::kSigmoid;
  if (name == "LINEAR_EXACT") return WindowFunction::kLinearExact;
  return WindowFunction::kLinear;
}

/// Whether values after the modality step may be negative, which decides how a VOI LUT's first
/// input is read (PS3.3 C.11.2.1.1).
bool ReadModality(DcmItem& dataset, bool is_signed, DisplayParameters& p, MammogramFacts& facts) {
  if (DcmItem* item = DicomSequenceItem(dataset, DCM_ModalityLUTSequence)) {
    p.modality_table = ReadTable(*item, is_signed);
    return false;
  }
  DcmItem& group = FunctionalGroup(dataset, DCM_PixelValueTransformationSequence);
  const double slope = DicomNumber(group, DCM_RescaleSlope).value_or(1);
  if (slope == 0) {
    facts.flags.emplace_back("rescale_invalid");
    return is_signed;
  }
  p.slope = slope;
  p.intercept = DicomNumber(group, DCM_RescaleIntercept).value_or(0);
  return is_signed || p.intercept < 0;
}

/// One of the alternatives that a file offers: a VOI LUT or a window.
struct VoiChoice {
  DcmItem* table = nullptr;
  Window window;
  std::string explanation;
  bool IsTable() const { return table != nullptr; }
};

/// VOI LUTs first, then windows: PS3.3 C.11.2.1 leaves the choice to the reader where a file has
/// both, and a LUT says more.
std::vector<VoiChoice> VoiChoices(DcmItem& dataset) {
  constexpr unsigned long kMost = 64;
  DcmItem& group = FunctionalGroup(dataset, DCM_FrameVOILUTSequence);
  std::vector<VoiChoice> choices;
  for (unsigned long i = 0; i < kMost; ++i) {
    DcmItem* table = DicomSequenceItem(group, DCM_VOILUTSequence, i);
    if (table == nullptr) break;
    choices.push_back({table, {}, DicomText(*table, DCM_LUTExplanation)});
  }
  const WindowFunction function = FunctionOf(DicomText(group, DCM_VOILUTFunction));
  for (unsigned long i = 0; i < kMost; ++i) {
    const auto center = DicomNumber(group, DCM_WindowCenter, i);
    const auto width = DicomNumber(group, DCM_WindowWidth, i);
    if (!center || !width) break;
    choices.push_back({nullptr,
                       {*center, *width, function},
                       DicomText(group, DCM_WindowCenterWidthExplanation, i)});
  }
  return choices;
}

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", value);
  return text;
}

std::string InWords(const VoiChoice& choice) {
  std::string text = "VOI LUT";
  if (!choice.IsTable()) {
    text = "window " + Number(choice.window.center) + " / " + Number(choice.window.width);
    if (choice.window.function == WindowFunction::kSigmoid) text += " SIGMOID";
    if (choice.window.function == WindowFunction::kLinearExact) text += " LINEAR_EXACT";
  }
  if (!choice.explanation.empty()) text += " (" + choice.explanation + ")";
  return text;
}

std::string Upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

/// The alternative that was asked for by its number from 1 or its explanation; the first one that
/// can be applied where nothing was asked for or the file has no such.
const VoiChoice* Chosen(const std::vector<VoiChoice>& choices, const std::string& wanted,
                        MammogramFacts& facts) {
  if (!wanted.empty()) {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const bool meant =
          wanted == std::to_string(i + 1) || Upper(wanted) == Upper(choices[i].explanation);
      if (meant && (choices[i].IsTable() || IsUsable(choices[i].window))) return &choices[i];
    }
    facts.flags.emplace_back("window_not_found");
  }
  for (const VoiChoice& choice : choices) {
    if (choice.IsTable() || IsUsable(choice.window)) return &choice;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> DescribeVoi(DcmItem& dataset) {
  std::vector<std::string> words;
  for (const VoiChoice& choice : VoiChoices(dataset)) words.push_back(InWords(choice));
  return words;
}

DisplayParameters ReadDisplayParameters(DcmItem& dataset, int stored_bits, bool is_signed,
                                        const std::string& wanted, MammogramFacts& facts) {
  DisplayParameters p;
  p.bits = stored_bits;
  p.is_signed = is_signed;
  if (const auto padding = Value16(dataset, DCM_PixelPaddingValue, 0, is_signed)) {
    const int limit = Value16(dataset, DCM_PixelPaddingRangeLimit, 0, is_signed).value_or(*padding);
    p.padding = std::minmax(*padding, limit);
  }
  const bool modality_signed = ReadModality(dataset, is_signed, p, facts);
  const auto choices = VoiChoices(dataset);
  if (!choices.empty() && !choices.front().IsTable() && !IsUsable(choices.front().window)) {
    facts.flags.emplace_back("window_invalid");
  }
  if (const VoiChoice* choice = Chosen(choices, wanted, facts)) {
    if (choice->IsTable()) {
      p.voi_table = ReadTable(*choice->table, modality_signed);
    } else {
      p.window = choice->window;
    }
  }
  const std::string shape = DicomText(dataset, DCM_PresentationLUTShape);
  p.inverted = shape.empty() ? facts.photometric == "MONOCHROME1" : shape == "INVERSE";
  return p;
}

}  // namespace mhcnn
