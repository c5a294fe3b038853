#include "mhcnn/results/uids.h"

#include "mhcnn/base/sha256.h"
#include "mhcnn/dicom/uid.h"

namespace mhcnn {

std::string JoinUnambiguously(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text += std::to_string(part.size()) + ":" + part + ";";
  return text;
}

std::string UidFromTexts(const std::vector<std::string>& parts) {
  const std::string text = JoinUnambiguously(parts);
  Sha256 hash;
  hash.Add(text.data(), text.size());
  const Sha256::Digest digest = hash.Finish();
  std::array<std::uint32_t, 4> words{};
  for (std::size_t i = 0; i < 16; ++i) words[i / 4] = words[i / 4] << 8 | digest[i];
  return UidFromNumber(words);
}

}  // namespace mhcnn
