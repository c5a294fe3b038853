#include "mhcnn/service/api/openapi_file.h"

#include "mhcnn/base/embedded_file.h"

MHCNN_EMBED(mhcnn_openapi, MHCNN_OPENAPI);

namespace mhcnn {

std::string_view OpenApiFile() { return MHCNN_EMBEDDED(mhcnn_openapi); }

}  // namespace mhcnn
