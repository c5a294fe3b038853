#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mhcnn {

/// Frames of an object.
struct PixelFrames {
  std::string transfer_syntax;      ///< of the frames
  std::vector<std::string> frames;  ///< bytes; codestreams, or samples in little endian
};

/// What the pixel data of a file are.
struct PixelFacts {
  std::string transfer_syntax;  ///< of the file
  bool compressed = false;      ///< frames are codestreams
  int frames = 0;               ///< Number of Frames; 0: no pixel data
};

/// Returns what the pixel data of a file are. Throws what LoadDicom throws.
PixelFacts ReadPixelFacts(const std::filesystem::path& path);

/// Returns the codestreams of frames, by their numbers from 1, as they are stored. Throws
/// Error(kUnsupported) where it cannot be known which fragments belong to which frame.
PixelFrames ReadStoredFrames(const std::filesystem::path& path,
                             const std::vector<std::size_t>& numbers);

/// Returns frames, by their numbers from 1, as samples: Explicit VR Little Endian, of Bits
/// Allocated. A frame of 1 bit per pixel begins with a byte of its own. Throws Error(kUnsupported)
/// for codestreams that cannot be decompressed here.
PixelFrames ReadUncompressedFrames(const std::filesystem::path& path,
                                   const std::vector<std::size_t>& numbers);

/// Returns the whole file with its pixel data as samples, in Explicit VR Little Endian. Throws as
/// ReadUncompressedFrames.
std::string ReadUncompressedFile(const std::filesystem::path& path);

/// Returns the media type of codestreams: "image/jp2" for JPEG 2000; application/octet-stream for
/// samples and what has none (PS3.18 8.7.3.3.2).
std::string FrameMediaType(const std::string& transfer_syntax);

}  // namespace mhcnn
