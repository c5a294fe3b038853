#include "mhcnn/dicom/display_header.h"

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/functional_groups.h"
#include "mhcnn/dicom/present_values.h"
#include "mhcnn/dicom/voi.h"
#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace {

void FlagLength(TableLength length, Flag if_short, Flag if_long, MammogramMetadata& metadata) {
  if (length == TableLength::kShort) AddFlag(metadata.flags, if_short);
  if (length == TableLength::kLong) AddFlag(metadata.flags, if_long);
}

/// Whether values after the modality step may be negative, which decides how a VOI LUT's first
/// input is read (PS3.3 C.11.2.1.1).
bool ReadModality(DcmItem& dataset, bool is_signed, DisplayParameters& p,
                  MammogramMetadata& metadata) {
  if (DcmItem* item = DicomSequenceItem(dataset, DCM_ModalityLUTSequence)) {
    if (auto stored = ReadLookupTable(*item, is_signed)) {
      FlagLength(stored->length, Flag::kModalityLutShort, Flag::kModalityLutLong, metadata);
      p.modality_table = std::move(stored->table);
      return false;
    }
    // An empty item says nothing of the values; half a table says that they are not to be used as
    // they are.
    if (item->card() > 0) {
      throw Error(ErrorCode::kCorrupt, "has a Modality LUT without descriptor or data");
    }
    AddFlag(metadata.flags, Flag::kModalityLutUnusable);
  }
  DcmItem& group = FindFunctionalGroup(dataset, DCM_PixelValueTransformationSequence);
  const double slope = DicomNumber(group, DCM_RescaleSlope).value_or(1);
  if (slope == 0) {
    AddFlag(metadata.flags, Flag::kRescaleInvalid);
    return is_signed;
  }
  p.slope = slope;
  p.intercept = DicomNumber(group, DCM_RescaleIntercept).value_or(0);
  return is_signed || p.intercept < 0;
}

/// Sets the VOI of `p` to the choice, or leaves it without one and returns false where the choice
/// cannot be used: it is not complete, or gives all values of the picture the same grey.
bool TryTable(const VoiChoice& choice, bool modality_signed, DisplayParameters& p,
              MammogramMetadata& metadata) {
  // A first input of the wrong sign puts the whole picture beyond one end of the table.
  for (const bool is_signed : {modality_signed, !modality_signed}) {
    auto stored = ReadLookupTable(*choice.table, is_signed);
    if (!stored) return false;
    p.voi_table = std::move(stored->table);
    if (!IsVoiFlat(p)) {
      FlagLength(stored->length, Flag::kVoiLutShort, Flag::kVoiLutLong, metadata);
      return true;
    }
    p.voi_table.reset();
  }
  return false;
}

bool TryWindow(const VoiChoice& choice, DisplayParameters& p, MammogramMetadata& metadata) {
  if (!choice.is_stated || !IsUsable(choice.window)) return false;
  p.window = choice.window;
  if (IsVoiFlat(p)) {
    p.window.reset();
    return false;
  }
  if (!choice.is_exact) AddFlag(metadata.flags, Flag::kWindowInvalid);
  return true;
}

bool TryChoice(const VoiChoice& choice, bool modality_signed, DisplayParameters& p,
               MammogramMetadata& metadata) {
  return choice.IsTable() ? TryTable(choice, modality_signed, p, metadata)
                          : TryWindow(choice, p, metadata);
}

/// A VOI that nobody asked for, under which something can be seen.
bool TryUnasked(const VoiChoice& choice, bool modality_signed,
                const std::vector<std::size_t>& counts, DisplayParameters& p,
                MammogramMetadata& metadata) {
  DisplayParameters tried = p;
  const auto flags = metadata.flags;
  if (!TryChoice(choice, modality_signed, tried, metadata)) return false;
  if (!counts.empty() && ShowsMostlyWhite(counts, tried)) {
    metadata.flags = flags;
    return false;
  }
  p = std::move(tried);
  return true;
}

/// Takes the alternative that was asked for by its number from 1 or its explanation; the first one
/// that can be applied where nothing was asked for or the file has no such.
void ChooseVoi(const std::vector<VoiChoice>& choices, const std::string& wanted,
               bool modality_signed, const std::vector<std::size_t>& counts, DisplayParameters& p,
               MammogramMetadata& metadata) {
  if (!wanted.empty()) {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const bool meant =
          wanted == std::to_string(i + 1) || ToUpper(wanted) == ToUpper(choices[i].explanation);
      if (meant && TryChoice(choices[i], modality_signed, p, metadata)) return;
    }
    AddFlag(metadata.flags, Flag::kWindowNotFound);
  }
  for (const VoiChoice& choice : choices) {
    if (TryUnasked(choice, modality_signed, counts, p, metadata)) return;
    AddFlag(metadata.flags, choice.IsTable() ? Flag::kVoiLutUnusable : Flag::kWindowInvalid);
  }
}

/// Pixel Padding Value and its range (PS3.3 C.7.5.1.1.2).
void ReadPadding(DcmItem& dataset, DisplayParameters& p) {
  const auto padding = ReadDicomValue16(dataset, DCM_PixelPaddingValue, 0, p.is_signed);
  if (!padding) return;
  const int limit =
      ReadDicomValue16(dataset, DCM_PixelPaddingRangeLimit, 0, p.is_signed).value_or(*padding);
  const int count = 1 << p.bits;
  // A negative value written as its bits alone, without its sign in those above Bits Stored.
  const auto with_sign = [&](int value) {
    const bool is_pattern = p.is_signed && value >= count / 2 && value < count;
    return is_pattern ? value - count : value;
  };
  p.padding = std::minmax({with_sign(*padding), with_sign(limit)});
}

}  // namespace

std::vector<std::string> DescribeVoi(DcmItem& dataset) {
  std::vector<std::string> words;
  for (const VoiChoice& choice : ListVoiChoices(dataset))
    words.push_back(DescribeVoiChoice(choice));
  return words;
}

DisplayParameters ReadDisplayParameters(DcmItem& dataset, int stored_bits, bool is_signed,
                                        const std::string& wanted, MammogramMetadata& metadata,
                                        const std::vector<std::size_t>& counts) {
  DisplayParameters p;
  p.bits = stored_bits;
  p.is_signed = is_signed;
  // A shape of another module (LIN OD) says nothing of it.
  const std::string shape = DicomText(dataset, DCM_PresentationLUTShape);
  p.inverted = shape == "INVERSE" || (shape != "IDENTITY" && metadata.photometric == "MONOCHROME1");
  ReadPadding(dataset, p);
  if (!counts.empty()) SetPresentRange(counts, p);
  const bool modality_signed = ReadModality(dataset, is_signed, p, metadata);
  if (metadata.photometric.rfind("PALETTE", 0) != 0) {  // whose entries are what is shown
    ChooseVoi(ListVoiChoices(dataset), wanted, modality_signed, counts, p, metadata);
  }
  if (!counts.empty() && AssumePadding(counts, p)) {
    SetPresentRange(counts, p);
    AddFlag(metadata.flags, Flag::kPaddingAssumed);
  }
  SetRange(counts, p);
  return p;
}

}  // namespace mhcnn
