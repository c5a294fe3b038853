#pragma once

namespace mhcnn {

/// What a person or a program may do. A viewer sees, a reader also corrects and uploads, an
/// administrator also controls the node. A sender uploads and sees nothing.
enum class Role { kSender, kViewer, kReader, kAdministrator };

}  // namespace mhcnn
