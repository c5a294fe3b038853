#include "mhcnn/dicom/view_codes.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace mhcnn {

const std::vector<ViewCode>& ViewCodes() {
  static const std::vector<ViewCode> kCodes = {
      {"399162004", "R-10242", "CC", "cranio-caudal", View::kCC},
      {"399368009", "R-10226", "MLO", "medio-lateral oblique", View::kMLO},
      {"399260004", "R-10224", "ML", "medio-lateral", View::kOther},
      {"399352003", "R-10228", "LM", "latero-medial", View::kOther},
      {"399099002", "R-10230", "LMO", "latero-medial oblique", View::kOther},
      {"399196006", "R-10244", "FB", "caudo-cranial (from below)", View::kOther},
      {"399188001", "R-102D0", "SIO", "superolateral to inferomedial oblique", View::kOther},
      {"441555000", "R-40AAA", "ISO", "inferomedial to superolateral oblique", View::kOther},
      {"399192008", "R-1024A", "XCCL", "cranio-caudal exaggerated laterally", View::kOther},
      {"399101009", "R-1024B", "XCCM", "cranio-caudal exaggerated medially", View::kOther},
      {"399265009", "R-102CF", "XCC", "cranio-caudal exaggerated", View::kOther},
      {"127457009", "G-8310", "SPECIMEN", "tissue specimen from breast", View::kOther},
  };
  return kCodes;
}

const std::vector<ViewModifierCode>& ViewModifierCodes() {
  static const std::vector<ViewModifierCode> kCodes = {
      {"399163009", "R-102D6", "M", "magnification", Flag::kMagnificationView},
      {"399055006", "R-102D7", "S", "spot compression", Flag::kSpotView},
      {"399209000", "R-102D5", "ID", "implant displaced", Flag::kImplantDisplaced},
      {"399161006", "R-102D2", "CV", "cleavage", Flag::kModifiedView},
      {"399011000", "R-102D1", "AT", "axillary tail", Flag::kModifiedView},
      {"399197002", "R-102D3", "RL", "rolled lateral", Flag::kModifiedView},
      {"399226006", "R-102D4", "RM", "rolled medial", Flag::kModifiedView},
      {"414493004", "R-102CA", "RI", "rolled inferior", Flag::kModifiedView},
      {"415670009", "R-102C9", "RS", "rolled superior", Flag::kModifiedView},
      {"399110001", "R-102C2", "TAN", "tangential", Flag::kModifiedView},
      {"441752004", "P2-00161", "AC", "anterior compression", Flag::kModifiedView},
      {"442581004", "R-40AB3", "NP", "nipple in profile", {}},
      {"442580003", "R-40AB2", "AXT", "axillary tissue", {}},
      {"442593008", "R-40ABE", "IMF", "infra-mammary fold", {}},
  };
  return kCodes;
}

namespace {

template <typename Code>
const Code* FindCode(const std::vector<Code>& codes, std::string_view code) {
  const auto found = std::find_if(codes.begin(), codes.end(),
                                  [&](const Code& c) { return code == c.sct || code == c.srt; });
  return found == codes.end() ? nullptr : &*found;
}

}  // namespace

const ViewCode* FindViewCode(std::string_view code) { return FindCode(ViewCodes(), code); }

const ViewModifierCode* FindViewModifierCode(std::string_view code) {
  return FindCode(ViewModifierCodes(), code);
}

namespace {

template <typename Code>
const Code* FindWord(const std::vector<Code>& codes, std::string_view word) {
  const auto found =
      std::find_if(codes.begin(), codes.end(), [&](const Code& c) { return word == c.word; });
  return found == codes.end() ? nullptr : &*found;
}

const ViewModifierCode* FindModifierByWord(std::string_view word) {
  /// Words that stand in View Position for modifiers of the standard.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kOthers = {
      {{"SPOT", "S"},
       {"MAG", "M"},
       {"MAGNIFICATION", "M"},
       {"DISPLACED", "ID"},
       {"EKLUND", "ID"},
       {"TANGENTIAL", "TAN"},
       {"CLEAVAGE", "CV"},
       {"ROLLED", "RL"},
       {"AX", "AXT"}}};
  for (const auto& [other, modifier] : kOthers) {
    if (word == other) return FindWord(ViewModifierCodes(), modifier);
  }
  return FindWord(ViewModifierCodes(), word);
}

