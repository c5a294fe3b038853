#pragma once

#include "mhcnn/jobs/role.h"  // enum class Role { kSender, kViewer, kReader, kAdministrator }
