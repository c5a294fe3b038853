#include "mhcnn/service/dicomweb/dicomweb_routes.h"

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "mhcnn/service/dicomweb/object_index.h"
#include "mhcnn/service/dicomweb/rendered.h"
#include "mhcnn/service/dicomweb/retrieve.h"
#include "mhcnn/service/dicomweb/search.h"

namespace mhcnn {
namespace {

/// Parts that the handlers share.
struct Shared {
  explicit Shared(const DicomWebContext& given) : parts(given), index(parts.folder) {}

  /// Returns the objects that the path names, and audits the view of their study. Throws
  /// HttpError(404).
  std::vector<IndexedObject> Objects(const HttpRequest& request) {
    const auto name = [&](std::size_t i) {
      return i < request.parameters.size() ? request.parameters[i] : std::string();
    };
    auto objects = index.Find(parts.stores.Mine(), name(0), name(1), name(2));
    if (objects.empty()) throw HttpError(404, "the node has no such object");
    if (parts.access.viewed) {
      parts.access.viewed(request, objects[0].object.study_uid, objects[0].Text("00100020"));
    }
    return objects;
  }

  DicomWebContext parts;
  ObjectIndex index;
};

using Answer = std::function<HttpResponse(const HttpRequest& request, Shared& shared)>;

}  // namespace

void AddDicomWebRoutes(Router& router, const DicomWebContext& parts) {
  const auto shared = std::make_shared<Shared>(parts);
  const HttpGuard guard = parts.access.GuardFor(Role::kViewer);
  const auto add = [&](const std::string& path, const Answer& answer) {
    router.Add({"GET", "/dicom-web" + path, HttpThread::kWorker, guard,
                MakeHandler([shared, answer](const HttpRequest& request) {
                  return answer(request, *shared);
                })});
  };
  add("/studies", [](const HttpRequest& request, Shared& s) {
    return SearchStudies(request, s.parts.stores.Mine(), s.index);
  });
  const std::string study = "/studies/{study}", series = study + "/series/{series}",
                    instance = series + "/instances/{instance}";
  add(study + "/series", [](const HttpRequest& request, Shared& s) {
    return SearchSeries(request, s.parts.stores.Mine(), s.index);
  });
  for (const std::string& path : {study + "/instances", series + "/instances"}) {
    add(path, [](const HttpRequest& request, Shared& s) {
      return SearchInstances(request, s.parts.stores.Mine(), s.index);
    });
  }
  for (const std::string& path : {study, series, instance}) {
    add(path, [](const HttpRequest& request, Shared& s) {
      return RetrieveObjects(request, s.Objects(request), s.index);
    });
    add(path + "/metadata", [](const HttpRequest& request, Shared& s) {
      return RetrieveMetadata(request, s.Objects(request), s.index);
    });
  }
  add(instance + "/bulkdata/{place}", [](const HttpRequest& request, Shared& s) {
    return RetrieveBulkData(request, s.Objects(request).front(), s.index, request.parameters[3]);
  });
  add(instance + "/frames/{frames}", [](const HttpRequest& request, Shared& s) {
    return RetrieveFrames(request, s.Objects(request).front(), s.index, request.parameters[3]);
  });
  add(instance + "/rendered", [](const HttpRequest& request, Shared& s) {
    return RenderObject(request, s.Objects(request).front(), s.index);
  });
  add(instance + "/thumbnail", [](const HttpRequest& request, Shared& s) {
    return RenderObject(request, s.Objects(request).front(), s.index, kThumbnailPixels);
  });
}

}  // namespace mhcnn
