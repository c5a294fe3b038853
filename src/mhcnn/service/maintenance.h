#pragma once

#include "mhcnn/service/config.h"
#include "mhcnn/service/object_folder.h"

namespace mhcnn {

/// Removes the files of exams that ended longer ago than the retention allows, and more of the
/// oldest if the folder contains more than its quota. Returns the number of files removed.
int RemoveExpired(JobStore& store, const ObjectFolder& folder, const ServiceConfig& config);

/// Removes results that no row names, a day old or older: those of a worker that was killed, or
/// lost its job to another, before it could enter them. Returns the number of files removed.
int RemoveOrphans(JobStore& store, const ObjectFolder& folder);

/// Runs until SIGTERM: removes what expired each minute, orphans each day, and exports audit
/// events. Returns the exit status.
int RunMaintenance(const ServiceConfig& config);

}  // namespace mhcnn