/// One word: a view ("MLO", "MLO45"), a modifier ("SPOT"), or a view with a modifier behind it
/// ("MLOID") or before it ("MCC"). Of the letters of sides in other languages the view is read:
/// "CCD".
ParsedView ReadOneWord(std::string_view word) {
  while (word.size() > 1 && std::isdigit(static_cast<unsigned char>(word.back())) != 0)
    word.remove_suffix(1);
  if (const ViewCode* exact = FindWord(ViewCodes(), word)) return {exact};
  if (const auto* modifier = FindModifierByWord(word)) return {nullptr, {modifier}};
  ParsedView read;
  for (const ViewCode& code : ViewCodes()) {
    const std::string_view stem(code.word);
    if (word.rfind(stem, 0) != 0) continue;
    const auto* modifier = FindModifierByWord(word.substr(stem.size()));
    const bool longer =
        read.code == nullptr || stem.size() > std::string_view(read.code->word).size();
    if (modifier != nullptr && longer) read = {&code, {modifier}};
  }
  if (read.code != nullptr || word.size() < 2) return read;
  if (word[0] == 'M' || word[0] == 'S') {
    if (const ViewCode* code = FindWord(ViewCodes(), word.substr(1)))
      return {code, {FindModifierByWord(word.substr(0, 1))}};
  }
  const std::string_view before = word.substr(0, word.size() - 1);
  const bool has_side = std::string_view("DEGI").find(word.back()) != std::string_view::npos;
  if (has_side && (before == "CC" || before == "MLO")) return {FindWord(ViewCodes(), before)};
  return {};
}

std::string_view FindFirstWord(std::string_view words) { return words.substr(0, words.find(' ')); }

/// The first view among words with blanks between them, and all modifiers.
ParsedView ReadWords(std::string_view words) {
  ParsedView all;
  while (!words.empty()) {
    const std::string_view word = FindFirstWord(words);
    const ParsedView read = ReadOneWord(word);
    if (all.code == nullptr) all.code = read.code;
    all.modifiers.insert(all.modifiers.end(), read.modifiers.begin(), read.modifiers.end());
    static constexpr std::array<std::string_view, 4> kOtherViews = {"LATERAL", "LAT", "AXILLA",
                                                                    "AXILLARY"};
    if (std::find(kOtherViews.begin(), kOtherViews.end(), word) != kOtherViews.end())
      all.other = true;
    words.remove_prefix(std::min(word.size() + 1, words.size()));
  }
  all.other = all.code == nullptr && (all.other || !all.modifiers.empty());
  return all;
}

/// Writes the names of views as their words.
std::string WithShortNames(std::string words) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kNames = {
      {{"MEDIO LATERAL OBLIQUE", "MLO"},
       {"MEDIOLATERAL OBLIQUE", "MLO"},
       {"CRANIO CAUDAL", "CC"},
       {"CRANIOCAUDAL", "CC"},
       {"MEDIO LATERAL", "ML"},
       {"MEDIOLATERAL", "ML"},
       {"LATERO MEDIAL", "LM"},
       {"LATEROMEDIAL", "LM"}}};
  for (const auto& [name, word] : kNames) {
    const std::size_t at = words.find(name);
    if (at != std::string::npos) words.replace(at, name.size(), word);
  }
  return words;
}

/// Returns the text in capitals, with single spaces for what is neither letter nor digit.
std::string Words(std::string_view text) {
  std::string words;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte) != 0) {
      words += static_cast<char>(std::toupper(byte));
    } else if (!words.empty() && words.back() != ' ') {
      words += ' ';
    }
  }
  if (!words.empty() && words.back() == ' ') words.pop_back();
  return words;
}

struct SideWord {
  std::string_view word;
  Laterality side;
};

constexpr std::array<SideWord, 8> kSideWords = {{{"RIGHT", Laterality::kRight},
                                                 {"LEFT", Laterality::kLeft},
                                                 {"RT", Laterality::kRight},
                                                 {"LT", Laterality::kLeft},
                                                 {"RE", Laterality::kRight},
                                                 {"LI", Laterality::kLeft},
                                                 {"R", Laterality::kRight},
                                                 {"L", Laterality::kLeft}}};

}  // namespace

ParsedView ParseView(std::string_view text) {
  const std::string word = WithShortNames(Words(text));
  // "LM" and "LMO" are views, not sides.
  if (const ViewCode* exact = FindWord(ViewCodes(), word)) return {exact};
  const auto of_side = [](ParsedView read, Laterality side) {
    read.side = side;
    return read;
  };
  for (const auto& [name, side] : kSideWords) {
    if (word.size() <= name.size()) continue;
    if (word.rfind(name, 0) == 0) {
      const bool apart = word[name.size()] == ' ';
      const std::string_view rest = std::string_view(word).substr(name.size() + (apart ? 1 : 0));
      const ParsedView read = ReadWords(rest);
      // "REPEAT CC" names no side.
      if (read.code != nullptr && (apart || ReadOneWord(FindFirstWord(rest)).code != nullptr))
        return of_side(read, side);
    }
    const std::size_t end = word.size() - name.size();
    if (std::string_view(word).substr(end) != name) continue;
    const bool apart = word[end - 1] == ' ';
    const std::string_view before = std::string_view(word).substr(0, apart ? end - 1 : end);
    const ParsedView read = apart ? ReadWords(before) : ParsedView{FindWord(ViewCodes(), before)};
    // "CCL" may be meant for XCCL.
    if (read.code != nullptr && (apart || word != "CCL")) return of_side(read, side);
  }
  return ReadWords(word);
}

}  // namespace mhcnn
