#include "mhcnn/dicom/jpeg.h"

#include "mhcnn/dicom/dcmtk.h"
// The codec classes need the toolkit's configuration before them.
#include <dcmtk/dcmjpeg/djcparam.h>
#include <dcmtk/dcmjpeg/djdijg12.h>
#include <dcmtk/dcmjpeg/djdijg16.h>
#include <dcmtk/dcmjpeg/djdijg8.h>

#include <algorithm>

#include "mhcnn/base/error.h"
#include "mhcnn/image/codestream.h"

namespace mhcnn {
namespace {

/// A decoder of the toolkit that counts its warnings and does not print them. The toolkit's own
/// path to these classes ignores them.
template <typename Decoder>
class Strict : public Decoder {
 public:
  using Decoder::Decoder;
  void emitMessage(int level) const override { warnings_ += level < 0; }
  int warnings() const { return warnings_; }

 private:
  mutable int warnings_ = 0;
};

template <typename Decoder>
void DecodeWith(std::vector<std::uint8_t>& stream, const CodestreamHeader& header,
                JpegSamples& samples) {
  // Predictor 6 of 16-bit data was computed wrongly by old writers of this very library; the
  // standard's way is taken.
  const DJCodecParameter parameters(ECC_lossyYCbCr, EDC_never, EUC_never, EPC_colorByPixel);
  Strict<Decoder> decoder(parameters, false);
  samples.bytes_per_sample = decoder.bytesPerSample();
  samples.data.resize(static_cast<std::size_t>(header.rows * header.columns * header.components) *
                      decoder.bytesPerSample());
  OFCondition status = decoder.init();
  if (status.good()) {
    status = decoder.decode(stream.data(), static_cast<Uint32>(stream.size()), samples.data.data(),
                            static_cast<Uint32>(samples.data.size()), OFFalse);
  }
  if (status.bad() || decoder.warnings() > 0) {
    throw Error(ErrorCode::kCorrupt, "has JPEG data that are damaged", {},
                "get the file again from its source");
  }
}

}  // namespace

JpegSamples DecodeJpeg(std::vector<std::uint8_t>& stream) {
  const auto header = ReadJpegHeader(stream);
  if (!header) throw Error(ErrorCode::kCorrupt, "has a compressed picture without a valid header");
  JpegSamples samples;
  if (header->precision > 12) {
    DecodeWith<DJDecompressIJG16Bit>(stream, *header, samples);
  } else if (header->precision > 8) {
    DecodeWith<DJDecompressIJG12Bit>(stream, *header, samples);
  } else {
    DecodeWith<DJDecompressIJG8Bit>(stream, *header, samples);
  }
  return samples;
}

}  // namespace mhcnn
