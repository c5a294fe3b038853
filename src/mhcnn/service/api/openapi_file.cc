#include "mhcnn/service/api/openapi_file.h"

#include "mhcnn/base/carried_file.h"

MHCNN_CARRY(mhcnn_openapi, MHCNN_OPENAPI);

namespace mhcnn {

std::string_view OpenApiFile() { return MHCNN_CARRIED(mhcnn_openapi); }

}  // namespace mhcnn
