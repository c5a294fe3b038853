#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>

#include "mhcnn/service/web/body_intake.h"
#include "mhcnn/service/web/http_message.h"

namespace mhcnn {

/// Outcomes of the files of an upload.
class UploadReport {
 public:
  /// Adds the outcome of an object. `name` is the client's name of it.
  void Add(const std::string& name, const BodyIntake::Taken& taken);
  /// Adds a file that was refused before it reached Intake.
  void AddFailed(const std::string& name, const std::string& problem, const std::string& remedy);
  /// Returns the number of files.
  std::size_t size() const { return stored_.size() + failed_.size(); }
  /// Returns 200 with {"stored": [...], "failed": [...]}; 503 with Retry-After where nothing was
  /// stored and all failed for a lack of resources.
  HttpResponse Answer() const;

 private:
  nlohmann::json::array_t stored_, failed_;
  std::size_t lacking_ = 0;
};

/// Throws Error for a file that is not a DICOM object to send: kUnsupported for an archive, a
/// DICOMDIR and any file that is not a DICOM file.
void CheckDicomObject(const std::filesystem::path& file);

}  // namespace mhcnn
