#include "mhcnn/service/dicomweb/retrieve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "mhcnn/base/file.h"
#include "mhcnn/base/sha256.h"
#include "mhcnn/service/web/multipart_reader.h"
#include "mhcnn/testing/header_changes.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::StartsWith;
using testing_support::SampleImage;
using testing_support::ScratchFolder;
using testing_support::Set;
using testing_support::WriteChanged;

/// What the reader of multipart bodies finds.
struct Collected final : MultipartSink {
  void PartBegins(const HttpFields& fields) override {
    types.push_back(fields.at(0).second);
    parts.emplace_back();
  }
  void PartData(std::string_view piece) override { parts.back() += piece; }
  void PartEnds() override {}
  std::vector<std::string> types, parts;
};

std::string BodyOf(const HttpResponse& response) {
  if (!response.source) return response.body;
  std::string all;
  for (std::string piece = response.source(); !piece.empty(); piece = response.source())
    all += piece;
  return all;
}

Collected ListNodeProcesses(const HttpResponse& response) {
  const MediaType type = ParseMediaType(response.content_type);
  EXPECT_EQ(type.type, "multipart/related");
  Collected collected;
  MultipartReader reader(std::string(type.Parameter("boundary")), collected);
  reader.Feed(BodyOf(response));
  reader.Finish();
  return collected;
}

class RetrieveTest : public ::testing::Test {
 protected:
  RetrieveTest() {
    for (const char* uid : {"1.2.1.1", "1.2.1.2"}) {
      const fs::path incoming = folder_.MakeIncomingPath();
      WriteChanged(incoming, [&](DcmDataset& dataset) {
        Set(DCM_SOPInstanceUID, uid)(dataset);
        Set(DCM_StudyInstanceUID, "1.2")(dataset);
        Set(DCM_SeriesInstanceUID, "1.2.1")(dataset);
        Set(DCM_PatientName, "M\xFCller")(dataset);
        Set(DCM_SpecificCharacterSet, "ISO_IR 100")(dataset);
      });
      ReceivedObject object = SampleImage(uid, "1.2");
      object.digest = FileSha256(incoming);
      object.file = folder_.Keep(incoming, object.digest);
      store_.objects().Add(object, {});
    }
    objects_ = index_.Find(store_, "1.2");
    if (objects_.size() != 2) throw std::logic_error("there are two objects");
  }
  HttpRequest Request(const std::string& accept) {
    HttpRequest request;
    request.fields = {{"host", "node.example"}, {"accept", accept}};
    return request;
  }
  std::string File(std::size_t i) { return ReadTextFile(index_.Path(objects_.at(i).object)); }
  /// The pixels as they lie in the file.
  std::string Samples(std::size_t i) {
    const auto file = LoadDicom(index_.Path(objects_.at(i).object));
    const Uint16* pixels = nullptr;
    unsigned long count = 0;
    EXPECT_TRUE(file->getDataset()->findAndGetUint16Array(DCM_PixelData, pixels, &count).good());
    return {reinterpret_cast<const char*>(pixels), 2 * count};
  }
  template <typename F>
  static int Status(F&& f) {
    try {
      f();
    } catch (const HttpError& e) {
      return e.status();
    }
    return 200;
  }

