#pragma once

#include <array>
#include <cstdint>

namespace mhcnn {

/// Counter-based random stream (Philox4x32-10; Salmon et al., "Parallel random numbers: as easy as
/// 1, 2, 3", SC 2011). A stream is named by (seed, index, purpose), so case 17 draws the same
/// numbers whichever worker makes it.
class RandomStream {
 public:
  /// Makes the stream (seed, index, purpose), at its beginning.
  explicit RandomStream(std::uint64_t seed, std::uint64_t index = 0, std::uint32_t purpose = 0);

  /// Returns the next 32 random bits.
  std::uint32_t Bits();
  /// Returns a uniform number in [0, 1).
  double Uniform();
  /// Returns a uniform number in [low, high).
  double Uniform(double low, double high) { return low + (high - low) * Uniform(); }
  /// Returns a uniform integer in {0, …, n-1}; n > 0.
  std::uint32_t Integer(std::uint32_t n);
  /// Returns true with this probability, 0 to 1.
  bool Chance(double probability) { return Uniform() < probability; }
  /// Returns a standard normal number (Box-Muller).
  double Normal();
  /// Returns a normal number with this mean and standard deviation.
  double Normal(double mean, double deviation) { return mean + deviation * Normal(); }

 private:
  void Refill();

  std::array<std::uint32_t, 2> key_;
  std::array<std::uint32_t, 4> counter_;
  std::array<std::uint32_t, 4> block_{};
  int used_ = 4;
  bool has_spare_ = false;
  double spare_ = 0;
};

/// Returns one Philox4x32-10 block, for tests against the published vectors.
std::array<std::uint32_t, 4> Philox4x32(std::array<std::uint32_t, 4> counter,
                                        std::array<std::uint32_t, 2> key);

}  // namespace mhcnn
