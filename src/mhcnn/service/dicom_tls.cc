#include "mhcnn/service/dicom_tls.h"

#include <mutex>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"

namespace mhcnn {
namespace {

namespace fs = std::filesystem;

void Require(const OFCondition& status, const fs::path& file, const char* problem,
             const char* remedy) {
  if (status.good()) return;
  ReadTextFile(file);  // a file that is missing or cannot be read has a clearer message
  throw Error(ErrorCode::kUsage, problem, file.string(), remedy);
}

}  // namespace

std::string ReadKeyPassword(const TlsConfig& config) {
  if (config.key_password_file.empty()) return {};
  std::string password = ReadTextFile(config.key_password_file);
  while (!password.empty() && (password.back() == '\n' || password.back() == '\r')) {
    password.pop_back();
  }
  return password;
}

std::unique_ptr<DcmTLSTransportLayer> MakeDicomTls(const TlsConfig& config,
                                                   T_ASC_NetworkRole role) {
  static std::once_flag once;
  std::call_once(once, [] { DcmTLSTransportLayer::initializeOpenSSL(); });
  InitDcmtk();  // its log stays silent
  if (config.trusted.empty()) {
    throw Error(ErrorCode::kUsage, "TLS has no trusted authorities", "tls.trusted",
                "name a PEM file with the certificates that peers are checked against");
  }
  if (role != NET_REQUESTOR && config.certificate.empty()) {
    throw Error(ErrorCode::kUsage, "TLS has no certificate of this node", "tls.certificate",
                "name a PEM file with the certificate, and its key in tls.key");
  }
  auto layer = std::make_unique<DcmTLSTransportLayer>(role, nullptr, OFFalse);
  if (layer->setTLSProfile(TSP_Profile_BCP195_ND).bad()) {
    throw Error(ErrorCode::kInternal, "OpenSSL does not offer the TLS profile BCP 195");
  }
  // The key before the certificate; without a password the toolkit would ask on the terminal.
  layer->setPrivateKeyPasswd(ReadKeyPassword(config).c_str());
  if (!config.certificate.empty()) {
    Require(layer->setPrivateKeyFile(config.key.c_str(), DCF_Filetype_PEM), config.key,
            "is not a private key in PEM form, or its password is wrong",
            "check tls.key and tls.key_password_file");
    Require(layer->setCertificateFile(config.certificate.c_str(), DCF_Filetype_PEM),
            config.certificate, "is not a certificate in PEM form", "check tls.certificate");
    if (!layer->checkPrivateKeyMatchesCertificate()) {
      throw Error(ErrorCode::kUsage, "does not belong to the key " + config.key.string(),
                  config.certificate.string(), "name the key that the certificate was issued for");
    }
  }
  Require(layer->addTrustedCertificateFile(config.trusted.c_str(), DCF_Filetype_PEM),
          config.trusted, "has no certificate in PEM form", "check tls.trusted");
  if (layer->activateCipherSuites().bad()) {
    throw Error(ErrorCode::kInternal, "OpenSSL does not offer the cipher suites of BCP 195");
  }
  layer->setCertificateVerification(DCV_requireCertificate);
  return layer;
}

}  // namespace mhcnn
