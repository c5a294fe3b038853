#include <cmath>

#include "mhcnn/model/builder.h"

namespace mhcnn {
namespace {

constexpr double kEpsilon = 1e-3;  // TensorFlow's default for these networks

/// One row of the EfficientNet-B0 table (Tan & Le 2019), without squeeze-and-excitation in the Lite
/// variants.
struct Stage {
  int repeats, kernel, stride, expansion, channels;
};
constexpr std::array<Stage, 7> kStages = {{{1, 3, 1, 1, 16},
                                           {2, 3, 2, 6, 24},
                                           {2, 5, 2, 6, 40},
                                           {3, 3, 2, 6, 80},
                                           {3, 5, 1, 6, 112},
                                           {4, 5, 2, 6, 192},
                                           {1, 3, 1, 6, 320}}};

struct Multipliers {
  double width, depth;
};

Multipliers FindMultipliers(const std::string& encoder) {
  if (encoder == "efficientnet_lite1") return {1.0, 1.1};
  if (encoder == "efficientnet_lite2") return {1.1, 1.2};
  return {1.0, 1.0};
}

/// Channels to the nearest multiple of 8, never less than 90 % of the wish.
int RoundChannels(double channels) {
  int rounded = std::max(8, static_cast<int>(channels + 4) / 8 * 8);
  if (rounded < 0.9 * channels) rounded += 8;
  return rounded;
}

/// TensorFlow's "same" padding of an even side: the odd pixel goes to the end.
std::array<int, 4> TensorFlowSame(int kernel, int stride) {
  const int total = kernel - stride;
  const int before = total / 2, after = total - before;
  return {before, before, after, after};
}

class LiteBuilder {
 public:
  explicit LiteBuilder(NetworkBuilder& b) : b_(b) {}

  int ConvBn(const std::string& conv, const std::string& bn, int x, int channels, int kernel,
             int stride, int groups, bool activate) {
    x = b_.Conv(conv, x, channels, kernel, stride, TensorFlowSame(kernel, stride), groups);
    x = b_.BatchNorm(bn, x, kEpsilon);
    return activate ? b_.Relu6(bn + ".act", x) : x;
  }

  /// Depthwise separable block of the first stage.
  int Separable(const std::string& name, int input, int channels, int kernel, int stride) {
    int x = ConvBn(name + ".conv_dw", name + ".bn1", input, b_.Channels(input), kernel, stride,
                   b_.Channels(input), true);
    x = ConvBn(name + ".conv_pw", name + ".bn2", x, channels, 1, 1, 1, false);
    return Skip(name, input, x, stride);
  }

  /// Inverted residual block (Sandler et al. 2018).
  int Inverted(const std::string& name, int input, int channels, int kernel, int stride,
               int expansion) {
    const int wide = b_.Channels(input) * expansion;
    int x = ConvBn(name + ".conv_pw", name + ".bn1", input, wide, 1, 1, 1, true);
    x = ConvBn(name + ".conv_dw", name + ".bn2", x, wide, kernel, stride, wide, true);
    x = ConvBn(name + ".conv_pwl", name + ".bn3", x, channels, 1, 1, 1, false);
    return Skip(name, input, x, stride);
  }

 private:
  int Skip(const std::string& name, int input, int x, int stride) {
    return stride == 1 && b_.Channels(input) == b_.Channels(x) ? b_.Add(name + ".add", x, input)
                                                               : x;
  }

  NetworkBuilder& b_;
};

}  // namespace

Features BuildEfficientNetLite(NetworkBuilder& b, const std::string& encoder, int input) {
  const Multipliers multipliers = FindMultipliers(encoder);
  LiteBuilder lite(b);
  int x = lite.ConvBn("encoder.conv_stem", "encoder.bn1", input, 32, 3, 2, 1, true);
  Features features{};
  std::size_t level = 0;
  for (std::size_t s = 0; s < kStages.size(); ++s) {
    const Stage& stage = kStages[s];
    // The Lite variants scale neither the stem nor the repeats of the first and last stage.
    const bool fixed = s == 0 || s + 1 == kStages.size();
    const int repeats =
        fixed ? stage.repeats : static_cast<int>(std::ceil(stage.repeats * multipliers.depth));
    const int channels = RoundChannels(stage.channels * multipliers.width);
    if (stage.stride == 2) features[level++] = x;
    for (int r = 0; r < repeats; ++r) {
      const std::string name = "encoder.blocks." + std::to_string(s) + "." + std::to_string(r);
      const int stride = r == 0 ? stage.stride : 1;
      x = stage.expansion == 1
              ? lite.Separable(name, x, channels, stage.kernel, stride)
              : lite.Inverted(name, x, channels, stage.kernel, stride, stage.expansion);
    }
  }
  features[level] = x;
  return features;
}

}  // namespace mhcnn
