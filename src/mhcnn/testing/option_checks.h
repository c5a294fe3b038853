#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "mhcnn/testing/error_message.h"

namespace mhcnn::testing_support {

/// A change of valid options that Check() must refuse.
template <typename O>
struct BadOption {
  std::string message;             ///< part of the error's message, with the name of the field
  std::function<void(O&)> change;  ///< makes the field bad
};

/// Expects that Check() accepts `valid`, and refuses it after each of the changes with
/// Error(kUsage) that names the field.
template <typename O>
void ExpectChecks(const O& valid, const std::vector<BadOption<O>>& cases) {
  EXPECT_NO_THROW(valid.Check());
  for (const auto& [message, change] : cases) {
    O options = valid;
    change(options);
    EXPECT_THAT(ErrorMessage([&] { options.Check(); }, ErrorCode::kUsage),
                ::testing::HasSubstr(message));
  }
}

}  // namespace mhcnn::testing_support
