#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace mhcnn {

/// Frames of an object.
struct PixelFrames {
  std::string transfer_syntax;      ///< transfer syntax UID of the frames
  std::vector<std::string> frames;  ///< bytes: codestreams, or samples in little endian
};

/// Format of the pixel data of a file.
struct PixelDataInfo {
  std::string transfer_syntax;  ///< transfer syntax UID of the file
  bool compressed = false;      ///< whether frames are codestreams
  int frames = 0;               ///< Number of Frames; 0: no pixel data
};

/// Returns the format of the pixel data of a file. Throws what LoadDicom throws.
PixelDataInfo ReadPixelDataInfo(const std::filesystem::path& path);

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
/// samples and for codestreams without a media type (PS3.18 8.7.3.3.2).
std::string FrameMediaType(const std::string& transfer_syntax);

}  // namespace mhcnn
