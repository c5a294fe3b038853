#pragma once

/// Marks a class or function that the shared library exports.
#define MHCNN_EXPORT __attribute__((visibility("default")))

/// Makes the namespace v0 inline for programs, so that they write mhcnn::Analyzer. The library
/// itself defines MHCNN_BUILDING_LIBRARY: its internal types have the same names outside v0.
#ifdef MHCNN_BUILDING_LIBRARY
#define MHCNN_ABI_INLINE
#else
#define MHCNN_ABI_INLINE inline
#endif
