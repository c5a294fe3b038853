#pragma once

#include <string_view>

/// Puts the bytes that a file has at build time into the program, followed by a zero: they begin at
/// `symbol` and end at `symbol##_end`. `file` is a string literal; the build must list the file
/// among the OBJECT_DEPENDS of the source.
#define MHCNN_EMBED(symbol, file)         \
  extern "C" const char symbol[];         \
  extern "C" const char symbol##_end[];   \
  __asm__(                                \
      ".section .rodata\n"                \
      ".global " #symbol "\n" #symbol     \
      ":\n"                               \
      ".incbin \"" file                   \
      "\"\n"                              \
      ".global " #symbol "_end\n" #symbol \
      "_end:\n"                           \
      ".byte 0\n"                         \
      ".text\n")

/// Gives the bytes of a file that MHCNN_EMBED put into the program.
#define MHCNN_EMBEDDED(symbol) \
  std::string_view(symbol, static_cast<std::size_t>(symbol##_end - symbol))
