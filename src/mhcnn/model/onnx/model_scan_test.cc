#include "mhcnn/model/onnx/model_scan.h"

#include <gtest/gtest.h>
#include <onnx/onnx_pb.h>

#include <functional>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/shipped_file.h"
#include "mhcnn/testing/error_message.h"

namespace mhcnn {
namespace {

using testing_support::ThrownCode;

std::span<const std::uint8_t> AsBytes(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// A model with a weight, a constant and a value of metadata.
onnx::ModelProto Small() {
  onnx::ModelProto model;
  model.set_ir_version(8);
  auto* weight = model.mutable_graph()->add_initializer();
  weight->set_name("weight");
  weight->add_dims(3);
  weight->set_data_type(onnx::TensorProto::FLOAT);
  weight->set_raw_data(std::string(12, '\1'));
  auto* node = model.mutable_graph()->add_node();
  node->set_op_type("Constant");
  auto* attribute = node->add_attribute();
  attribute->set_name("value");
  attribute->mutable_t()->add_float_data(1);
  auto* property = model.add_metadata_props();
  property->set_key("key");
  property->set_value("value");
  return model;
}

bool HasExternalData(const onnx::ModelProto& model) {
  const std::string bytes = model.SerializeAsString();
  return ScanModel(AsBytes(bytes)).has_external_data;
}

TEST(ModelScan, EqualsParsing) {
  const auto bytes = ReadFile(ShippedFile("models", "mhcnn-fast.onnx"));
  onnx::ModelProto parsed;
  ASSERT_TRUE(parsed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())));
  const ScannedModel scanned = ScanModel(bytes);
  EXPECT_EQ(std::string(scanned.graph.begin(), scanned.graph.end()),
            parsed.graph().SerializeAsString());
  ASSERT_EQ(scanned.metadata.size(), static_cast<std::size_t>(parsed.metadata_props_size()));
  for (int i = 0; i < parsed.metadata_props_size(); ++i) {
    const auto& [key, value] = scanned.metadata[static_cast<std::size_t>(i)];
    EXPECT_EQ(key, parsed.metadata_props(i).key());
    EXPECT_EQ(value, parsed.metadata_props(i).value());
  }
  EXPECT_FALSE(scanned.has_external_data);
}

TEST(ModelScan, FindsWeightsThatMayLieInOtherFiles) {
  EXPECT_FALSE(HasExternalData(Small()));
  const std::vector<std::function<void(onnx::ModelProto&)>> ways = {
      [](auto& m) {
        m.mutable_graph()->mutable_initializer(0)->set_data_location(onnx::TensorProto::EXTERNAL);
      },
      [](auto& m) { m.mutable_graph()->mutable_initializer(0)->add_external_data(); },
      [](auto& m) { m.mutable_graph()->add_sparse_initializer(); },
      [](auto& m) {
        m.mutable_graph()->mutable_node(0)->mutable_attribute(0)->mutable_t()->set_data_location(
            onnx::TensorProto::EXTERNAL);
      },
      [](auto& m) { m.mutable_graph()->mutable_node(0)->mutable_attribute(0)->add_tensors(); },
      [](auto& m) { m.mutable_graph()->mutable_node(0)->mutable_attribute(0)->mutable_g(); },
      [](auto& m) { m.mutable_graph()->mutable_node(0)->mutable_attribute(0)->add_graphs(); },
      [](auto& m) {
        m.mutable_graph()->mutable_node(0)->mutable_attribute(0)->mutable_sparse_tensor();
      },
      [](auto& m) { m.add_functions(); },
      [](auto& m) { m.add_training_info(); }};
  for (std::size_t i = 0; i < ways.size(); ++i) {
    auto model = Small();
    ways[i](model);
    EXPECT_TRUE(HasExternalData(model)) << "way " << i;
  }
  auto stated = Small();
  stated.mutable_graph()->mutable_initializer(0)->set_data_location(onnx::TensorProto::DEFAULT);
  EXPECT_FALSE(HasExternalData(stated));
}

TEST(ModelScan, RefusesWhatIsNotOneWholeModel) {
  const std::string whole = Small().SerializeAsString();
  const std::size_t graph = ScanModel(AsBytes(whole)).graph.size();
  int refused = 0;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const std::string part = whole.substr(0, size);
    try {
      // A cut between two fields leaves a model, which only its checksum tells from the whole one.
      EXPECT_EQ(ScanModel(AsBytes(part)).graph.size(), graph) << size;
    } catch (const Error& e) {
      EXPECT_EQ(e.code(), ErrorCode::kCorrupt);
      ++refused;
    }
  }
  EXPECT_GE(refused, static_cast<int>(graph));
  const std::string twice = whole + whole;
  EXPECT_EQ(ThrownCode([&] { ScanModel(AsBytes(twice)); }), ErrorCode::kCorrupt);
  // A field of graph whose size goes beyond the file.
  const std::string beyond("\x3a\xff\xff\xff\xff\x0f", 6);
  EXPECT_EQ(ThrownCode([&] { ScanModel(AsBytes(beyond)); }), ErrorCode::kCorrupt);
}

}  // namespace
}  // namespace mhcnn