  ScratchFolder scratch_;
  ObjectFolder folder_{scratch_ / "objects"};
  JobStore store_{JobStoreOptions{
      .url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  ObjectIndex index_{folder_};
  std::vector<IndexedObject> objects_;
};

TEST_F(RetrieveTest, GivesFilesAsTheyAreStored) {
  const auto parts = ListNodeProcesses(
      RetrieveObjects(Request("multipart/related; type=\"application/dicom\""), objects_, index_));
  EXPECT_THAT(parts.types, ElementsAre("application/dicom", "application/dicom"));
  ASSERT_EQ(parts.parts.size(), 2u);
  EXPECT_TRUE(parts.parts[0] == File(0));
  EXPECT_TRUE(parts.parts[1] == File(1));
}

TEST_F(RetrieveTest, GivesOneFileAlone) {
  const HttpResponse response =
      RetrieveObjects(Request("application/dicom"), {objects_[1]}, index_);
  EXPECT_EQ(response.content_type, "application/dicom");
  EXPECT_TRUE(BodyOf(response) == File(1));
}

TEST_F(RetrieveTest, RefusesFormsThatAreNotOffered) {
  EXPECT_EQ(Status([&] { RetrieveObjects(Request("text/html"), objects_, index_); }), 406);
  EXPECT_EQ(Status([&] { RetrieveObjects(Request("application/dicom"), objects_, index_); }), 406)
      << "two objects need multipart";
  EXPECT_EQ(Status([&] {
              RetrieveObjects(Request("multipart/related; type=\"application/dicom\"; "
                                      "transfer-syntax=1.2.840.10008.1.2.4.90"),
                              objects_, index_);
            }),
            406);
  EXPECT_EQ(Status([&] { RetrieveMetadata(Request("text/html"), objects_, index_); }), 406);
}

TEST_F(RetrieveTest, MetadataAreUtf8WithAddressesOfBinaryValues) {
  const HttpResponse response =
      RetrieveMetadata(Request("application/dicom+json"), objects_, index_);
  EXPECT_EQ(response.content_type, "application/dicom+json");
  const json headers = json::parse(BodyOf(response));
  ASSERT_EQ(headers.size(), 2u);
  EXPECT_EQ(headers[0].at("00080018").at("Value"), json({"1.2.1.1"}));
  EXPECT_EQ(headers[0].at("00100010").at("Value")[0].at("Alphabetic"), "M\xC3\xBCller");
  EXPECT_EQ(headers[0].at("00080005").at("Value"), json({"ISO_IR 192"}));
  const std::string uri = headers[1].at("7FE00010").at("BulkDataURI"),
                    begin =
                        "http://node.example/dicom-web/studies/1.2/series/1.2.1/instances/"
                        "1.2.1.2/bulkdata/";
  ASSERT_THAT(uri, StartsWith(begin));
  EXPECT_TRUE(BodyOf(RetrieveBulkData(Request("application/octet-stream"), objects_[1], index_,
                                      uri.substr(begin.size()))) == Samples(1))
      << "the address leads to the value";
  EXPECT_EQ(BodyOf(RetrieveMetadata(Request(""), {}, index_)), "[]");
}

TEST_F(RetrieveTest, BinaryValueIsThatOfTheFile) {
  const HttpResponse response =
      RetrieveBulkData(Request("application/octet-stream"), objects_[0], index_, "7FE00010");
  EXPECT_EQ(response.content_type, "application/octet-stream");
  EXPECT_TRUE(BodyOf(response) == Samples(0));
  EXPECT_EQ(Status([&] {
              RetrieveBulkData(Request("application/octet-stream"), objects_[0], index_,
                               "00091001");
            }),
            404);
  EXPECT_EQ(
      Status([&] { RetrieveBulkData(Request("image/png"), objects_[0], index_, "7FE00010"); }),
      406);
}

TEST_F(RetrieveTest, FramesAreTheirSamples) {
  const auto parts = ListNodeProcesses(RetrieveFrames(
      Request("multipart/related; type=\"application/octet-stream\""), objects_[0], index_, "1"));
  ASSERT_EQ(parts.parts.size(), 1u);
  EXPECT_THAT(parts.types[0], StartsWith("application/octet-stream"));
  EXPECT_TRUE(parts.parts[0] == Samples(0));
  EXPECT_EQ(parts.parts[0].size(), 40u * 32 * 2);
}

TEST_F(RetrieveTest, FramesAreNamedByNumbersFromOne) {
  const auto status = [&](const std::string& numbers) {
    return Status([&] { RetrieveFrames(Request("*/*"), objects_[0], index_, numbers); });
  };
  EXPECT_EQ(status("1"), 200);
  EXPECT_EQ(status("2"), 404);
  for (const char* wrong : {"", "0", "x", "1,", "1;1", "-1", "1,1", "99999999999999999999"})
    EXPECT_EQ(status(wrong), 400) << wrong;
}

}  // namespace
}  // namespace mhcnn
