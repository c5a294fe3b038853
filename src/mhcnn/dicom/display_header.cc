#include "mhcnn/dicom/display_header.h"

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"
#include "mhcnn/dicom/functional_groups.h"
#include "mhcnn/dicom/present_values.h"
#include "mhcnn/dicom/voi.h"
#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace {

void FlagLength(TableLength length, Flag if_short, Flag if_long, MammogramMetadata& facts) {
  if (length == TableLength::kShort) AddFlag(facts.flags, if_short);
  if (length == TableLength::kLong) AddFlag(facts.flags, if_long);
}

/// Whether values after the modality step may be negative, which decides how a VOI LUT's first
/// input is read (PS3.3 C.11.2.1.1).
bool ReadModality(DcmItem& dataset, bool is_signed, DisplayParameters& p,
                  MammogramMetadata& facts) {
  if (DcmItem* item = DicomSequenceItem(dataset, DCM_ModalityLUTSequence)) {
    if (auto stored = ReadLookupTable(*item, is_signed)) {
      FlagLength(stored->length, Flag::kModalityLutShort, Flag::kModalityLutLong, facts);
      p.modality_table = std::move(stored->table);
      return false;
    }
    // An empty item says nothing of the values; half a table says that they are not to be used as
    // they are.
    if (item->card() > 0) {
      throw Error(ErrorCode::kCorrupt, "has a Modality LUT without descriptor or data");
    }
    AddFlag(facts.flags, Flag::kModalityLutUnusable);
  }
  DcmItem& group = FunctionalGroup(dataset, DCM_PixelValueTransformationSequence);
  const double slope = DicomNumber(group, DCM_RescaleSlope).value_or(1);
  if (slope == 0) {
    AddFlag(facts.flags, Flag::kRescaleInvalid);
    return is_signed;
  }
  p.slope = slope;
  p.intercept = DicomNumber(group, DCM_RescaleIntercept).value_or(0);
  return is_signed || p.intercept < 0;
}

/// Sets the VOI of `p` to the choice, or leaves it without one and returns false where the choice
/// cannot be used: it is not complete, or gives all values of the picture the same grey.
bool TryTable(const VoiChoice& choice, bool modality_signed, DisplayParameters& p,
              MammogramMetadata& facts) {
  // A first input of the wrong sign puts the whole picture beyond one end of the table.
  for (const bool is_signed : {modality_signed, !modality_signed}) {
    auto stored = ReadLookupTable(*choice.table, is_signed);
    if (!stored) return false;
    p.voi_table = std::move(stored->table);
    if (!VoiIsFlat(p)) {
      FlagLength(stored->length, Flag::kVoiLutShort, Flag::kVoiLutLong, facts);
      return true;
    }
    p.voi_table.reset();
  }
  return false;
}

bool TryWindow(const VoiChoice& choice, DisplayParameters& p, MammogramMetadata& facts) {
  if (!choice.is_stated || !IsUsable(choice.window)) return false;
  p.window = choice.window;
  if (VoiIsFlat(p)) {
    p.window.reset();
    return false;
  }
  if (!choice.is_exact) AddFlag(facts.flags, Flag::kWindowInvalid);
  return true;
}

bool Try(const VoiChoice& choice, bool modality_signed, DisplayParameters& p,
         MammogramMetadata& facts) {
  return choice.IsTable() ? TryTable(choice, modality_signed, p, facts)
                          : TryWindow(choice, p, facts);
}

/// A VOI that nobody asked for, under which something can be seen.
bool TryUnasked(const VoiChoice& choice, bool modality_signed,
                const std::vector<std::size_t>& counts, DisplayParameters& p,
                MammogramMetadata& facts) {
  DisplayParameters tried = p;
  const auto flags = facts.flags;
  if (!Try(choice, modality_signed, tried, facts)) return false;
  if (!counts.empty() && ShowsMostlyWhite(counts, tried)) {
    facts.flags = flags;
    return false;
  }
  p = std::move(tried);
  return true;
}

/// Takes the alternative that was asked for by its number from 1 or its explanation; the first one
/// that can be applied where nothing was asked for or the file has no such.
void ChooseVoi(const std::vector<VoiChoice>& choices, const std::string& wanted,
               bool modality_signed, const std::vector<std::size_t>& counts, DisplayParameters& p,
               MammogramMetadata& facts) {
  if (!wanted.empty()) {
    for (std::size_t i = 0; i < choices.size(); ++i) {
      const bool meant =
          wanted == std::to_string(i + 1) || UpperCase(wanted) == UpperCase(choices[i].explanation);
      if (meant && Try(choices[i], modality_signed, p, facts)) return;
    }
    AddFlag(facts.flags, Flag::kWindowNotFound);
  }
  for (const VoiChoice& choice : choices) {
    if (TryUnasked(choice, modality_signed, counts, p, facts)) return;
    AddFlag(facts.flags, choice.IsTable() ? Flag::kVoiLutUnusable : Flag::kWindowInvalid);
  }
}

/// Pixel Padding Value and its range (PS3.3 C.7.5.1.1.2).
void ReadPadding(DcmItem& dataset, DisplayParameters& p) {
  const auto padding = DicomValue16(dataset, DCM_PixelPaddingValue, 0, p.is_signed);
  if (!padding) return;
  const int limit =
      DicomValue16(dataset, DCM_PixelPaddingRangeLimit, 0, p.is_signed).value_or(*padding);
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
  for (const VoiChoice& choice : VoiChoices(dataset)) words.push_back(InWords(choice));
  return words;
}

DisplayParameters ReadDisplayParameters(DcmItem& dataset, int stored_bits, bool is_signed,
                                        const std::string& wanted, MammogramMetadata& facts,
                                        const std::vector<std::size_t>& counts) {
  DisplayParameters p;
  p.bits = stored_bits;
  p.is_signed = is_signed;
  // A shape of another module (LIN OD) says nothing of it.
  const std::string shape = DicomText(dataset, DCM_PresentationLUTShape);
  p.inverted = shape == "INVERSE" || (shape != "IDENTITY" && facts.photometric == "MONOCHROME1");
  ReadPadding(dataset, p);
  if (!counts.empty()) SetPresent(counts, p);
  const bool modality_signed = ReadModality(dataset, is_signed, p, facts);
  if (facts.photometric.rfind("PALETTE", 0) != 0) {  // whose entries are what is shown
    ChooseVoi(VoiChoices(dataset), wanted, modality_signed, counts, p, facts);
  }
  if (!counts.empty() && AssumePadding(counts, p)) {
    SetPresent(counts, p);
    AddFlag(facts.flags, Flag::kPaddingAssumed);
  }
  SetRange(counts, p);
  return p;
}

}  // namespace mhcnn
