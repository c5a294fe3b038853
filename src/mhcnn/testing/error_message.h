#pragma once

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "mhcnn/base/error.h"

namespace mhcnn::testing_support {

/// Returns the message of the Error that a call throws. Expects the code and a message of one line.
/// The test ends where nothing is thrown.
template <typename F>
std::string ErrorMessage(F&& f, ErrorCode code) {
  try {
    f();
  } catch (const Error& e) {
    EXPECT_EQ(e.code(), code) << e.what();
    EXPECT_EQ(std::string(e.what()).find('\n'), std::string::npos) << e.what();
    return e.what();
  }
  throw std::logic_error("the call threw nothing");
}

/// Returns the code of the Error that a call throws. The test ends where nothing is thrown.
template <typename F>
ErrorCode ThrownCode(F&& f) {
  try {
    f();
  } catch (const Error& e) {
    return e.code();
  }
  throw std::logic_error("the call threw nothing");
}

}  // namespace mhcnn::testing_support
