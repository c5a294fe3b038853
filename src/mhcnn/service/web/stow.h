#pragma once

#include <functional>
#include <string>

#include "mhcnn/service/web/body_intake.h"
#include "mhcnn/service/web/router.h"

namespace mhcnn {

/// Parts that STOW-RS uses. All must outlive the routes.
using StowContext = BodyIntakeContext;

/// Returns the handler of STOW-RS (PS3.18 10.5) for POST to `studies` and `studies/{study}`: each
/// part of a multipart/related body of application/dicom is written to a file and given to Intake,
/// which commits it. The answer, application/dicom+json, lists the safe and the failed objects:
///
/// - 200 all objects are safe, 202 some are, 409 none is, 503 none is for a lack of resources;
/// - 400 no multipart body, 413 too large, 415 another media type, 406 another answer is wanted;
/// - 503 with Retry-After where the node has no room, before the body is read.
///
/// Objects before an error of the body stay in the node. An incomplete part leaves nothing.
///
/// `who` returns the name of the sender, for the audit; empty or "": the name in the certificate of
/// the client.
HttpHandler StowHandler(const StowContext& parts,
                        const std::function<std::string(const HttpRequest& request)>& who = {});

/// Returns the Failure Reason (0008,1197) for an error of Intake.
int StowFailureReason(ErrorCode code);

}  // namespace mhcnn
