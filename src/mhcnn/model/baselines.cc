#include "mhcnn/model/builder.h"

namespace mhcnn {

/// Saffari et al. 2020 ("Fully automated breast density segmentation and classification using deep
/// learning"): the category is read by a small CNN from the dense mask alone. Three convolutions
/// and two fully connected layers, with kernels of 9, 5 and 4 pixels, are what the same group
/// describes for its classifier of tumour masks (Singh et al. 2020, "Breast tumor segmentation and
/// shape classification in mammograms using generative adversarial and convolutional neural
/// network"). Ours: the numbers of channels, and a mean over the map in place of a fixed size, so
/// that any input fits and the fraction of dense tissue reaches the last layers.
int BuildMaskClassifier(NetworkBuilder& b, int mask, double dropout) {
  const auto conv = [&](const std::string& number, int x, int channels, int kernel,
                        std::array<int, 4> pads) {
    x = b.Conv("classification_head.conv" + number, x, channels, kernel, 1, pads, 1, true);
    return b.Relu("classification_head.relu" + number, x);
  };
  // The mask is smooth: a quarter of its size is enough, at a sixteenth of the time.
  int x = b.MaxPool("classification_head.pool0", mask, 4, 4, 0);
  x = conv("1", x, 16, 9, {4, 4, 4, 4});
  x = b.MaxPool("classification_head.pool1", x, 2, 2, 0);
  x = conv("2", x, 32, 5, {2, 2, 2, 2});
  x = b.MaxPool("classification_head.pool2", x, 2, 2, 0);
  x = conv("3", x, 64, 4, {1, 1, 2, 2});
  x = b.GlobalAvgPool("classification_head.mean", x);
  x = b.Relu("classification_head.relu4", b.Linear("classification_head.hidden", x, 128));
  x = b.Dropout("classification_head.dropout", x, dropout);
  return b.Linear("classification_head", x, 4);
}

/// The baseline of Wu et al. 2017 ("Breast density classification with deep convolutional neural
/// networks"): a histogram of 50 bins of each standardised view, and a perceptron of 200 and 100
/// hidden units. Ours: one picture instead of an exam's four views, standardised by the breast's
/// percentiles as all inputs here are.
void BuildHistogramClassifier(NetworkBuilder& b, Network& network, int input) {
  // The range that the preprocessing clips inputs to.
  int x = b.Histogram("encoder.histogram", input, 50, -0.25, 1.25);
  x = b.Relu("encoder.relu1", b.Linear("encoder.hidden1", x, 200));
  x = b.Relu("encoder.relu2", b.Linear("encoder.hidden2", x, 100));
  b.SetModule(Module::kClassificationHead);
  x = b.Dropout("classification_head.dropout", x, network.options.dropout);
  network.classification = b.Linear("classification_head", x, 4);
}

std::vector<float> BinEdges(const Layer& histogram) {
  std::vector<float> edges;
  const double width = (histogram.high - histogram.low) / histogram.out_channels;
  for (int i = 1; i < histogram.out_channels; ++i)
    edges.push_back(static_cast<float>(histogram.low + i * width));
  return edges;
}

}  // namespace mhcnn
