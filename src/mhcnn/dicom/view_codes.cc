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

const ViewCode* CodeOfWord(std::string_view word) {
  const auto& codes = ViewCodes();
  const auto found =
      std::find_if(codes.begin(), codes.end(), [&](const ViewCode& c) { return word == c.word; });
  return found == codes.end() ? nullptr : &*found;
}

/// A view alone or with a modifier behind it: "MLOID", "CC SPOT".
const ViewCode* WithModifier(const std::string& word) {
  if (const ViewCode* exact = CodeOfWord(word)) return exact;
  for (const char* stem : {"MLO", "XCCL", "XCCM", "CC"}) {
    const std::string_view s(stem);
    if (word.rfind(s, 0) != 0) continue;
    const std::string rest = word.substr(s.size());
    for (const char* modifier : {"ID", "M", "S", "AT", "CV", "TAN", "RL", "RM", "RI", "RS"}) {
      if (rest == modifier || rest == std::string(" ") + modifier) return CodeOfWord(stem);
    }
    if (!rest.empty() && rest[0] == ' ') return CodeOfWord(stem);
  }
  return nullptr;
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
  // "LM" and "LMO" are views, not sides.
  if (const ViewCode* exact = CodeOfWord(word)) return {exact, Laterality::kUnknown};
  for (const auto& [name, side] : kSideWords) {
    if (word.size() <= name.size()) continue;
    if (word.rfind(name, 0) == 0) {
      const std::size_t rest = word[name.size()] == ' ' ? name.size() + 1 : name.size();
      if (const ViewCode* code = WithModifier(word.substr(rest))) return {code, side};
    }
    const std::size_t end = word.size() - name.size();
    if (end > 0 && word.substr(end) == name) {
      const bool apart = word[end - 1] == ' ';
      const ViewCode* code = CodeOfWord(word.substr(0, apart ? end - 1 : end));
      // "CCL" may be meant for XCCL.
      if (code != nullptr && (apart || word != "CCL")) return {code, side};
    }
  }
  return {WithModifier(word), Laterality::kUnknown};
}

}  // namespace mhcnn
