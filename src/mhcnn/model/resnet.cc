#include <map>

#include "mhcnn/model/builder.h"

namespace mhcnn {
namespace {

struct ResNetShape {
  bool bottleneck;
  std::array<int, 4> blocks;
};

const std::map<std::string, ResNetShape>& Shapes() {
  static const std::map<std::string, ResNetShape> shapes = {{"resnet18", {false, {2, 2, 2, 2}}},
                                                            {"resnet34", {false, {3, 4, 6, 3}}},
                                                            {"resnet50", {true, {3, 4, 6, 3}}},
                                                            {"resnet101", {true, {3, 4, 23, 3}}}};
  return shapes;
}

std::array<int, 4> Same(int kernel) {
  const int pad = kernel / 2;
  return {pad, pad, pad, pad};
}

/// One residual block (He et al. 2016; the stride on the 3 x 3 convolution, as torchvision has it).
int Block(NetworkBuilder& b, const std::string& name, int input, int width, int stride,
          bool bottleneck) {
  const int out = bottleneck ? 4 * width : width;
  int x = input;
  const auto conv_bn = [&](int n, int channels, int kernel, int s) {
    const std::string suffix = std::to_string(n);
    x = b.Conv(name + ".conv" + suffix, x, channels, kernel, s, Same(kernel));
    x = b.BatchNorm(name + ".bn" + suffix, x);
  };
  if (bottleneck) {
    conv_bn(1, width, 1, 1);
    x = b.Relu(name + ".relu1", x);
    conv_bn(2, width, 3, stride);
    x = b.Relu(name + ".relu2", x);
    conv_bn(3, out, 1, 1);
  } else {
    conv_bn(1, width, 3, stride);
    x = b.Relu(name + ".relu1", x);
    conv_bn(2, width, 3, 1);
  }
  int shortcut = input;
  if (stride != 1 || b.Channels(input) != out) {
    shortcut = b.Conv(name + ".downsample.0", input, out, 1, stride, Same(1));
    shortcut = b.BatchNorm(name + ".downsample.1", shortcut);
  }
  return b.Relu(name + ".relu", b.Add(name + ".add", x, shortcut));
}

}  // namespace

bool IsResNet(const std::string& encoder) { return Shapes().count(encoder) > 0; }

Features BuildResNet(NetworkBuilder& b, const std::string& encoder, int input) {
  const ResNetShape& shape = Shapes().at(encoder);
  Features features{};
  int x = b.Conv("encoder.conv1", input, 64, 7, 2, Same(7));
  x = b.BatchNorm("encoder.bn1", x);
  features[0] = x = b.Relu("encoder.relu", x);
  x = b.MaxPool("encoder.maxpool", x, 3, 2, 1);
  for (int stage = 0; stage < 4; ++stage) {
    for (int block = 0; block < shape.blocks[static_cast<std::size_t>(stage)]; ++block) {
      const std::string name =
          "encoder.layer" + std::to_string(stage + 1) + "." + std::to_string(block);
      const int stride = stage > 0 && block == 0 ? 2 : 1;
      x = Block(b, name, x, 64 << stage, stride, shape.bottleneck);
    }
    features[static_cast<std::size_t>(stage) + 1] = x;
  }
  return features;
}

}  // namespace mhcnn
