#include "mhcnn/phantom/appearance_family.h"

#include <algorithm>
#include <array>

#include "mhcnn/base/error.h"

namespace mhcnn::phantom {
namespace {

constexpr auto kFamilies = std::to_array<AppearanceFamily>({
    // Screen-film of ordinary contrast, digitised by a laser scanner.
    {.name = "film",
     .film = true,
     .weight = 2,
     .film_slope = {1.1, 1.7},
     .film_exposure = {0.0, 0.8},
     .scan_low = {-0.02, 0.03},
     .scan_high = {0.92, 1.1},
     .equalised = 0.05,
     .equalisation = {0.1, 0.6},
     .equalisation_mm = {1, 5},
     .unsharp_fine = {0, 0.3},
     .unsharp_middle = {0, 0.2},
     .gamma_deviation = 0.15,
     .background = {0, 0.05},
     .grain = {0.001, 0.006},
     .grain_mm = {0.1, 0.5}},
    // Steep film of the last generation: black periphery, white gland and muscle.
    {.name = "film-steep",
     .film = true,
     .weight = 2,
     .film_slope = {1.6, 2.5},
     .film_exposure = {0.2, 0.9},
     .scan_low = {-0.01, 0.06},
     .scan_high = {0.88, 1.03},
     .unsharp_fine = {0, 0.3},
     .unsharp_middle = {0, 0.15},
     .gamma_deviation = 0.15,
     .clean = 0.05,
     .background = {0, 0.06},
     .grain = {0.001, 0.006},
     .grain_mm = {0.1, 0.4}},
    // Soft or aged film on an early scanner: fog, a narrow range, coarse grain.
    {.name = "film-fogged",
     .film = true,
     .film_slope = {1.1, 1.6},
     .film_exposure = {0.1, 0.9},
     .scan_low = {-0.08, 0.02},
     .scan_high = {0.9, 1.1},
     .unsharp_fine = {0, 0.2},
     .unsharp_middle = {0, 0.1},
     .gamma_deviation = 0.2,
     .background = {0.02, 0.2},
     .grain = {0.003, 0.012},
     .grain_mm = {0.2, 0.6}},
    // A digital detector shown through a plain window, as the first systems did.
    {.name = "digital-plain",
     .equalised = 0.4,
     .equalisation = {0.1, 0.6},
     .equalisation_mm = {1, 5},
     .unsharp_fine = {0, 0.4},
     .unsharp_middle = {0, 0.2},
     .unsharp_coarse = {0, 0.1},
     .window_low = {0.2, 0.7},
     .window_high = {0, 0.4},
     .curved = 0.3,
     .curve = {2, 4},
     .gamma_deviation = 0.2,
     .clean = 0.6,
     .background = {0, 0.05},
     .grain = {0, 0.005},
     .grain_mm = {0.1, 0.3}},
    // The periphery lifted to the middle's grey, a sigmoid: tissue to the skin line.
    {.name = "digital-equalised",
     .weight = 1.5,
     .equalised = 1,
     .equalisation = {0.75, 1.05},
     .equalisation_mm = {1, 4},
     .unsharp_fine = {0.2, 0.8},
     .unsharp_middle = {0.1, 0.5},
     .unsharp_coarse = {0, 0.3},
     .window_low = {0.15, 0.5},
     .window_high = {0, 0.3},
     .curved = 0.8,
     .curve = {2, 5},
     .gamma_deviation = 0.15,
     .clean = 0.95,
     .background = {0, 0.02},
     .grain = {0, 0.004},
     .grain_mm = {0.1, 0.3}},
    // Strong local contrast: dark fat, white strands, a bright skin line.
    {.name = "digital-crisp",
     .weight = 1.5,
     .equalised = 1,
     .equalisation = {0.5, 1.0},
     .equalisation_mm = {1.5, 6},
     .unsharp_fine = {0.6, 1.8},
     .unsharp_middle = {0.4, 1.3},
     .unsharp_coarse = {0.2, 0.8},
     .window_low = {0.02, 0.35},
     .window_high = {-0.05, 0.25},
     .curved = 0.6,
     .curve = {2, 5.5},
     .gamma_deviation = 0.2,
     .clean = 0.95,
     .background = {0, 0.02},
     .grain = {0, 0.004},
     .grain_mm = {0.1, 0.3}},
    // Low contrast, light grey fat.
    {.name = "digital-soft",
     .equalised = 0.9,
     .equalisation = {0.4, 1.0},
     .equalisation_mm = {1, 6},
     .unsharp_fine = {0, 0.3},
     .unsharp_middle = {0, 0.3},
     .unsharp_coarse = {0, 0.3},
     .window_low = {0.5, 1.2},
     .window_high = {0.1, 0.7},
     .curved = 0.4,
     .curve = {1.5, 4},
     .gamma_deviation = 0.2,
     .clean = 0.8,
     .background = {0, 0.05},
     .grain = {0, 0.004},
     .grain_mm = {0.1, 0.3}},
    // Storage phosphor plates: noise, bands of frequencies lifted, a grey background.
    {.name = "plate",
     .equalised = 0.6,
     .equalisation = {0.2, 0.9},
     .equalisation_mm = {2, 8},
     .unsharp_fine = {0.3, 1.2},
     .unsharp_middle = {0.2, 0.8},
     .unsharp_coarse = {0, 0.5},
     .window_low = {0.15, 0.7},
     .window_high = {0, 0.4},
     .curved = 0.7,
     .curve = {2, 5},
     .gamma_deviation = 0.2,
     .clean = 0.4,
     .background = {0, 0.12},
     .grain = {0.003, 0.012},
     .grain_mm = {0.15, 0.5}},
    // Scanned slits that count photons: even thickness, a hard sigmoid.
    {.name = "digital-even",
     .equalised = 1,
     .equalisation = {0.9, 1.1},
     .equalisation_mm = {0.6, 2},
     .unsharp_fine = {0.3, 1.0},
     .unsharp_middle = {0.2, 0.7},
     .unsharp_coarse = {0.2, 0.7},
     .window_low = {0.05, 0.35},
     .window_high = {0, 0.25},
     .curved = 1,
     .curve = {3, 6},
     .gamma_deviation = 0.15,
     .clean = 1,
     .background = {0, 0.01},
     .grain = {0, 0.003},
     .grain_mm = {0.1, 0.2}},
    // Pictures computed from tomosynthesis: strands drawn hard, coarse noise.
    {.name = "synthesised",
     .weight = 0.7,
     .equalised = 1,
     .equalisation = {0.7, 1.1},
     .equalisation_mm = {1, 4},
     .unsharp_fine = {1.2, 2.6},
     .unsharp_middle = {0.4, 1.2},
     .unsharp_coarse = {0.1, 0.6},
     .window_low = {0.1, 0.5},
     .window_high = {0, 0.35},
     .curved = 0.6,
     .curve = {2, 5},
     .gamma_deviation = 0.2,
     .clean = 0.9,
     .background = {0, 0.04},
     .grain = {0.003, 0.015},
     .grain_mm = {0.2, 0.8}},
});

}  // namespace

std::span<const AppearanceFamily> AppearanceFamilies() { return kFamilies; }

std::vector<const AppearanceFamily*> FindAppearanceFamilies(const std::vector<std::string>& names) {
  std::vector<const AppearanceFamily*> found;
  for (const AppearanceFamily& family : kFamilies) {
    if (names.empty() || std::ranges::find(names, family.name) != names.end()) {
      found.push_back(&family);
    }
  }
  for (const std::string& name : names) {
    if (std::ranges::none_of(kFamilies,
                             [&](const AppearanceFamily& f) { return name == f.name; })) {
      std::string known;
      for (const AppearanceFamily& f : kFamilies)
        known += (known.empty() ? "" : ", ") + std::string(f.name);
      throw Error(ErrorCode::kUsage, "no appearance is called '" + name + "'; there are " + known,
                  "appearances");
    }
  }
  return found;
}

}  // namespace mhcnn::phantom
