#pragma once

#include "mhcnn/service/web/router.h"

namespace mhcnn {

/// Adds the pages of the node: "/", "/login", "/admin" and "/exam/{exam}" answer the same frame,
/// whose script shows what the address names; "/web/{file}" answers the files of the folder web/
/// that the program contains. They have no patients' data and need no session. Each answer has an
/// ETag and is 304 for a client that has it already.
void AddPageRoutes(Router& router);

}  // namespace mhcnn
