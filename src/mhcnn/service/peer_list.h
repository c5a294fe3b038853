#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mhcnn {

/// A range of addresses: "192.0.2.0/24", "2001:db8::/32", one address, or "" for all.
class AddressRange {
 public:
  /// Makes the range of all addresses.
  AddressRange() = default;
  /// Reads a range. Throws Error(kUsage) for a text that is not an address or range. Host names are
  /// refused: nothing is looked up.
  explicit AddressRange(const std::string& text);
  /// Returns whether the numeric address is in the range; an IPv4 address mapped into IPv6 counts
  /// as IPv4.
  bool Contains(std::string_view address) const;

 private:
  std::vector<std::uint8_t> bits_;
  int length_ = -1;
};

/// Peers that may connect.
class PeerList {
 public:
  /// A peer: its AE title, or "" for any, and its addresses.
  struct Peer {
    std::string ae_title;    ///< "": any
    AddressRange addresses;  ///< addresses that it may connect from
  };

  /// Adds a peer.
  void Add(Peer peer) { peers_.push_back(std::move(peer)); }
  /// Returns whether no peer was named, so that all may connect.
  bool empty() const { return peers_.empty(); }
  /// Returns whether any peer may connect from this address.
  bool AllowsAddress(std::string_view address) const;
  /// Returns whether this AE title may connect from this address.
  bool Allows(std::string_view ae_title, std::string_view address) const;

 private:
  std::vector<Peer> peers_;
};

}  // namespace mhcnn
