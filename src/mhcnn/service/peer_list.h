#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// A range of addresses: "192.0.2.0/24", "2001:db8::/32", one address, or "" for all.
class AddressRange {
 public:
  /// Every address.
  AddressRange() = default;
  /// Throws Error(kUsage) for a text that is no address or range. Host names are refused: nothing
  /// is looked up.
  explicit AddressRange(const std::string& text);
  /// Whether the numeric address lies in the range; an IPv4 address mapped into IPv6 counts as
  /// IPv4.
  bool Contains(std::string_view address) const;

 private:
  std::vector<std::uint8_t> bits_;
  int length_ = -1;
};

/// Who may connect.
class PeerList {
 public:
  /// A peer: its AE title, or "" for any, and its addresses.
  struct Peer {
    std::string ae_title;    ///< "": any
    AddressRange addresses;  ///< where it may connect from
  };

  /// Adds one.
  void Add(Peer peer) { peers_.push_back(std::move(peer)); }
  /// Returns whether nobody was named, so that all may connect.
  bool empty() const { return peers_.empty(); }
  /// Whether somebody at this address may connect at all.
  bool AllowsAddress(std::string_view address) const;
  /// Whether this AE title may connect from this address.
  bool Allows(std::string_view ae_title, std::string_view address) const;

 private:
  std::vector<Peer> peers_;
};

}  // namespace mhcnn
