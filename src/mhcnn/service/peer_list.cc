#include "mhcnn/service/peer_list.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "mhcnn/base/error.h"
#include "mhcnn/base/text.h"

namespace mhcnn {
namespace {

/// The bytes of a numeric address, 4 or 16; none for any other text.
std::vector<std::uint8_t> AddressBytes(std::string_view text) {
  const std::string address(text);
  std::array<std::uint8_t, 16> bytes{};
  if (::inet_pton(AF_INET, address.c_str(), bytes.data()) == 1) {
    return {bytes.begin(), bytes.begin() + 4};
  }
  if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return {};
  static constexpr std::array<std::uint8_t, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
    return {bytes.begin() + 12, bytes.end()};
  }
  return {bytes.begin(), bytes.end()};
}

[[noreturn]] void Refuse(const std::string& text, const std::string& problem) {
  throw Error(ErrorCode::kUsage, problem, ToDisplayText(text),
              "write a numeric address such as 192.0.2.1, or a range such as 192.0.2.0/24");
}

}  // namespace

AddressRange::AddressRange(const std::string& text) {
  if (text.empty()) return;
  const auto slash = text.find('/');
  bits_ = AddressBytes(text.substr(0, slash));
  if (bits_.empty()) Refuse(text, "is not a numeric address");
  const int most = static_cast<int>(bits_.size()) * 8;
  length_ = most;
  if (slash == std::string::npos) return;
  const std::string digits = text.substr(slash + 1);
  const bool is_number =
      !digits.empty() && digits.size() <= 3 &&
      std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  length_ = is_number ? std::stoi(digits) : -1;
  if (length_ < 0 || length_ > most) {
    Refuse(text, "needs a number from 0 to " + std::to_string(most) + " after its slash");
  }
  for (int bit = length_; bit < most; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if ((bits_[byte] >> (7 - bit % 8) & 1) != 0) {
      Refuse(text, "is not a range: it has bits set after the length of the prefix");
    }
  }
}

bool AddressRange::Contains(std::string_view address) const {
  if (bits_.empty()) return true;
  const auto bytes = AddressBytes(address);
  if (bytes.size() != bits_.size()) return false;
  for (int bit = 0; bit < length_; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    if (((bytes[byte] ^ bits_[byte]) >> (7 - bit % 8) & 1) != 0) return false;
  }
  return true;
}

bool PeerList::AllowsAddress(std::string_view address) const {
  return peers_.empty() || std::any_of(peers_.begin(), peers_.end(), [&](const Peer& peer) {
           return peer.addresses.Contains(address);
         });
}

bool PeerList::Allows(std::string_view ae_title, std::string_view address) const {
  return peers_.empty() || std::any_of(peers_.begin(), peers_.end(), [&](const Peer& peer) {
           return (peer.ae_title.empty() || peer.ae_title == ae_title) &&
                  peer.addresses.Contains(address);
         });
}

}  // namespace mhcnn
