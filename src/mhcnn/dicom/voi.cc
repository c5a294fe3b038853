#include "mhcnn/dicom/voi.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "mhcnn/base/text.h"
#include "mhcnn/dicom/functional_groups.h"

namespace mhcnn {
namespace {

constexpr unsigned long kMaxChoices = 64;

/// The word in capitals, what is no letter between as "_": "Linear exact" is LINEAR_EXACT.
std::string NormalizeWord(const std::string& name) {
  std::string word;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalpha(byte) != 0) {
      word += static_cast<char>(std::toupper(byte));
    } else if (!word.empty() && word.back() != '_') {
      word += '_';
    }
  }
  while (!word.empty() && word.back() == '_') word.pop_back();
  return word;
}

/// VOI LUT Function (0028,1056); nothing where it is none of the standard's.
std::optional<WindowFunction> ParseWindowFunction(const std::string& name) {
  const std::string word = NormalizeWord(name);
  if (word.empty() || word == "LINEAR") return WindowFunction::kLinear;
  if (word == "LINEAR_EXACT" || word == "LINEAREXACT") return WindowFunction::kLinearExact;
  if (word == "SIGMOID" || word == "SIGMOIDAL") return WindowFunction::kSigmoid;
  return std::nullopt;
}

/// Reads a number and nothing else: text behind the digits would make it a number read in part.
std::optional<double> WholeNumber(std::string text) {
  // A decimal comma; a list's brackets and quotes, which some programs write with the value.
  std::replace(text.begin(), text.end(), ',', '.');
  const auto is_wrapping = [](char c) {
    return std::string_view("[]()'\" ").find(c) != std::string_view::npos;
  };
  text.erase(std::remove_if(text.begin(), text.end(), is_wrapping), text.end());
  if (!text.empty() && text.front() == '+') text.erase(0, 1);
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stopped != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

/// A window's values as numbers, beside their texts.
struct Pair {
  std::string center, width;
};

/// Centers and widths that belong together: by their place; where no place has both, as many of
/// one as of the other in their order.
std::vector<Pair> Pairs(DcmItem& group) {
  std::vector<std::string> centers = DicomTexts(group, DCM_WindowCenter);
  std::vector<std::string> widths = DicomTexts(group, DCM_WindowWidth);
  const auto drop_empty = [](std::vector<std::string>& values) {
    values.erase(std::remove(values.begin(), values.end(), ""), values.end());
  };
  bool any = false;
  for (std::size_t i = 0; i < std::min(centers.size(), widths.size()); ++i) {
    any = any || (!centers[i].empty() && !widths[i].empty());
  }
  if (!any) {
    drop_empty(centers);
    drop_empty(widths);
  }
  std::vector<Pair> pairs;
  for (std::size_t i = 0;
       i < std::min<std::size_t>(kMaxChoices, std::max(centers.size(), widths.size())); ++i) {
    pairs.push_back({i < centers.size() ? centers[i] : "", i < widths.size() ? widths[i] : ""});
  }
  return pairs;
}

void AddTables(DcmItem& group, std::vector<VoiChoice>& choices) {
  for (unsigned long i = 0; i < kMaxChoices; ++i) {
    DcmItem* table = DicomSequenceItem(group, DCM_VOILUTSequence, i);
    if (table == nullptr) break;
    VoiChoice choice;
    choice.table = table;
    choice.explanation = DicomText(*table, DCM_LUTExplanation);
    choices.push_back(choice);
  }
}

void AddWindows(DcmItem& group, std::vector<VoiChoice>& choices) {
  const auto function = ParseWindowFunction(DicomText(group, DCM_VOILUTFunction));
  unsigned long place = 0;
  for (const Pair& pair : Pairs(group)) {
    const unsigned long at = place++;
    if (pair.center.empty() && pair.width.empty()) continue;
    const auto center = WholeNumber(pair.center), width = WholeNumber(pair.width);
    VoiChoice choice;
    choice.is_stated = center && width;
    choice.is_exact = function.has_value();
    choice.text = pair.center + " / " + pair.width;
    choice.window = {center.value_or(0), width.value_or(0),
                     function.value_or(WindowFunction::kLinear)};
    choice.explanation = DicomText(group, DCM_WindowCenterWidthExplanation, at);
    choices.push_back(choice);
  }
}

std::string Number(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%g", value);
  return text;
}

}  // namespace

std::vector<VoiChoice> ListVoiChoices(DcmItem& dataset) {
  DcmItem& group = FindFunctionalGroup(dataset, DCM_FrameVOILUTSequence);
  std::vector<VoiChoice> choices;
  AddTables(group, choices);
  AddWindows(group, choices);
  if (choices.empty() && &group != &dataset) {
    AddTables(dataset, choices);
    AddWindows(dataset, choices);
  }
  return choices;
}

std::string DescribeVoiChoice(const VoiChoice& choice) {
  std::string text = "VOI LUT";
  if (!choice.IsTable() && !choice.is_stated) {
    text = "window " + choice.text + " (no number)";
  } else if (!choice.IsTable()) {
    text = "window " + Number(choice.window.center) + " / " + Number(choice.window.width);
    if (choice.window.function == WindowFunction::kSigmoid) text += " SIGMOID";
    if (choice.window.function == WindowFunction::kLinearExact) text += " LINEAR_EXACT";
  }
  if (!choice.explanation.empty()) text += " (" + choice.explanation + ")";
  return text;
}

}  // namespace mhcnn
