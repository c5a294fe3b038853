// The metadata of an ONNX model, with what `predict` reads from it.
#include "mhcnn/base/error.h"
#include "mhcnn/model/onnx/model_file.h"
#include "mhcnn/preprocess/input_distribution.h"
#include "target.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const mhcnn::fuzzing::MemoryFile file({data, size});
  try {
    const mhcnn::ModelCard card = mhcnn::ReadModelCard(file.path());
    if (card.training.is_object() && card.training.contains("inputs")) {
      card.training.at("inputs").get<mhcnn::InputDistribution>();
    }
  } catch (const mhcnn::Error&) {
  }
  return 0;
}
