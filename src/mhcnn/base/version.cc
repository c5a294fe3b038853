#include "mhcnn/base/version.h"

namespace mhcnn {

const char* Version() { return MHCNN_VERSION; }  // defined for this file alone: CMakeLists.txt

}  // namespace mhcnn
