#pragma once

#include <exception>
#include <optional>
#include <string>

#include "mhcnn/base/error.h"

namespace mhcnn {

/// Returns the error (kLimit) of an exception that says that the process has no more memory or may
/// start no more threads, as the libraries state it: by type, or in the text where the inference
/// engine put the exception into its own. Nothing for other exceptions. `subject`: of the error.
std::optional<Error> ShortageError(const std::exception& thrown, const std::string& subject = {});

}  // namespace mhcnn
