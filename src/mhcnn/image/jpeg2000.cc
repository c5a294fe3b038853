#include "mhcnn/image/jpeg2000.h"

#include <openjpeg.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>

#include "mhcnn/base/error.h"
#include "mhcnn/image/codestream.h"

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

/// OpenJPEG's own words for what went wrong, the last of them.
void Remember(const char* message, void* user) { *static_cast<std::string*>(user) = message; }

/// OpenJPEG goes on with a wrong block of pixels after these warnings.
void CountDamage(const char* message, void* user) {
  const std::string_view text(message);
  const bool damage = text.find("codeblock") != text.npos || text.find("code-block") != text.npos ||
                      text.find("segment too long") != text.npos;
  if (damage) *static_cast<std::string*>(user) = message;
}

void Silence(opj_codec_t* codec, std::string* error = nullptr) {
  opj_set_info_handler(codec, Ignore, nullptr);
  opj_set_warning_handler(codec, error != nullptr ? CountDamage : Ignore, error);
  opj_set_error_handler(codec, error != nullptr ? Remember : Ignore, error);
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

/// Returns whether a JP2 file begins: some writers put it where a codestream belongs (PS3.5 A.4.4).
bool IsJp2(std::span<const std::uint8_t> stream) {
  static constexpr std::uint8_t kSignature[] = {0, 0, 0, 12, 'j', 'P', ' ', ' '};
  return stream.size() > sizeof(kSignature) &&
         std::equal(std::begin(kSignature), std::end(kSignature), stream.begin());
}

/// Refuses by the header, before the codec takes memory for what it claims.
CodestreamHeader CheckHeader(std::span<const std::uint8_t> stream, const Jpeg2000Request& wanted) {
  const auto header = FindJpeg2000Header(stream);
  if (!header) Corrupt("has no valid header");
  if (header->rows != wanted.rows || header->columns != wanted.columns) {
    Corrupt("is " + std::to_string(header->columns) + " x " + std::to_string(header->rows) +
            " pixels, not the " + std::to_string(wanted.columns) + " x " +
            std::to_string(wanted.rows) + " of the header");
  }
  constexpr int kMostChannels = 4;
  if (header->components < 1 || header->components > kMostChannels) {
    Corrupt("has " + std::to_string(header->components) + " channels");
  }
  if (header->precision > 16) {
    throw Error(ErrorCode::kUnsupported, "has more than 16 bits a pixel");
  }
  constexpr std::int64_t kMostTiles = 65535;  // what the tile index of the format can count
  if (header->tiles > kMostTiles) Corrupt("has too many tiles");
  return *header;
}

/// Halvings that leave a longer side of at least `wanted`, at most those that the stream holds.
int Halvings(opj_codec_t* codec, const Jpeg2000Request& request) {
  constexpr int kMost = 3;
  if (request.wanted_long_side <= 0) return 0;
  opj_codestream_info_v2_t* info = opj_get_cstr_info(codec);
  int levels = 0;
  if (info != nullptr && info->m_default_tile_info.tccp_info != nullptr) {
    levels = static_cast<int>(info->m_default_tile_info.tccp_info[0].numresolutions) - 1;
  }
  opj_destroy_cstr_info(&info);
  const int longer = std::max(request.rows, request.columns);
  int halvings = 0;
  while (halvings < std::min(levels, kMost) &&
         (longer >> (halvings + 1)) >= request.wanted_long_side) {
    ++halvings;
  }
  return halvings;
}

[[noreturn]] void Fail(const std::string& message) {
  const bool unsupported =
      message.find("upport") != std::string::npos || message.find("32 bits") != std::string::npos;
  if (unsupported) {
    throw Error(ErrorCode::kUnsupported,
                "has a JPEG 2000 feature that OpenJPEG does not decode (" +
                    message.substr(0, message.find_last_not_of("\n ") + 1) + ")",
                {}, "convert it to Explicit VR Little Endian");
  }
  Corrupt("is damaged or cut short");
}

/// The samples of a channel; one with fewer pixels than the picture (chroma) as it is.
cv::Mat1w Samples(const opj_image_comp_t& component, int bits) {
  const int rows = static_cast<int>(component.h), columns = static_cast<int>(component.w);
  if (component.data == nullptr) Corrupt("does not decode to its size");
  const int mask = (1 << bits) - 1;
  cv::Mat1w samples(rows, columns);
  for (int row = 0; row < rows; ++row) {
    const OPJ_INT32* from = component.data + static_cast<std::ptrdiff_t>(row) * columns;
    std::uint16_t* to = samples[row];
    for (int column = 0; column < columns; ++column) {
      to[column] = static_cast<std::uint16_t>(from[column] & mask);
    }
  }
  return samples;
}

}  // namespace

