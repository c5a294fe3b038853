#include "dicom/jpeg2000.h"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>

#include "base/error.h"
#include "dicom/codestream.h"

namespace mhcnn {
namespace {

struct CodecDeleter {
  void operator()(opj_codec_t* codec) const { opj_destroy_codec(codec); }
};
struct StreamDeleter {
  void operator()(opj_stream_t* stream) const { opj_stream_destroy(stream); }
};
struct ImageDeleter {
  void operator()(opj_image_t* image) const { opj_image_destroy(image); }
};
using Codec = std::unique_ptr<opj_codec_t, CodecDeleter>;
using Stream = std::unique_ptr<opj_stream_t, StreamDeleter>;
using Image = std::unique_ptr<opj_image_t, ImageDeleter>;

/// A stream over memory: read from `input`, or appended to and rewritten in `output`.
struct Memory {
  std::span<const std::uint8_t> input;
  std::vector<std::uint8_t> output;
  std::size_t at = 0;
};

OPJ_SIZE_T Read(void* to, OPJ_SIZE_T size, void* user) {
  auto& memory = *static_cast<Memory*>(user);
  const std::size_t count = std::min<std::size_t>(size, memory.input.size() - memory.at);
  if (count == 0) return static_cast<OPJ_SIZE_T>(-1);
  std::memcpy(to, memory.input.data() + memory.at, count);
  memory.at += count;
  return count;
}

OPJ_SIZE_T Write(void* from, OPJ_SIZE_T size, void* user) {
  auto& memory = *static_cast<Memory*>(user);
  if (memory.at + size > memory.output.size()) memory.output.resize(memory.at + size);
  std::memcpy(memory.output.data() + memory.at, from, size);
  memory.at += size;
  return size;
}

std::size_t Length(const Memory& memory) {
  return memory.input.empty() ? memory.output.size() : memory.input.size();
}

OPJ_OFF_T Skip(OPJ_OFF_T count, void* user) {
  auto& memory = *static_cast<Memory*>(user);
  if (count < 0) return -1;
  const std::size_t left = Length(memory) - memory.at;
  const std::size_t step = std::min(static_cast<std::size_t>(count), left);
  memory.at += step;
  return static_cast<OPJ_OFF_T>(step);
}

OPJ_BOOL Seek(OPJ_OFF_T to, void* user) {
  auto& memory = *static_cast<Memory*>(user);
  if (to < 0 || static_cast<std::size_t>(to) > Length(memory)) return OPJ_FALSE;
  memory.at = static_cast<std::size_t>(to);
  return OPJ_TRUE;
}

void Ignore(const char*, void*) {}

void Silence(opj_codec_t* codec) {
  opj_set_info_handler(codec, Ignore, nullptr);
  opj_set_warning_handler(codec, Ignore, nullptr);
  opj_set_error_handler(codec, Ignore, nullptr);
}

Stream OpenStream(Memory& memory, bool reading) {
  Stream stream(opj_stream_create(std::size_t{1} << 16, reading ? OPJ_TRUE : OPJ_FALSE));
  opj_stream_set_user_data(stream.get(), &memory, nullptr);
  opj_stream_set_user_data_length(stream.get(), memory.input.size());
  opj_stream_set_read_function(stream.get(), Read);
  opj_stream_set_write_function(stream.get(), Write);
  opj_stream_set_skip_function(stream.get(), Skip);
  opj_stream_set_seek_function(stream.get(), Seek);
  return stream;
}

[[noreturn]] void Corrupt(const std::string& what) {
  throw Error(ErrorCode::kCorrupt, "JPEG 2000 picture " + what);
}

/// Some writers put a whole JP2 file where a bare codestream belongs (PS3.5 A.4.4).
bool IsJp2(std::span<const std::uint8_t> stream) {
  static constexpr std::uint8_t kSignature[] = {0, 0, 0, 12, 'j', 'P', ' ', ' '};
  return stream.size() > sizeof(kSignature) &&
         std::equal(std::begin(kSignature), std::end(kSignature), stream.begin());
}

std::optional<CodestreamHeader> Header(std::span<const std::uint8_t> stream) {
  auto codestream = stream;
  if (IsJp2(stream)) {
    static constexpr std::uint8_t kStart[] = {0xFF, 0x4F, 0xFF, 0x51};
    const auto found =
        std::search(stream.begin(), stream.end(), std::begin(kStart), std::end(kStart));
    codestream = stream.subspan(static_cast<std::size_t>(found - stream.begin()));
  }
  return ReadJpeg2000Header(codestream);
}

/// Refuses by the header, before the codec takes memory for what it claims.
void CheckHeader(std::span<const std::uint8_t> stream, int rows, int columns) {
  const auto header = Header(stream);
  if (!header) Corrupt("has no valid header");
  if (header->rows != rows || header->columns != columns) {
    Corrupt("is " + std::to_string(header->columns) + " x " + std::to_string(header->rows) +
            " pixels, not the " + std::to_string(columns) + " x " + std::to_string(rows) +
            " of the header");
  }
  if (header->components != 1) {
    throw Error(ErrorCode::kUnsupported, "is a colour JPEG 2000 picture");
  }
  if (header->precision > 16) {
    throw Error(ErrorCode::kUnsupported, "has more than 16 bits a pixel");
  }
  constexpr std::int64_t kMostTiles = 65535;  // what the tile index of the format can count
  if (header->tiles > kMostTiles) Corrupt("has too many tiles");
}

}  // namespace

int ReductionFor(std::span<const std::uint8_t> stream, int wanted) {
  const auto header = Header(stream);
  if (!header || wanted <= 0) return 0;
  int reduce = 0;
  while (reduce < header->levels &&
         std::max(header->rows, header->columns) >> (reduce + 1) >= wanted) {
    ++reduce;
  }
  return reduce;
}

cv::Mat1w DecodeJpeg2000(std::span<const std::uint8_t> stream, int rows, int columns, int bits,
                         int reduce) {
  CheckHeader(stream, rows, columns);
  Memory memory{stream, {}, 0};
  const Stream input = OpenStream(memory, true);
  const Codec codec(opj_create_decompress(IsJp2(stream) ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K));
  Silence(codec.get());
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  parameters.cp_reduce = static_cast<OPJ_UINT32>(reduce);
  const int round_up = (1 << reduce) - 1;
  rows = (rows + round_up) >> reduce;
  columns = (columns + round_up) >> reduce;
  opj_image_t* raw = nullptr;
  const bool opened = opj_setup_decoder(codec.get(), &parameters) != 0 &&
                      // A picture cut short must not pass as one with a grey lower half.
                      opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE) != 0 &&
                      opj_read_header(input.get(), codec.get(), &raw) != 0;
  const Image image(raw);
  if (!opened || !image) Corrupt("has a damaged header");
  if (opj_decode(codec.get(), input.get(), image.get()) == 0 ||
      opj_end_decompress(codec.get(), input.get()) == 0) {
    Corrupt("is damaged or cut short");
  }
  const opj_image_comp_t& component = image->comps[0];
  if (component.data == nullptr || static_cast<int>(component.h) != rows ||
      static_cast<int>(component.w) != columns) {
    Corrupt("does not decode to its size");
  }
  const int mask = (1 << bits) - 1;
  // Lossy values overshoot where the stream has more bits than the header; lossless ones may carry
  // overlays in those bits, which the mask takes away.
  const bool clamps = Header(stream)->lossy;
  const int lowest = component.sgnd ? -(1 << (bits - 1)) : 0,
            highest = component.sgnd ? (1 << (bits - 1)) - 1 : mask;
  cv::Mat1w samples(rows, columns);
  for (int row = 0; row < rows; ++row) {
    const OPJ_INT32* from = component.data + static_cast<std::ptrdiff_t>(row) * columns;
    std::uint16_t* to = samples[row];
    for (int column = 0; column < columns; ++column) {
      to[column] = static_cast<std::uint16_t>(
          (clamps ? std::clamp<int>(from[column], lowest, highest) : from[column]) & mask);
    }
  }
  return samples;
}

