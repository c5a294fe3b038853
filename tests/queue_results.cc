// Gives a store an exam with results that wait for delivery: what a worker would leave.
// queue_results STORE_URL OBJECT_FOLDER STUDY_UID DESTINATION[,DESTINATION...] FILE...
#include <fmt/format.h>

#include <cstdio>
#include <sstream>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/testing/queued_results.h"

int main(int argc, char** argv) {
  using namespace mhcnn;
  if (argc < 6) return 2;
  try {
    const std::filesystem::path objects = argv[2];
    std::vector<std::string> destinations;
    std::stringstream list(argv[4]);
    for (std::string one; std::getline(list, one, ',');) destinations.push_back(one);
    std::filesystem::create_directories(objects / "results" / argv[3]);
    std::vector<ResultFile> results;
    for (int i = 5; i < argc; ++i) {
      const std::filesystem::path file = argv[i];
      ResultFile result;
      result.sop_uid = file.filename().string();
      result.kind = "fhir";
      if (file.extension() == ".dcm") {
        const auto dicom = LoadDicom(file);
        result.sop_uid = DicomText(*dicom->getDataset(), DCM_SOPInstanceUID);
        result.sop_class_uid = DicomText(*dicom->getDataset(), DCM_SOPClassUID);
        result.kind = "sc";
      }
      result.file = std::filesystem::path("results") / argv[3] / file.filename();
      std::filesystem::copy_file(file, objects / result.file,
                                 std::filesystem::copy_options::overwrite_existing);
      result.destinations = destinations;
      results.push_back(result);
    }
    JobStoreOptions options;
    options.url = argv[1];
    JobStore store(options);
    fmt::print("{}\n", testing_support::QueueResults(store, objects, argv[3], results));
  } catch (const std::exception& e) {
    std::fprintf(stderr, "error: %s\n", e.what());
    return 1;
  }
  return 0;
}
