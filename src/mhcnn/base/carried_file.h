#pragma once

#include <string_view>

/// Puts the bytes of a file into the program as it is when the program is built, followed by a
/// zero: they begin at `symbol` and end at `symbol##_end`. `file` is a string literal; the build
/// must list the file among the OBJECT_DEPENDS of the source.
#define MHCNN_CARRY(symbol, file)         \
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

/// The bytes of a file that MHCNN_CARRY put into the program.
#define MHCNN_CARRIED(symbol) \
  std::string_view(symbol, static_cast<std::size_t>(symbol##_end - symbol))
