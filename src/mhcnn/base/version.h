#pragma once

namespace mhcnn {

/// Returns the version of the program, e.g. "0.3.0".
const char* Version();

}  // namespace mhcnn
