#include "mhcnn/service/api/api_routes.h"

#include "mhcnn/service/api/byte_cache.h"
#include "mhcnn/service/api/control_routes.h"
#include "mhcnn/service/api/event_routes.h"
#include "mhcnn/service/api/exam_routes.h"
#include "mhcnn/service/api/node_counts.h"
#include "mhcnn/service/api/node_routes.h"
#include "mhcnn/service/api/picture_routes.h"
#include "mhcnn/service/api/pixel_routes.h"
#include "mhcnn/service/api/result_routes.h"

namespace mhcnn {

struct ApiRoutes::State {
  explicit State(const ApiContext& parts) : hub(parts.config.store, counts) {}
  NodeCounts counts;
  ByteCache pixels{kPixelCacheBytes};
  EventHub hub;
};

ApiRoutes::ApiRoutes(Router& router, const ApiContext& parts)
    : state_(std::make_unique<State>(parts)) {
  AddExamRoutes(router, parts, state_->counts);
  AddPictureRoutes(router, parts);
  AddPixelRoutes(router, parts, state_->pixels);
  AddResultRoutes(router, parts);
  AddControlRoutes(router, parts);
  AddEventRoutes(router, parts, state_->hub);
  AddNodeRoutes(router, parts, state_->counts);
}

ApiRoutes::~ApiRoutes() = default;

}  // namespace mhcnn
