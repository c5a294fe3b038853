#pragma once

/// Marks what the shared library offers.
#define MHCNN_EXPORT __attribute__((visibility("default")))

/// The library itself is built with MHCNN_BUILDING_LIBRARY: its own types have the same names.
#ifdef MHCNN_BUILDING_LIBRARY
#define MHCNN_ABI_INLINE
#else
#define MHCNN_ABI_INLINE inline
#endif
