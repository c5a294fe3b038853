#pragma once

#include <span>
#include <string>
#include <vector>

namespace mhcnn::phantom {

/// A uniform distribution.
struct UniformRange {
  double low = 0, high = 0;  ///< ends
};

/// A kind of picture: what a sort of system or scanner makes of the detector's signal. The families
/// are named by what is seen, not by vendors: they were set by eye after pictures in publications,
/// and no vendor's processing is known here. The fields mean the same as in Appearance; a family
/// does not have what it leaves out.
struct AppearanceFamily {
  const char* name = "";  ///< name on the command line
  bool film = false;      ///< whether it is digitised film
  double weight = 1;      ///< how often it is drawn
  /// Distributions of the fields of these names in Appearance.
  UniformRange film_slope{}, film_exposure{}, scan_low{}, scan_high{};
  double equalised = 0;  ///< how often the periphery is equalised
  /// Distributions of the fields of these names in Appearance.
  UniformRange equalisation{}, equalisation_mm{1, 1};
  /// Distributions of Appearance::unsharp, from fine to coarse.
  UniformRange unsharp_fine{}, unsharp_middle{}, unsharp_coarse{};
  /// Distributions of the fields of these names in Appearance.
  UniformRange window_low{}, window_high{};
  double curved = 0;                 ///< how often the window is a sigmoid
  UniformRange curve{};              ///< steepness of the sigmoid
  double gamma_deviation = 0;        ///< standard deviation of the logarithm of Appearance::gamma
  double clean = 0;                  ///< how often the background is evened out
  UniformRange background{};         ///< grey of the background
  UniformRange grain{}, grain_mm{};  ///< distributions of the fields of these names in Appearance
};

/// Returns all families, in a fixed order.
std::span<const AppearanceFamily> AppearanceFamilies();
/// Returns the families of these names, all where there is no name. Throws Error(kUsage) for a name
/// that does not exist, listing those that do.
std::vector<const AppearanceFamily*> FindAppearanceFamilies(const std::vector<std::string>& names);

}  // namespace mhcnn::phantom