std::optional<CodestreamHeader> FindJpeg2000Header(std::span<const std::uint8_t> stream) {
  if (IsJp2(stream)) {
    static constexpr std::uint8_t kStart[] = {0xFF, 0x4F, 0xFF, 0x51};
    const auto found =
        std::search(stream.begin(), stream.end(), std::begin(kStart), std::end(kStart));
    stream = stream.subspan(static_cast<std::size_t>(found - stream.begin()));
  }
  return ReadJpeg2000Header(stream);
}

Jpeg2000Image DecodeJpeg2000(std::span<const std::uint8_t> stream, const Jpeg2000Request& request) {
  const CodestreamHeader header = CheckHeader(stream, request);
  Memory memory{stream, {}, 0};
  const Stream input = OpenStream(memory, true);
  const Codec codec(opj_create_decompress(IsJp2(stream) ? OPJ_CODEC_JP2 : OPJ_CODEC_J2K));
  std::string message;
  Silence(codec.get(), &message);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_image_t* raw = nullptr;
  const int threads = request.threads > 0 ? request.threads : opj_get_num_cpus();
  const bool opened = opj_setup_decoder(codec.get(), &parameters) != 0 &&
                      (threads == 1 || opj_codec_set_threads(codec.get(), threads) != 0) &&
                      // A picture cut short must not pass as one with a grey lower half.
                      opj_decoder_set_strict_mode(codec.get(), OPJ_TRUE) != 0 &&
                      opj_read_header(input.get(), codec.get(), &raw) != 0;
  const Image image(raw);
  if (!opened || !image) Fail(message);
  // A grid that does not start at 0 has its levels' pixels elsewhere.
  const bool at_origin = image->x0 == 0 && image->y0 == 0;
  const int halvings = at_origin ? Halvings(codec.get(), request) : 0;
  const bool decoded =
      (halvings == 0 ||
       opj_set_decoded_resolution_factor(codec.get(), static_cast<OPJ_UINT32>(halvings)) != 0) &&
      opj_decode(codec.get(), input.get(), image.get()) != 0 &&
      opj_end_decompress(codec.get(), input.get()) != 0 && message.empty();
  if (!decoded && halvings > 0) {
    // A tile may have fewer levels than the main header says.
    Jpeg2000Request whole = request;
    whole.wanted_long_side = 0;
    return DecodeJpeg2000(stream, whole);
  }
  if (!decoded) Fail(message);
  Jpeg2000Image picture;
  picture.reduction = 1 << halvings;
  const auto reduced = [&](int side) { return (side + picture.reduction - 1) / picture.reduction; };
  if (image->numcomps != static_cast<OPJ_UINT32>(header.components)) {
    Corrupt("does not decode to its channels");
  }
  picture.precision = header.precision;
  picture.is_signed = header.is_signed;
  for (OPJ_UINT32 channel = 0; channel < image->numcomps; ++channel) {
    picture.channels.push_back(Samples(image->comps[channel], header.precision));
  }
  const cv::Size size(reduced(request.columns), reduced(request.rows));
  if (picture.channels.front().size() != size) Corrupt("does not decode to its size");
  return picture;
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
