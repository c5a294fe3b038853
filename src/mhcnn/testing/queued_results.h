#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "mhcnn/base/sha256.h"
#include "mhcnn/jobs/job_store.h"

namespace mhcnn::testing_support {

/// Gives the store an exam that was measured, with these results (sop_uid, sop_class_uid, kind,
/// file below `objects`, destinations; digests are of the files). Returns the exam's row.
inline std::int64_t QueueResults(JobStore& store, const std::filesystem::path& objects,
                                 const std::string& study_uid, std::vector<ResultFile> results) {
  ReceivedObject image;
  image.sop_uid = study_uid + ".1";
  image.sop_class_uid = "1.2.840.10008.5.1.4.1.1.1.2";
  image.series_uid = study_uid + ".2";
  image.study_uid = study_uid;
  image.digest = Sha256Hex(image.sop_uid);
  image.image_digest = image.demographics_digest = image.digest;
  image.file = "received/" + image.digest;
  CompletenessRules rules;
  rules.quiet = rules.four_views = std::chrono::milliseconds(1);
  store.objects().Add(image, rules);
  for (auto& result : results) {
    result.digest = FileSha256(objects / result.file);
    result.bytes = std::filesystem::file_size(objects / result.file);
  }
  for (int tries = 0; tries < 500; ++tries) {
    store.exams().CloseComplete();
    if (const auto job = store.work().Claim("test", {})) {
      if (job->exam.study_uid != study_uid) throw std::runtime_error("another exam's job");
      if (!store.work().Finish(*job, "{}", false, results)) throw std::runtime_error("no finish");
      return job->exam.id;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  throw std::runtime_error("the exam does not become complete");
}

}  // namespace mhcnn::testing_support
