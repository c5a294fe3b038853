#pragma once

#include <exception>
#include <optional>
#include <string>

#include "mhcnn/base/error.h"

namespace mhcnn {

/// Returns the error (kLimit) of an exception that states that the process has no more memory or
/// may start no more threads: by type, or by the text if the inference engine put the library's
/// exception into its own. Nothing for other exceptions. `subject`: subject of the error.
std::optional<Error> ShortageError(const std::exception& thrown, const std::string& subject = {});

}  // namespace mhcnn
