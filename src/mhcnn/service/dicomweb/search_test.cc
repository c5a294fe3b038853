#include "mhcnn/service/dicomweb/search.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <thread>

#include "mhcnn/base/sha256.h"
#include "mhcnn/testing/header_changes.h"
#include "mhcnn/testing/job_stores.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing_support::SampleImage;
using testing_support::ScratchFolder;
using testing_support::Set;
using testing_support::WriteChanged;

/// What distinguishes an object of a test.
struct Object {
  std::string study, series, sop_uid;
  std::string accession = "", modality = "MG", number = "1";
};

class SearchTest : public ::testing::Test {
 protected:
  void Add(const Object& o) {
    const fs::path incoming = folder_.MakeIncomingPath();
    WriteChanged(incoming, [&](DcmDataset& dataset) {
      Set(DCM_SOPInstanceUID, o.sop_uid)(dataset);
      Set(DCM_StudyInstanceUID, o.study)(dataset);
      Set(DCM_SeriesInstanceUID, o.series)(dataset);
      Set(DCM_Modality, o.modality)(dataset);
      Set(DCM_AccessionNumber, o.accession)(dataset);
      Set(DCM_InstanceNumber, o.number)(dataset);
      Set(DCM_PatientID, "patient-of-" + o.study)(dataset);
      Set(DCM_StudyDate, "20260102")(dataset);
    });
    ReceivedObject object = SampleImage(o.sop_uid, o.study);
    object.digest = FileSha256(incoming);
    object.file = folder_.Keep(incoming, object.digest);
    store_.objects().Add(object, {});
  }
  HttpRequest Request(const std::string& query, const std::vector<std::string>& parameters = {}) {
    HttpRequest request;
    request.query = query;
    request.parameters = parameters;
    request.fields = {{"host", "node.example:8042"}};
    return request;
  }
  json Studies(const std::string& query) {
    return Answer(SearchStudies(Request(query), store_, index_));
  }
  static json Answer(const HttpResponse& response) {
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.content_type, "application/dicom+json");
    return json::parse(response.body);
  }
  static std::vector<std::string> Uids(const json& answer, const char* tag) {
    std::vector<std::string> uids;
    for (const auto& one : answer) uids.push_back(one.at(tag).at("Value")[0]);
    return uids;
  }

  ScratchFolder scratch_;
  ObjectFolder folder_{scratch_ / "objects"};
  JobStore store_{JobStoreOptions{
      .url = "sqlite:" + (scratch_ / "node.db").string(), .password = {}, .clock = {}}};
  ObjectIndex index_{folder_};
};

TEST_F(SearchTest, StudyHasCountsModalitiesAndAddress) {
  Add({"1.1", "1.1.1", "1.1.1.1", "A7"});
  Add({"1.1", "1.1.1", "1.1.1.2", "A7"});
  Add({"1.1", "1.1.2", "1.1.2.1", "A7", "SR"});
  const json answer = Studies("");
  ASSERT_EQ(answer.size(), 1u);
  const json& study = answer[0];
  EXPECT_EQ(study.at("0020000D"), json::parse(R"({"vr": "UI", "Value": ["1.1"]})"));
  EXPECT_EQ(study.at("00080050").at("Value"), json({"A7"}));
  EXPECT_EQ(study.at("00080061"), json::parse(R"({"vr": "CS", "Value": ["MG", "SR"]})"));
  EXPECT_EQ(study.at("00201206").at("Value"), json({2}));
  EXPECT_EQ(study.at("00201208").at("Value"), json({3}));
  EXPECT_EQ(study.at("00080056").at("Value"), json({"ONLINE"}));
  EXPECT_EQ(study.at("00081190").at("Value"),
            json({"http://node.example:8042/dicom-web/studies/1.1"}));
  EXPECT_FALSE(study.contains("00080018")) << "an attribute of objects";
}

TEST_F(SearchTest, StudyWithoutModalityHasNoModalityValue) {
  Add({"1.1", "1.1.1", "1.1.1.1", "A7", ""});
  // DICOM JSON (PS3.18 F.2.2) has no empty array of values.
  EXPECT_EQ(Studies("")[0].at("00080061"), json::parse(R"({"vr": "CS"})"));
}

TEST_F(SearchTest, FindsStudiesByWhatTheStoreKnows) {
  for (const char* study : {"1.1", "1.2", "1.3"})
    Add({study, std::string(study) + ".1", std::string(study) + ".1.1"});
  EXPECT_THAT(Uids(Studies("PatientID=patient-of-1.2"), "0020000D"), ElementsAre("1.2"));
  EXPECT_THAT(Uids(Studies("00100020=patient*&limit=2"), "0020000D"), ElementsAre("1.3", "1.2"));
  EXPECT_THAT(Uids(Studies("limit=2&offset=2"), "0020000D"), ElementsAre("1.1"));
  EXPECT_THAT(Uids(Studies("StudyInstanceUID=1.1,1.3"), "0020000D"), ElementsAre("1.3", "1.1"));
  EXPECT_THAT(Uids(Studies("StudyDate=20270101-"), "0020000D"), IsEmpty());
}

TEST_F(SearchTest, FindsStudiesByWhatOnlyTheFilesHold) {
  for (int i = 1; i <= 5; ++i) {
    const std::string study = "1." + std::to_string(i);
    Add({study, study + ".1", study + ".1.1", i % 2 ? "ODD" : "EVEN"});
  }
  EXPECT_THAT(Uids(Studies("AccessionNumber=ODD"), "0020000D"), ElementsAre("1.5", "1.3", "1.1"));
  EXPECT_THAT(Uids(Studies("AccessionNumber=ODD&offset=1&limit=1"), "0020000D"),
              ElementsAre("1.3"));
  EXPECT_THAT(Uids(Studies("AccessionNumber=NONE"), "0020000D"), IsEmpty());
}

