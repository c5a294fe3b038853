#pragma once

#include <memory>
#include <string>

#include "mhcnn/dicom/dcmtk.h"
#include "mhcnn/service/config.h"
// Stays below dcmtk.h, as all headers of the toolkit.
#include <dcmtk/dcmnet/assoc.h>
#include <dcmtk/dcmtls/tlslayer.h>

namespace mhcnn {

/// Makes the transport layer of TLS connections of DICOM: TLS 1.2 or later with the Non-Downgrading
/// BCP 195 profile (PS3.15 B.10), and a peer whose certificate a trusted authority issued. `role`:
/// NET_ACCEPTOR or NET_REQUESTOR. Throws Error(kUsage) that names the file that is wrong, and what
/// reading a file throws.
std::unique_ptr<DcmTLSTransportLayer> MakeDicomTls(const TlsConfig& config, T_ASC_NetworkRole role);

/// Returns the password of the key without the line break at its end; "" without a password file.
/// Throws what reading a file throws.
std::string ReadKeyPassword(const TlsConfig& config);

}  // namespace mhcnn
