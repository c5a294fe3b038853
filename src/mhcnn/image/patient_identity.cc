#include "mhcnn/image/patient_identity.h"

#include <algorithm>
#include <cctype>

#include "mhcnn/base/text.h"

namespace mhcnn {

std::string NormalizeId(const std::string& text) {
  std::string plain;
  for (const char c : Trim(text)) {
    if (c == ' ' && plain.ends_with(' ')) continue;
    plain += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return plain;
}

std::string ToPlainDate(const std::string& text) {
  std::string digits;
  for (const char c : text) {
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) digits += c;
    if (digits.size() == 8) break;
  }
  if (digits.size() != 8 || digits <= "19000101") return {};
  const std::string month = digits.substr(4, 2), day = digits.substr(6);
  const bool real = month >= "01" && month <= "12" && day >= "01" && day <= "31";
  return real ? digits : std::string();
}

std::string HashBirthDate(const std::string& date) {
  const std::string plain = ToPlainDate(date);
  return plain.empty() ? plain : ToHexDigits(Fnv1a(plain));
}

std::vector<std::string> HashNameParts(const std::string& name) {
  std::string words = NormalizeId(name);
  std::ranges::replace_if(
      words, [](char c) { return c == '^' || c == '=' || c == ','; }, ' ');
  std::vector<std::string> hashes;
  for (std::size_t begin = 0; begin < words.size();) {
    const std::size_t end = std::min(words.find(' ', begin), words.size());
    if (end > begin) hashes.push_back(ToHexDigits(Fnv1a(words.substr(begin, end - begin))));
    begin = end + 1;
  }
  std::ranges::sort(hashes);
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  return hashes;
}

}  // namespace mhcnn
