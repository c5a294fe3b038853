#include "mhcnn/results/flag_texts.h"

#include <map>

namespace mhcnn {
namespace {

// Advice about a flag.
constexpr const char* kNothing = "Nothing to do.";
constexpr const char* kLook = "Look at the outlines before you use the number.";
constexpr const char* kLeaveOut =
    "Look at the outlines. Leave the image out of a cautious analysis.";
constexpr const char* kApart = "Do not compare it with other images.";
constexpr const char* kSideAndView = "Check side and view of the image.";
constexpr const char* kAreas = "Use the percent; areas need a calibrated pixel spacing.";
constexpr const char* kModel = "Nothing to do; another model may give it.";
constexpr const char* kCategory = "Look at the image before you use the category.";
constexpr const char* kExam = "Check the Patient ID and the Study Instance UID of the files.";

/// Meaning of a flag, and advice.
struct FlagTexts {
  const char* sentence;
  const char* advice;
};

const FlagTexts* FindFlagTexts(const std::string& flag) {
  static const std::map<std::string, FlagTexts> words = {
      {"modality_not_mg",
       {"The image is not from a digital mammography unit (Modality is not MG).", kLook}},
      {"secondary_capture",
       {"The image is a Secondary Capture; its grey scale may be changed.", kLook}},
      {"mammogram_not_stated",
       {"The header does not state that the image shows a breast.", kLeaveOut}},
      {"laterality_conflict",
       {"The header gives two different sides; the first is used.", kSideAndView}},
      {"view_conflict",
       {"The header gives two different views; the coded one is used.", kSideAndView}},
      {"magnification_view",
       {"Magnification view: the percent describes only a part of the breast.", kLeaveOut}},
      {"spot_view",
       {"Spot compression view: the percent describes only a part of the breast.", kLeaveOut}},
      {"implant_displaced",
       {"Implant displaced view: the percent describes the breast in front of the implant.",
        kLeaveOut}},
      {"modified_view", {"Special view: do not compare it with a standard view.", kLeaveOut}},
      {"implant", {"The breast has an implant, which may be measured as dense tissue.", kLeaveOut}},
      {"partial_view", {"Partial view: the percent describes only the visible part.", kLeaveOut}},
      {"burned_in_annotation", {"There is text in the image.", kLook}},
      {"lossy_compressed",
       {"The image was compressed with loss; fine texture may be lost.", kNothing}},
      {"magnification_implausible",
       {"The magnification factor of the header is implausible and not used.", kAreas}},
      {"spacing_implausible", {"The pixel spacing is implausible: no areas are given.", kAreas}},
      {"spacing_uncalibrated",
       {"The pixel spacing is not calibrated: no areas are given.", kAreas}},
      {"photometric_conflict",
       {"The header gives contradictory information about bright and dark values.", kLeaveOut}},
      {"bits_conflict", {"The header does not match the bits of the pixels.", kNothing}},
      {"padding_assumed", {"One pixel value far from all others is treated as padding.", kLook}},
      {"voi_lut_short", {"The VOI LUT has fewer entries than stated.", kLook}},
      {"voi_lut_long", {"The VOI LUT has more entries than stated.", kLook}},
      {"voi_lut_unusable", {"The VOI LUT cannot be used.", kLook}},
      {"modality_lut_short", {"The Modality LUT has fewer entries than stated.", kLook}},
      {"modality_lut_long", {"The Modality LUT has more entries than stated.", kLook}},
      {"modality_lut_unusable", {"The Modality LUT cannot be used.", kLook}},
      {"window_invalid", {"A window of the header cannot be applied.", kLook}},
      {"rescale_invalid", {"The rescale slope is 0 and not used.", kLook}},
      {"window_not_found", {"The window that was asked for is not in the file.", kLook}},
      {"synthesised_2d",
       {"The image was computed from a tomosynthesis; its grey values may differ from those of a "
        "mammogram.",
        kApart}},
      {"syntax_conflict",
       {"The coding of the file is not the one that its header states.", kNothing}},
      {"trailing_bytes", {"There are bytes after the pixel data, which are not read.", kNothing}},
      {"end_missing",
       {"The end mark of the pixel data is missing; the image is complete.", kNothing}},
      {"elements_skipped",
       {"An element that does not describe the image cannot be read.", kNothing}},
      {"raw_converted",
       {"A raw image was converted: do not compare it with other images.", kLeaveOut}},
      {"inverted", {"The image was a negative and was inverted.", kNothing}},
      {"unlike_mammogram",
       {"The header states a mammogram, but the image does not look like one.", kLeaveOut}},
      {"polarity_inferred",
       {"The image was treated as a negative because it looks like one.", kLeaveOut}},
      {"no_background", {"The breast fills the whole image.", kLook}},
      {"saturated",
       {"Part of the breast is saturated: tissues there cannot be distinguished.", kLeaveOut}},
      {"low_contrast", {"The image has low contrast.", kLook}},
      {"low_resolution",
       {"The breast has few pixels: the percent may be a few points too high.", kLook}},
      {"breast_cut_off",
       {"The breast reaches the edge: the percent describes only the visible part.", kLeaveOut}},
      {"nipple_not_seen",
       {"The nipple is not in the image: the percent describes only the visible part.", kLook}},
      {"picture_cut",
       {"Part of the image is missing: the percent describes only the visible part.", kLeaveOut}},
      {"frame_removed", {"A frame around the image was removed.", kNothing}},
      {"several_breasts",
       {"The image shows more than one breast: the percent does not describe one breast.",
        kLeaveOut}},
      {"exif_turned", {"The pixels were turned as the file states.", kNothing}},
      {"view_inferred", {"The view was inferred from the image.", kSideAndView}},
      {"laterality_inferred", {"The side was inferred from the image.", kSideAndView}},
      {"projection_conflict",
       {"The header states CC, but a pectoral muscle is seen.", kSideAndView}},
      {"side_conflict", {"The chest wall is not on the side that the header states.", kLeaveOut}},
      {"pectoral_not_seen", {"No pectoral muscle is seen in an MLO view.", kLook}},
      {"rotated", {"The image is rotated by 90 degrees.", kNothing}},
      {"upside_down", {"The image was upside down.", kNothing}},
      {"spacing_missing", {"There is no reliable pixel spacing: no areas are given.", kAreas}},
      {"out_of_distribution",
       {"The image is unlike the images that the model was trained on.", kLeaveOut}},
      {"no_segmentation", {"The model draws no masks.", kModel}},
      {"no_regression", {"The model has no regression head.", kModel}},
      {"no_classification", {"The model has no category head.", kModel}},
      {"heads_disagree",
       {"Two estimates of the percent disagree: the number is uncertain.", kLeaveOut}},
      {"outline_uncertain", {"The outline of the breast is uncertain.", kLeaveOut}},
      {"category_uncertain", {"The category is not clear.", kCategory}},
      {"study_mixed", {"The files belong to several patients or dates.", kExam}},
      {"views_disagree", {"CC and MLO of a breast disagree: one of the two may be wrong.", kLook}},
      {"breasts_differ", {"Left and right differ by more than 10 percent points.", kLook}},
      {"special_views_left_out", {"Special views are not in the averages.", kNothing}},
      {"only_special_views",
       {"A breast has no standard view: its percent describes only a part of it.", kApart}},
      {"side_unknown", {"The side of some images is not known.", kSideAndView}},
  };
  const auto found = words.find(flag);
  return found == words.end() ? nullptr : &found->second;
}

}  // namespace

std::string FlagSentence(const std::string& flag) {
  const FlagTexts* words = FindFlagTexts(flag);
  return words ? words->sentence : flag;
}

std::string FlagAdvice(const std::string& flag) {
  const FlagTexts* words = FindFlagTexts(flag);
  return words ? words->advice : "";
}

bool FlagAdvisesExclusion(const std::string& flag) {
  const FlagTexts* words = FindFlagTexts(flag);
  return words && words->advice == kLeaveOut;
}

std::vector<ErrorDescription> AllErrorDescriptions() {
  return {
      {"not_found", "the file does not exist, or it is a link to a file that does not exist",
       "check the path"},
      {"corrupt", "the file is damaged, cut short, or not what its name states",
       "get the file again"},
      {"unsupported",
       "the file is valid, but cannot be read here, for example a colour image or a 7z archive",
       "convert it"},
      {"out_of_scope",
       "the file can be read, but must not be measured, for example a CT or a raw image",
       "nothing to do, or do what the message states"},
      {"limit",
       "the file is larger than a limit (docs/hostile.md), needs too much memory, or two runs were "
       "killed while it was measured",
       "do what the message states, or check the file"},
      {"io", "the disk, the network or the permissions prevented reading",
       "run again with --resume"},
      {"internal", "this program has a defect", "report it"},
  };
}

}  // namespace mhcnn
