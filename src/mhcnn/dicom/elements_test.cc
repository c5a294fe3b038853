#include "mhcnn/dicom/elements.h"

#include <gtest/gtest.h>

#include <chrono>

#include "mhcnn/base/error.h"

namespace mhcnn {
namespace {

using Bytes = std::vector<std::uint8_t>;

void Append(Bytes& bytes, std::initializer_list<int> more) {
  for (const int byte : more) bytes.push_back(static_cast<std::uint8_t>(byte));
}

TEST(Hostile, DeepNestingAndManyItems) {
  Bytes nested;
  for (int i = 0; i < 100'000; ++i) {
    Append(nested, {8, 0, 0x40, 0x11, 'S', 'Q', 0, 0, 255, 255, 255, 255});
    Append(nested, {0xFE, 0xFF, 0, 0xE0, 255, 255, 255, 255});
  }
  EXPECT_THROW(CheckElements(nested, true, false), Error);
  Bytes fragments;
  Append(fragments, {0xE0, 0x7F, 0x10, 0, 'O', 'B', 0, 0, 255, 255, 255, 255});
  for (int i = 0; i <= kMaxDicomItems; ++i) Append(fragments, {0xFE, 0xFF, 0, 0xE0, 0, 0, 0, 0});
  EXPECT_THROW(CheckElements(fragments, true, false), Error);
  // Something that the walk cannot follow must not hide the nesting behind it.
  Bytes hidden = {8, 0, 0, 0, 'C', 'S', 255, 255};
  hidden.resize(60'000);
  hidden.insert(hidden.end(), nested.begin(), nested.end());
  hidden[1] = 9;
  hidden[6] = hidden[7] = 0xFF;
  EXPECT_THROW(CheckElements(hidden, true, false), Error);
}

}  // namespace
}  // namespace mhcnn
