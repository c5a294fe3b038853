#include <openssl/ssl.h>

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/base/file.h"
#include "mhcnn/base/text.h"
#include "mhcnn/service/web/http_stream.h"

namespace mhcnn {
namespace {

namespace ssl = boost::asio::ssl;

void Require(const boost::system::error_code& ec, const char* what,
             const std::filesystem::path& file) {
  if (!ec) return;
  throw Error(ErrorCode::kUsage,
              std::string("cannot be used as ") + what + " (" + ec.message() + ")", file.string(),
              "give a PEM file that fits");
}

}  // namespace

std::unique_ptr<ssl::context> MakeTlsContext(const TlsConfig& config) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX* native = context->native_handle();
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  // Only forward secrecy and authenticated encryption are permitted (BCP 195, RFC 9325).
  SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20");
  context->set_options(ssl::context::default_workarounds | ssl::context::no_compression |
                       SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  if (!config.key_password_file.empty()) {
    const std::string password = Trim(ReadTextFile(config.key_password_file, 4'096));
    context->set_password_callback(
        [password](std::size_t, ssl::context::password_purpose) { return password; });
  }
  boost::system::error_code ec;
  context->use_certificate_chain_file(config.certificate.string(), ec);
  Require(ec, "a certificate", config.certificate);
  context->use_private_key_file(config.key.string(), ssl::context::pem, ec);
  Require(ec, "the key of the certificate", config.key);
  if (!config.trusted.empty()) {
    context->load_verify_file(config.trusted.string(), ec);
    Require(ec, "a list of trusted certificates", config.trusted);
    context->set_verify_mode(ssl::verify_peer | ssl::verify_fail_if_no_peer_cert);
  }
  // Sessions of one configuration are not valid in another.
  const std::string id = "mhcnn";
  SSL_CTX_set_session_id_context(native, reinterpret_cast<const unsigned char*>(id.data()),
                                 static_cast<unsigned>(id.size()));
  return context;
}

}  // namespace mhcnn
