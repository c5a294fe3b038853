#include "mhcnn/dicom/charset.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <optional>

namespace mhcnn {
namespace {

constexpr char kEscape = 0x1B;

/// A term of the standard, letters and digits alone, and the C library's name of its set.
struct Term {
  std::string_view term;
  const char* set;
};

constexpr std::array<Term, 31> kTerms = {{
    {"ISOIR6", "ASCII"},
    {"ISOIR100", "ISO-8859-1"},
    {"ISOIR101", "ISO-8859-2"},
    {"ISOIR109", "ISO-8859-3"},
    {"ISOIR110", "ISO-8859-4"},
    {"ISOIR144", "ISO-8859-5"},
    {"ISOIR127", "ISO-8859-6"},
    {"ISOIR126", "ISO-8859-7"},
    {"ISOIR138", "ISO-8859-8"},
    {"ISOIR148", "ISO-8859-9"},
    {"ISOIR203", "ISO-8859-15"},
    {"ISOIR13", "JIS_X0201"},
    {"ISOIR166", "TIS-620"},
    {"ISOIR192", "UTF-8"},
    {"GB18030", "GB18030"},
    {"GBK", "GBK"},
    {"ISOIR87", "EUC-JP"},
    {"ISOIR159", "EUC-JP"},
    {"ISOIR149", "EUC-KR"},
    {"ISOIR58", "EUC-CN"},
    // Not the standard's, but seen.
    {"UTF8", "UTF-8"},
    {"LATIN1", "ISO-8859-1"},
    {"ISO88591", "ISO-8859-1"},
    {"GB2312", "GBK"},
    {"SHIFTJIS", "SHIFT_JIS"},
    {"SJIS", "SHIFT_JIS"},
    {"EUCJP", "EUC-JP"},
    {"EUCKR", "EUC-KR"},
    {"WINDOWS1251", "CP1251"},
    {"WINDOWS1252", "CP1252"},
    {"BIG5", "BIG5"},
}};

std::string LettersAndDigits(std::string_view text) {
  std::string kept;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80 && std::isalnum(byte) != 0) kept += static_cast<char>(std::toupper(byte));
  }
  return kept;
}

/// Returns the C library's name of a term's set; "" for a term that is not known.
std::string FindCharacterSet(std::string_view term) {
  std::string plain = LettersAndDigits(term);
  // "ISO 2022 IR 100" is ISO_IR 100 with code extensions.
  constexpr std::string_view kExtended = "ISO2022IR";
  if (plain.rfind(kExtended, 0) == 0) plain = "ISOIR" + plain.substr(kExtended.size());
  if (plain.empty()) return "ASCII";
  for (const Term& known : kTerms) {
    if (plain == known.term) return known.set;
  }
  return {};
}

/// Converts bytes of a set to UTF-8; nothing where the bytes are not text of the set.
std::optional<std::string> Convert(std::string_view bytes, const std::string& set) {
  // The C library has JIS X 0201 as part of Shift JIS alone: the same bytes.
  const iconv_t converter = iconv_open("UTF-8", set == "JIS_X0201" ? "SHIFT_JIS" : set.c_str());
  if (converter == reinterpret_cast<iconv_t>(-1)) return std::nullopt;
  std::string in(bytes), out;
  char* from = in.data();
  std::size_t left = in.size();
  bool good = true;
  while (good && left > 0) {
    std::array<char, 256> block{};
    char* to = block.data();
    std::size_t room = block.size();
    errno = 0;
    good = iconv(converter, &from, &left, &to, &room) != static_cast<std::size_t>(-1) ||
           errno == E2BIG;
    out.append(block.data(), to);
  }
  iconv_close(converter);
  if (!good) return std::nullopt;
  return out;
}

/// The set that an escape sequence (PS3.3 tables C.12-3 and C.12-4) designates, and for which half
/// of the codes: those below 128 (G0) or those above (G1).
struct Designation {
  std::string_view escape;
  bool high;
  const char* set;
  int bytes;                ///< number of bytes of a character
  std::string_view lead{};  ///< goes before each character in `set`
};

constexpr std::array<Designation, 18> kDesignations = {{
    {"(B", false, "ASCII", 1},
    {"(J", false, "JIS_X0201", 1},
    {")I", true, "JIS_X0201", 1},
    {"$B", false, "EUC-JP", 2},
    {"$(D", false, "EUC-JP", 2, "\x8F"},
    {"$)C", true, "EUC-KR", 2},
    {"$)A", true, "EUC-CN", 2},
    {"-A", true, "ISO-8859-1", 1},
    {"-B", true, "ISO-8859-2", 1},
    {"-C", true, "ISO-8859-3", 1},
    {"-D", true, "ISO-8859-4", 1},
    {"-L", true, "ISO-8859-5", 1},
    {"-G", true, "ISO-8859-6", 1},
    {"-F", true, "ISO-8859-7", 1},
    {"-H", true, "ISO-8859-8", 1},
    {"-M", true, "ISO-8859-9", 1},
    {"-b", true, "ISO-8859-15", 1},
    {"-T", true, "TIS-620", 1},
}};

