#pragma once

#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Returns the header fields that protect the browser and the data in it, for every answer of the
/// node: what a page may load and who may show it, that nothing is kept, and over TLS that the
/// browser uses TLS from then on. A field that the answer already has is left out, so that a
/// handler can replace, for example, Cache-Control.
HttpFields SecurityFields(const HttpResponse& response, bool encrypted);

}  // namespace mhcnn
