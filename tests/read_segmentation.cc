// Reads a DICOM Segmentation by DCMTK's own reader (dcmseg) and prints the pixels that are set in
// each frame: a judge of the files that this project writes without it.

// The toolkit's configuration header must stand before all its others.
#include <dcmtk/config/osconfig.h>
// Stays between the two.
#include <dcmtk/dcmseg/segdoc.h>
#include <dcmtk/dcmseg/segutils.h>
#include <dcmtk/oflog/oflog.h>

#include <cstdio>
#include <memory>

int main(int argc, char** argv) {
  OFLog::configure(OFLogger::OFF_LOG_LEVEL);
  int failed = 0;
  for (int i = 1; i < argc; ++i) {
    DcmSegmentation* read = nullptr;
    const OFCondition status = DcmSegmentation::loadFile(argv[i], read);
    const std::unique_ptr<DcmSegmentation> segmentation(read);
    if (status.bad() || read == nullptr) {
      std::fprintf(stderr, "%s: %s\n", argv[i], status.text());
      failed = 1;
      continue;
    }
    DcmIODImage<IODImagePixelModule<Uint8>>& image = *segmentation;
    Uint16 rows = 0, columns = 0;
    image.getImagePixel().getRows(rows);
    image.getImagePixel().getColumns(columns);
    std::printf("%s %d %d", argv[i], rows, columns);
    for (std::size_t frame = 0; frame < segmentation->getNumberOfFrames(); ++frame) {
      const std::unique_ptr<DcmIODTypes::Frame> pixels(
          DcmSegUtils::unpackBinaryFrame(segmentation->getFrame(frame), rows, columns));
      long set = 0;
      for (std::size_t k = 0; k < pixels->length; ++k) set += pixels->pixData[k] != 0;
      std::printf(" %ld", set);
    }
    std::printf("\n");
  }
  return failed;
}
