#include "mhcnn/dicom/uid.h"

#include <algorithm>

#include "mhcnn/base/random.h"
#include "mhcnn/dicom/syntax.h"

namespace mhcnn {

std::string UidFromNumber(std::array<std::uint32_t, 4> words) {
  words[1] = (words[1] & 0xFFFF0FFFU) | 0x8000U;
  words[2] = (words[2] & 0x3FFFFFFFU) | 0x80000000U;
  std::string digits;
  while (std::any_of(words.begin(), words.end(), [](std::uint32_t word) { return word != 0; })) {
    std::uint64_t remainder = 0;
    for (auto& word : words) {
      const std::uint64_t value = remainder << 32 | word;
      word = static_cast<std::uint32_t>(value / 10);
      remainder = value % 10;
    }
    digits += static_cast<char>('0' + remainder);
  }
  std::reverse(digits.begin(), digits.end());
  return "2.25." + digits;
}

/// The number is two Philox streams keyed by two FNV-1a hashes of the text.
std::string UidFromText(const std::string& text) {
  const auto hash = [&](std::uint64_t basis) {
    for (const char c : text) {
      basis = (basis ^ static_cast<unsigned char>(c)) * 0x100000001B3ULL;
    }
    return basis;
  };
  RandomStream stream(hash(0xCBF29CE484222325ULL), hash(0x84222325CBF29CE4ULL));
  std::array<std::uint32_t, 4> words{};
  for (auto& word : words) word = stream.Bits();
  return UidFromNumber(words);
}

std::string UidName(const std::string& uid) {
  if (IsHtj2k(uid)) return FindHtj2kName(uid);
  const DcmXfer syntax(uid.c_str());
  if (syntax.getXfer() != EXS_Unknown) return syntax.getXferName();
  const char* name = dcmFindNameOfUID(uid.c_str());
  return name != nullptr ? name : uid;
}

}  // namespace mhcnn