TEST_F(SearchTest, RefusesSecondSearchOfTheFilesMeanwhile) {
  Add({"1.1", "1.1.1", "1.1.1.1", "A7"});
  std::unique_lock<std::mutex> held;
  std::thread([&] {
    held = index_.HoldSearch();
    try {
      std::thread([&] {
        try {
          SearchStudies(Request("AccessionNumber=A7"), store_, index_);
          ADD_FAILURE() << "another search is running";
        } catch (const HttpError& e) {
          EXPECT_EQ(e.status(), 503);
          EXPECT_EQ(e.fields(), (HttpFields{{"Retry-After", "1"}}));
        }
        EXPECT_EQ(Studies("PatientID=patient-of-1.1").size(), 1u) << "no files are read for it";
      }).join();
    } catch (...) {
      ADD_FAILURE();
    }
    held.unlock();
  }).join();
  EXPECT_EQ(Studies("AccessionNumber=A7").size(), 1u);
}

TEST_F(SearchTest, SeriesAreOfTheirStudy) {
  Add({"1.1", "1.1.1", "1.1.1.1"});
  Add({"1.1", "1.1.1", "1.1.1.2"});
  Add({"1.1", "1.1.2", "1.1.2.1", "", "SR"});
  Add({"1.2", "1.2.1", "1.2.1.1"});
  const json all = Answer(SearchSeries(Request("", {"1.1"}), store_, index_));
  EXPECT_THAT(Uids(all, "0020000E"), ElementsAre("1.1.1", "1.1.2"));
  EXPECT_EQ(all[0].at("00201209").at("Value"), json({2}));
  EXPECT_EQ(all[0].at("00081190").at("Value"),
            json({"http://node.example:8042/dicom-web/studies/1.1/series/1.1.1"}));
  EXPECT_THAT(
      Uids(Answer(SearchSeries(Request("Modality=SR", {"1.1"}), store_, index_)), "0020000E"),
      ElementsAre("1.1.2"));
  EXPECT_TRUE(Answer(SearchSeries(Request("", {"9"}), store_, index_)).empty());
}

TEST_F(SearchTest, InstancesAreOfTheirStudyOrSeries) {
  Add({"1.1", "1.1.1", "1.1.1.1"});
  Add({"1.1", "1.1.1", "1.1.1.2", "", "MG", "2"});
  Add({"1.1", "1.1.2", "1.1.2.1"});
  const json all = Answer(SearchInstances(Request("", {"1.1"}), store_, index_));
  EXPECT_THAT(Uids(all, "00080018"), ElementsAre("1.1.1.1", "1.1.1.2", "1.1.2.1"));
  EXPECT_EQ(all[1].at("00280010").at("Value"), json({40}));
  EXPECT_EQ(all[1].at("00081190").at("Value"),
            json({"http://node.example:8042/dicom-web/studies/1.1/series/1.1.1/instances/"
                  "1.1.1.2"}));
  EXPECT_THAT(
      Uids(Answer(SearchInstances(Request("", {"1.1", "1.1.1"}), store_, index_)), "00080018"),
      ElementsAre("1.1.1.1", "1.1.1.2"));
  EXPECT_THAT(Uids(Answer(SearchInstances(Request("InstanceNumber=2", {"1.1"}), store_, index_)),
                   "00080018"),
              ElementsAre("1.1.1.2"));
  EXPECT_EQ(Answer(SearchInstances(Request("limit=1&offset=1", {"1.1"}), store_, index_)).size(),
            1u);
}

TEST_F(SearchTest, RefusesOtherMediaTypes) {
  HttpRequest request = Request("");
  request.fields.emplace_back("accept", "text/html");
  try {
    SearchStudies(request, store_, index_);
    FAIL() << "it answers with JSON alone";
  } catch (const HttpError& e) {
    EXPECT_EQ(e.status(), 406);
  }
}

TEST_F(SearchTest, WarnsOfAttributesThatAreIgnored) {
  const HttpResponse response = SearchStudies(Request("InstitutionName=x"), store_, index_);
  ASSERT_EQ(response.fields.size(), 1u);
  EXPECT_EQ(response.fields[0].first, "Warning");
  EXPECT_TRUE(SearchStudies(Request("PatientID=x"), store_, index_).fields.empty());
}

TEST(DicomWebAddress, IsThatOfTheClient) {
  HttpRequest request;
  EXPECT_EQ(DicomWebAddress(request), "/dicom-web");
  request.fields = {{"host", "node.example:8042"}};
  EXPECT_EQ(DicomWebAddress(request), "http://node.example:8042/dicom-web");
  request.encrypted = true;
  EXPECT_EQ(DicomWebAddress(request), "https://node.example:8042/dicom-web");
  request.encrypted = false;
  request.fields.emplace_back("x-forwarded-proto", "https");
  EXPECT_EQ(DicomWebAddress(request), "https://node.example:8042/dicom-web");
  request.fields = {{"host", "[::1]:80"}};
  EXPECT_EQ(DicomWebAddress(request), "http://[::1]:80/dicom-web");
  for (const char* hostile : {"a/b", "a\"b", "a b", "user@host", "a<b"}) {
    request.fields = {{"host", hostile}};
    EXPECT_EQ(DicomWebAddress(request), "/dicom-web") << hostile;
  }
}

}  // namespace
}  // namespace mhcnn