const Designation* FindDesignation(std::string_view rest) {
  for (const Designation& known : kDesignations) {
    if (rest.substr(0, known.escape.size()) == known.escape) return &known;
  }
  // An older form of the Japanese two-byte set.
  static constexpr Designation kOld = {"$@", false, "EUC-JP", 2};
  return rest.substr(0, 2) == kOld.escape ? &kOld : nullptr;
}

/// Returns whether a character ends the sets in use: after it those of the beginning are used again
/// (PS3.5 6.1.2.5.3). Within a name no such rule is needed: its next component has its own escapes.
bool EndsSets(char c) { return c == '\\' || c == '\r' || c == '\n' || c == '\f' || c == '\t'; }

/// Follows the escape sequences of code extensions.
class Iso2022 {
 public:
  explicit Iso2022(const std::string& first_set) : first_set_(first_set) {}

  std::optional<std::string> Decode(std::string_view raw) {
    for (std::size_t at = 0; at < raw.size();) {
      if (raw[at] == kEscape) {
        const Designation* found = FindDesignation(raw.substr(at + 1));
        if (found == nullptr) return std::nullopt;
        (found->high ? high_ : low_) = found;
        at += 1 + found->escape.size();
        continue;
      }
      const bool is_high = (raw[at] & 0x80) != 0;
      const bool is_control = !is_high && static_cast<unsigned char>(raw[at]) < 0x21;
      const Designation* in_use = is_high ? high_ : low_;
      const std::size_t size =
          is_control || in_use == nullptr ? 1 : static_cast<std::size_t>(in_use->bytes);
      if (at + size > raw.size()) return std::nullopt;
      if (size == 1 && EndsSets(raw[at])) low_ = high_ = nullptr;
      const auto text = Character(raw.substr(at, size), is_high, is_control ? nullptr : in_use);
      if (!text) return std::nullopt;
      out_ += *text;
      at += size;
    }
    return out_;
  }

 private:
  std::optional<std::string> Character(std::string_view bytes, bool is_high,
                                       const Designation* in_use) const {
    if (in_use == nullptr && !is_high) return std::string(bytes);
    if (in_use == nullptr) return Convert(bytes, first_set_);
    // A yen sign and an overline stand in place of two of ASCII's; the first parts values.
    if (in_use->bytes == 1 && !is_high) return std::string(bytes);
    std::string coded(in_use->lead);
    for (const char c : bytes) coded += static_cast<char>(c | 0x80);
    return Convert(coded, in_use->set);
  }

  std::string first_set_, out_;
  const Designation* low_ = nullptr;
  const Designation* high_ = nullptr;
};

/// Multi-byte sets may have the code of a backslash within a character; text of one set.
std::optional<std::string> DecodePlain(std::string_view raw, const std::string& set) {
  if (set != "JIS_X0201") return Convert(raw, set);
  Iso2022 by_character(set);
  return by_character.Decode(raw);
}

}  // namespace

std::string DecodeText(std::string_view raw, const std::vector<std::string>& terms) {
  const bool plain =
      std::all_of(raw.begin(), raw.end(), [](char c) { return (c & 0x80) == 0 && c != kEscape; });
  if (plain) return std::string(raw);
  const std::string set = terms.empty() ? "ASCII" : FindCharacterSet(terms.front());
  if (raw.find(kEscape) != std::string_view::npos) {
    return Iso2022(set).Decode(raw).value_or(std::string(raw));
  }
  // Text that is UTF-8 is hardly ever meant as Latin-1.
  const bool may_be_utf8 = set.empty() || set == "ASCII" || set == "ISO-8859-1";
  if (may_be_utf8) {
    if (auto text = Convert(raw, "UTF-8")) return *text;
  }
  // A two-byte set named first, or one named second, without escape sequences.
  std::vector<std::string> sets = {set};
  for (std::size_t i = 1; i < terms.size(); ++i) sets.push_back(FindCharacterSet(terms[i]));
  for (const std::string& each : sets) {
    if (each.empty()) continue;
    if (auto text = DecodePlain(raw, each)) return *text;
  }
  return std::string(raw);
}

}  // namespace mhcnn
