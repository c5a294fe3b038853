#pragma once

#include <cstdio>
//
#include <jpeglib.h>

#include <csetjmp>

namespace mhcnn {

/// Receiver of libjpeg's errors, which otherwise would end the program: it jumps to `give_up`,
/// which the caller sets by setjmp before each group of calls. No destructor may lie between.
struct JpegErrors {
  jpeg_error_mgr standard{};  ///< must be first: libjpeg finds the object by it
  std::jmp_buf give_up{};     ///< where the program continues after an error

  /// Makes a receiver. `on_message` gets warnings (level -1) and traces (0 up); none is printed.
  explicit JpegErrors(void (*on_message)(j_common_ptr info, int level)) {
    jpeg_std_error(&standard);
    standard.error_exit = GiveUp;
    standard.emit_message = on_message;
  }
  JpegErrors(const JpegErrors&) = delete;
  JpegErrors& operator=(const JpegErrors&) = delete;

  /// Jumps to `give_up`.
  [[noreturn]] static void GiveUp(j_common_ptr info) {
    std::longjmp(reinterpret_cast<JpegErrors*>(info->err)->give_up, 1);
  }
};

}  // namespace mhcnn
