#include "mhcnn/service/dicom_tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/error_message.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

using namespace testing_support;
using testing::HasSubstr;

/// Keys and certificates made by the program openssl.
class DicomTlsTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const std::string name : {"one", "two"}) {
      const std::string command =
          "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=" + name + " -keyout " +
          (folder_ / (name + ".key")).string() + " -out " + (folder_ / (name + ".pem")).string() +
          " >/dev/null 2>&1";
      if (std::system(command.c_str()) != 0) GTEST_SKIP() << "openssl is not installed";
    }
    config_.certificate = folder_ / "one.pem";
    config_.key = folder_ / "one.key";
    config_.trusted = folder_ / "two.pem";
  }
  std::string Message() {
    return ErrorMessage([&] { MakeDicomTls(config_, NET_REQUESTOR); }, ErrorCode::kUsage);
  }

  ScratchFolder folder_;
  TlsConfig config_;
};

TEST_F(DicomTlsTest, TakesCertificatesAndKeys) {
  EXPECT_NE(MakeDicomTls(config_, NET_REQUESTOR), nullptr);
  EXPECT_NE(MakeDicomTls(config_, NET_ACCEPTOR), nullptr);
}

TEST_F(DicomTlsTest, TakesAKeyWithItsPasswordAlone) {
  const std::string command = "openssl pkcs8 -topk8 -passout pass:secret -in " +
                              config_.key.string() + " -out " + (folder_ / "locked.key").string() +
                              " 2>/dev/null";
  ASSERT_EQ(std::system(command.c_str()), 0);
  config_.key = folder_ / "locked.key";
  config_.key_password_file = folder_ / "password";
  WriteFileAtomically(config_.key_password_file, "secret\n");
  EXPECT_NE(MakeDicomTls(config_, NET_REQUESTOR), nullptr);
  WriteFileAtomically(config_.key_password_file, "wrong\n");
  EXPECT_THAT(Message(), HasSubstr("locked.key"));
  config_.key_password_file.clear();
  EXPECT_THAT(Message(), HasSubstr("locked.key"));
}

TEST_F(DicomTlsTest, NamesTheFileThatIsWrong) {
  config_.key = folder_ / "two.key";
  EXPECT_THAT(Message(), HasSubstr("does not belong to the key"));
  config_.key = folder_ / "one.key";
  WriteFileAtomically(folder_ / "text", "no certificate");
  config_.trusted = folder_ / "text";
  EXPECT_THAT(Message(), HasSubstr("text"));
  config_.trusted.clear();
  EXPECT_THAT(Message(), HasSubstr("tls.trusted"));
  config_.trusted = folder_ / "missing";
  EXPECT_EQ(ThrownCode([&] { MakeDicomTls(config_, NET_REQUESTOR); }), ErrorCode::kNotFound);
}

TEST_F(DicomTlsTest, AnAcceptorNeedsACertificate) {
  config_.certificate.clear();
  EXPECT_NE(MakeDicomTls(config_, NET_REQUESTOR), nullptr);
  EXPECT_THAT(ErrorMessage([&] { MakeDicomTls(config_, NET_ACCEPTOR); }, ErrorCode::kUsage),
              HasSubstr("tls.certificate"));
}

}  // namespace
}  // namespace mhcnn
