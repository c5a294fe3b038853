// A TOML recipe's options.
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/options.h"
#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    auto options = mhcnn::Options::FromText({reinterpret_cast<const char*>(data), size}, "fuzz");
    int batch = 0;
    std::vector<double> widths;
    options.Get("training.batch", batch);
    options.Get("network.decoder_channels", widths);
    options.Count("phase");
    options.ToText();
    options.RejectUnknown();
  } catch (const mhcnn::Error&) {
  }
  return 0;
}
