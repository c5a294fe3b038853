#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace mhcnn {

/// An output of the network with the layers that make it.
enum class Head { kSegmentation, kRegression, kClassification };
/// Returns "segmentation", "regression" or "classification", as recipes and files name a head.
const char* HeadName(Head head);
/// Returns the head of a name. Throws Error(kUsage) naming the field `network.heads`.
Head ParseHead(const std::string& name);

/// Number of decoders that make the masks.
enum class Decoders {
  kShared,  ///< "shared": one for all masks
  kPerMask  ///< "per_mask": one for "dense", one for the others
};
/// Returns the word of recipes and files.
const char* DecodersName(Decoders decoders);
/// Returns the value of a word. Throws Error(kUsage) naming the field `network.decoders`.
Decoders ParseDecoders(const std::string& word);

/// Source of the category.
enum class CategorySource {
  kFeatures,  ///< "features": the encoder's last map
  kDenseMask  ///< "dense_mask": the mask, by a CNN of its own
};
/// Returns the word of recipes and files.
const char* CategorySourceName(CategorySource source);
/// Returns the value of a word. Throws Error(kUsage) naming the field `network.category_from`.
CategorySource ParseCategorySource(const std::string& word);

/// Returns the names of the encoders of feature maps, for which other programs have weights.
std::vector<std::string> EncoderNames();
/// Name of the baseline's encoder, whose only input is the histogram of the grey values.
inline constexpr const char* kPixelHistogram = "pixel_histogram";

/// Options of the network.
struct NetworkOptions {
  /// Name: resnet18/34/50/101, efficientnet_lite0/1/2, pixel_histogram.
  std::string encoder = "resnet101";
  /// Channels of the decoder's stages, from the coarsest.
  std::vector<int> decoder_channels{256, 128, 64, 32, 16};
  /// Masks of the segmentation head, in the order of its channels.
  std::vector<std::string> masks{"breast", "dense", "pectoral"};
  double dropout = 0.2;  ///< before the two linear heads
  /// Heads of the network; a head that is not in the list has no layers and no output.
  std::vector<Head> heads{Head::kSegmentation, Head::kRegression, Head::kClassification};
  /// Decoders of the masks.
  Decoders decoders = Decoders::kShared;
  /// Source of the category.
  CategorySource category_from = CategorySource::kFeatures;

  /// Returns whether the network has a head.
  bool Has(Head head) const;
  int MaskIndex(const std::string& mask) const;  ///< returns -1 for an unknown name
  void Check() const;                            ///< throws Error(kUsage) naming the field
  /// Compares all fields.
  bool operator==(const NetworkOptions&) const = default;
};
/// Writes all fields.
void to_json(nlohmann::json& json, const NetworkOptions& options);
/// Reads all fields. Throws Error(kCorrupt) naming the field that is wrong.
void from_json(const nlohmann::json& json, NetworkOptions& options);

}  // namespace mhcnn
