#include "mhcnn/model/onnx/model_scan.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>
#include <onnx/onnx_pb.h>

#include <algorithm>
#include <limits>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

using google::protobuf::internal::WireFormatLite;
using Bytes = std::span<const std::uint8_t>;

/// Calls `visit(number, bytes)` for each field of a message: bytes of a string, a message or packed
/// numbers; of a number its own bytes. Returns whether the message is well formed and each `visit`
/// returned true.
template <typename Visit>
bool VisitFields(Bytes message, const Visit& visit) {
  if (message.size() > std::numeric_limits<int>::max()) return false;
  google::protobuf::io::CodedInputStream in(message.data(), static_cast<int>(message.size()));
  const auto at = [&] { return static_cast<std::size_t>(in.CurrentPosition()); };
  while (const std::uint32_t tag = in.ReadTag()) {
    std::size_t begin = at();
    if (WireFormatLite::GetTagWireType(tag) == WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      std::uint32_t size = 0;
      if (!in.ReadVarint32(&size)) return false;
      begin = at();
      if (size > message.size() - begin || !in.Skip(static_cast<int>(size))) return false;
    } else if (!WireFormatLite::SkipField(&in, tag)) {
      return false;
    }
    if (!visit(WireFormatLite::GetTagFieldNumber(tag), message.subspan(begin, at() - begin)))
      return false;
  }
  return in.ConsumedEntireMessage();
}

template <typename Message>
bool Parse(Bytes bytes, Message& message) {
  return message.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

/// Looks for `external` in a weight, whose values are passed over.
bool ScanWeight(Bytes tensor, bool& external) {
  return VisitFields(tensor, [&](int field, Bytes bytes) {
    if (field == onnx::TensorProto::kExternalDataFieldNumber) external = true;
    // 0 states that the weight lies here.
    if (field == onnx::TensorProto::kDataLocationFieldNumber)
      external = external || bytes.size() != 1 || bytes[0] != onnx::TensorProto::DEFAULT;
    return true;
  });
}

/// An attribute that may hold weights: one weight that lies here is all that is accepted.
bool MayBeExternal(const onnx::AttributeProto& attribute) {
  const auto external = [](const onnx::TensorProto& tensor) {
    return tensor.data_location() == onnx::TensorProto::EXTERNAL || tensor.external_data_size() > 0;
  };
  return external(attribute.t()) || attribute.tensors_size() > 0 || attribute.has_g() ||
         attribute.graphs_size() > 0 || attribute.has_sparse_tensor() ||
         attribute.sparse_tensors_size() > 0;
}

bool ScanGraph(Bytes graph, bool& external) {
  return VisitFields(graph, [&](int field, Bytes bytes) {
    switch (field) {
      case onnx::GraphProto::kNodeFieldNumber: {
        onnx::NodeProto node;
        if (!Parse(bytes, node)) return false;
        const auto& attributes = node.attribute();
        external = external || std::any_of(attributes.begin(), attributes.end(), MayBeExternal);
        return true;
      }
      case onnx::GraphProto::kInitializerFieldNumber:
        return ScanWeight(bytes, external);
      case onnx::GraphProto::kSparseInitializerFieldNumber:
        external = true;
        return true;
      default:
        return true;
    }
  });
}

}  // namespace

ScannedModel ScanModel(Bytes bytes) {
  const google::protobuf::LogSilencer quiet;
  ScannedModel model;
  int graphs = 0;
  const bool whole = VisitFields(bytes, [&](int field, Bytes part) {
    switch (field) {
      case onnx::ModelProto::kGraphFieldNumber:
        model.graph = part;
        return ++graphs == 1 && ScanGraph(part, model.has_external_data);
      case onnx::ModelProto::kMetadataPropsFieldNumber: {
        onnx::StringStringEntryProto property;
        if (!Parse(part, property)) return false;
        model.metadata.emplace_back(property.key(), property.value());
        return true;
      }
      case onnx::ModelProto::kTrainingInfoFieldNumber:
      case onnx::ModelProto::kFunctionsFieldNumber:
        model.has_external_data = true;
        return true;
      default:
        return true;
    }
  });
  if (!whole || graphs != 1)
    throw Error(ErrorCode::kCorrupt, "is not an ONNX model, or is damaged", "", "copy it again");
  return model;
}

}  // namespace mhcnn
