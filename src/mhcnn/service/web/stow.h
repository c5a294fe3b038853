#pragma once

#include <functional>
#include <string>

#include "mhcnn/service/web/body_intake.h"
#include "mhcnn/service/web/router.h"

namespace mhcnn {

/// What STOW-RS needs. All must outlive the routes.
using StowParts = BodyIntakeParts;

/// Returns the handler of STOW-RS (PS3.18 10.5) for POST to `studies` and `studies/{study}`: each
/// part of a multipart/related body of application/dicom goes to a file and through Intake, which
/// commits it. The answer, application/dicom+json, lists what is safe and what failed:
///
/// - 200 all objects are safe, 202 some are, 409 none is, 503 none is for a lack of resources;
/// - 400 no multipart body, 413 too large, 415 another media type, 406 another answer is wanted;
/// - 503 with Retry-After where the node has no room, before the body is read.
///
/// Objects before a fault of the body stay in the node. A part that is not whole leaves nothing.
///
/// `who` returns the name of who sends, for the audit; empty or "": the name in the certificate of
/// the client.
HttpHandler StowHandler(const StowParts& parts,
                        const std::function<std::string(const HttpRequest& request)>& who = {});

/// Returns the Failure Reason (0008,1197) for what Intake reports.
int StowFailureReason(ErrorCode code);

}  // namespace mhcnn
