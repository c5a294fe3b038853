#pragma once

#include <string>
#include <vector>

#include "mhcnn/model/network.h"

namespace mhcnn {

/// Appends layers to a network; each call returns the new layer's index.
class NetworkBuilder {
 public:
  /// Appends to `network`, which must live longer.
  explicit NetworkBuilder(Network& network) : network_(network) {}

  /// Sets the module that the layers added from now on belong to.
  void SetModule(Module module) { module_ = module; }
  /// Returns the number of channels of a layer's output.
  int Channels(int layer) const {
    return network_.layers[static_cast<std::size_t>(layer)].out_channels;
  }

  /// Appends the input: one channel.
  int Input();
  /// Appends a convolution. `pads`: top, left, bottom, right.
  int Conv(const std::string& name, int input, int out_channels, int kernel, int stride,
           std::array<int, 4> pads, int groups = 1, bool bias = false);
  /// Appends batch normalisation.
  int BatchNorm(const std::string& name, int input, double epsilon = 1e-5);
  /// Appends max(x, 0).
  int Relu(const std::string& name, int input);
  /// Appends min(max(x, 0), 6).
  int Relu6(const std::string& name, int input);
  /// Appends the maximum over squares of `kernel` pixels; `pad` pixels on each side.
  int MaxPool(const std::string& name, int input, int kernel, int stride, int pad);
  /// Appends the sum of two layers of one shape.
  int Add(const std::string& name, int a, int b);
  /// Appends two layers of one height and width, concatenated over channels.
  int Concat(const std::string& name, int a, int b);
  /// Appends a copy of twice the height and width (nearest neighbour).
  int Upsample2x(const std::string& name, int input);
  /// Appends the mean of each channel.
  int GlobalAvgPool(const std::string& name, int input);
  /// Appends dropout with this probability.
  int Dropout(const std::string& name, int input, double probability);
  /// Appends a linear layer with bias.
  int Linear(const std::string& name, int input, int out_channels);
  /// Appends 1 / (1 + exp(-x)).
  int Sigmoid(const std::string& name, int input);
  /// Appends one channel of a layer.
  int Channel(const std::string& name, int input, int channel);
  /// Appends the histogram of the grey values (Layer::low).
  int Histogram(const std::string& name, int input, int bins, double low, double high);

 private:
  int Append(Op op, const std::string& name, std::vector<int> inputs, int out_channels);
  Layer& Last() { return network_.layers.back(); }

  Network& network_;
  Module module_ = Module::kEncoder;
};

/// Feature layers of an encoder at 1/2, 1/4, 1/8, 1/16 and 1/32 of the input.
using Features = std::array<int, 5>;
/// Returns whether the name belongs to a ResNet.
bool IsResNet(const std::string& encoder);
/// Appends a ResNet without its classifier (He et al., CVPR 2016), layers as in torchvision.
Features BuildResNet(NetworkBuilder& builder, const std::string& encoder, int input);
/// Appends an EfficientNet-Lite without its classifier, layers as in timm.
Features BuildEfficientNetLite(NetworkBuilder& builder, const std::string& encoder, int input);
/// Appends the heads that the network's options name; sets the network's outputs.
void BuildHeads(NetworkBuilder& builder, Network& network, const Features& features);
/// Appends a classifier of four categories on one mask's probabilities (N, 1, H, W); gives logits.
int BuildMaskClassifier(NetworkBuilder& builder, int mask, double dropout);
/// Appends the whole network of the encoder "pixel_histogram".
void BuildHistogramClassifier(NetworkBuilder& builder, Network& network, int input);

}  // namespace mhcnn
