#pragma once

#include <span>
#include <string>
#include <vector>

namespace mhcnn::phantom {

/// A uniform distribution.
struct Range {
  double low = 0, high = 0;  ///< ends
};

/// A kind of picture: what a sort of system or scanner makes of the detector's signal. The families
/// are named by what is seen, not by vendors: they were set by eye after pictures in publications,
/// and no vendor's processing is known here. Meanings of the fields: Appearance; what a family
/// leaves out it does not have.
struct AppearanceFamily {
  const char* name = "";  ///< name on the command line
  bool film = false;      ///< digitised film, not a digital detector
  double weight = 1;      ///< how often it is drawn
  /// Distributions of the fields of these names in Appearance.
  Range film_slope{}, film_exposure{}, scan_low{}, scan_high{};
  double equalised = 0;  ///< how often the periphery is equalised
  /// Distributions of the fields of these names in Appearance.
  Range equalisation{}, equalisation_mm{1, 1};
  /// Distributions of Appearance::unsharp, from fine to coarse.
  Range unsharp_fine{}, unsharp_middle{}, unsharp_coarse{};
  /// Distributions of the fields of these names in Appearance.
  Range window_low{}, window_high{};
  double curved = 0;           ///< how often the window is a sigmoid
  Range curve{};               ///< steepness of the sigmoid
  double gamma_deviation = 0;  ///< standard deviation of the logarithm of Appearance::gamma
  double clean = 0;            ///< how often the background is evened out
  Range background{};          ///< grey of the background
  Range grain{}, grain_mm{};   ///< distributions of the fields of these names in Appearance
};

/// All families, in a fixed order.
std::span<const AppearanceFamily> AppearanceFamilies();
/// Those named, all where none is. Throws Error(kUsage) for a name that does not exist, listing
/// those that do.
std::vector<const AppearanceFamily*> FindAppearanceFamilies(const std::vector<std::string>& names);

}  // namespace mhcnn::phantom