std::vector<std::uint8_t> EncodeJpeg2000(const cv::Mat1w& samples, int bits, double rate) {
  opj_cparameters_t parameters;
  opj_set_default_encoder_parameters(&parameters);
  parameters.tcp_numlayers = 1;
  parameters.cp_disto_alloc = 1;
  parameters.tcp_rates[0] = static_cast<float>(rate);
  parameters.irreversible = rate > 0 ? 1 : 0;
  // Each resolution halves the picture, which must keep a pixel.
  int resolutions = 1;
  while (resolutions < 6 && (std::min(samples.rows, samples.cols) >> resolutions) > 0)
    ++resolutions;
  parameters.numresolution = resolutions;

  opj_image_cmptparm_t component{};
  component.dx = component.dy = 1;
  component.w = static_cast<OPJ_UINT32>(samples.cols);
  component.h = static_cast<OPJ_UINT32>(samples.rows);
  component.prec = static_cast<OPJ_UINT32>(bits);
  const Image image(opj_image_create(1, &component, OPJ_CLRSPC_GRAY));
  if (!image) throw Error(ErrorCode::kInternal, "no memory for a JPEG 2000 picture");
  image->x1 = component.w;
  image->y1 = component.h;
  for (int row = 0; row < samples.rows; ++row) {
    std::copy_n(samples[row], samples.cols,
                image->comps[0].data + static_cast<std::ptrdiff_t>(row) * samples.cols);
  }

  Memory memory;
  const Stream output = OpenStream(memory, false);
  const Codec codec(opj_create_compress(OPJ_CODEC_J2K));
  Silence(codec.get());
  if (opj_setup_encoder(codec.get(), &parameters, image.get()) == 0 ||
      opj_start_compress(codec.get(), image.get(), output.get()) == 0 ||
      opj_encode(codec.get(), output.get()) == 0 ||
      opj_end_compress(codec.get(), output.get()) == 0) {
    throw Error(ErrorCode::kInternal, "a picture could not be encoded as JPEG 2000");
  }
  return std::move(memory.output);
}

}  // namespace mhcnn
