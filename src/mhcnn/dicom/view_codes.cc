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

const ViewModifierCode* ModifierOfWord(std::string_view word) {
  /// Words that stand in View Position for modifiers of the standard.
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kOthers = {
      {{"SPOT", "S"},
       {"MAG", "M"},
       {"MAGNIFICATION", "M"},
       {"DISPLACED", "ID"},
       {"EKLUND", "ID"},
       {"TANGENTIAL", "TAN"},
       {"CLEAVAGE", "CV"},
       {"ROLLED", "RL"}}};
  for (const auto& [other, modifier] : kOthers) {
    if (word == other) return FindWord(ViewModifierCodes(), modifier);
  }
  return FindWord(ViewModifierCodes(), word);
}

/// The modifiers among words with blanks between them.
std::vector<const ViewModifierCode*> ModifiersIn(std::string_view words) {
  std::vector<const ViewModifierCode*> modifiers;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (const auto* modifier = ModifierOfWord(words.substr(0, end))) modifiers.push_back(modifier);
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return modifiers;
}

/// A view alone or with modifiers behind it: "MLOID", "CC SPOT MAG". Without a view: the modifiers.
ViewWord WithModifiers(std::string_view word) {
  const ViewCode* longest = nullptr;
  for (const ViewCode& code : ViewCodes()) {
    const std::string_view stem(code.word);
    if (word.rfind(stem, 0) != 0) continue;
    const std::string_view rest = word.substr(stem.size());
    const bool read = rest.empty() || rest[0] == ' ' || ModifierOfWord(rest) != nullptr;
    if (read && (longest == nullptr || stem.size() > std::string_view(longest->word).size()))
      longest = &code;
  }
  if (longest == nullptr) return {nullptr, ModifiersIn(word)};
  return {longest, ModifiersIn(word.substr(std::string_view(longest->word).size()))};
}

/// In capitals, with single spaces for what is neither letter nor digit.
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

ViewWord ReadViewWord(std::string_view text) {
  const std::string word = Words(text);
  static constexpr std::array<std::string_view, 9> kNothing = {
      "", "UNKNOWN", "NONE", "NA", "N A", "NULL", "UNDEFINED", "UNSPECIFIED", "NOT SPECIFIED"};
  if (std::find(kNothing.begin(), kNothing.end(), word) != kNothing.end()) return {};
  for (const auto& [name, side] : kSideWords) {
    if (word == name) return {};
  }
  const auto stated = [](ViewWord read, Laterality side) {
    read.side = side;
    read.stated = true;
    return read;
  };
  // "LM" and "LMO" are views, not sides.
  if (const ViewCode* exact = FindWord(ViewCodes(), word))
    return stated({exact}, Laterality::kUnknown);
  for (const auto& [name, side] : kSideWords) {
    if (word.size() <= name.size()) continue;
    if (word.rfind(name, 0) == 0) {
      const std::size_t rest = word[name.size()] == ' ' ? name.size() + 1 : name.size();
      const ViewWord read = WithModifiers(std::string_view(word).substr(rest));
      if (read.code != nullptr) return stated(read, side);
    }
    const std::size_t end = word.size() - name.size();
    if (std::string_view(word).substr(end) != name) continue;
    const bool apart = word[end - 1] == ' ';
    const std::string_view before = std::string_view(word).substr(0, apart ? end - 1 : end);
    const ViewWord read = apart ? WithModifiers(before) : ViewWord{FindWord(ViewCodes(), before)};
    // "CCL" may be meant for XCCL.
    if (read.code != nullptr && (apart || word != "CCL")) return stated(read, side);
  }
  return stated(WithModifiers(word), Laterality::kUnknown);
}

}  // namespace mhcnn
