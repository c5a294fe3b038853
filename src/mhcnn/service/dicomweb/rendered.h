#pragma once

#include "mhcnn/service/dicomweb/object_index.h"
#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Longer side of a thumbnail in pixels, where the query gives no other.
inline constexpr int kThumbnailPixels = 200;

/// Answers with an object as a picture to show (WADO-RS, PS3.18 10.4.1.1.3): a mammogram through
/// the display pipeline of the reader, other objects of 8-bit colour or grey without changes. The
/// type is image/jpeg or image/png. The query may have `viewport=width,height`, the largest size,
/// and `quality`. `longest`: longer side without a viewport; 0: as large as the object. Throws
/// HttpError: 400, 406.
HttpResponse RenderObject(const HttpRequest& request, const IndexedObject& object,
                          const ObjectIndex& index, int longest = 0);

}  // namespace mhcnn
