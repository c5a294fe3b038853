#include "mhcnn/dicom/repair.h"

#include <dcmtk/dcmdata/dcpixel.h>
#include <dcmtk/dcmdata/dcpixseq.h>
#include <dcmtk/dcmdata/dcpxitem.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>

#include "mhcnn/base/write_all.h"
#include "mhcnn/dicom/syntax.h"
#include "mhcnn/image/flags.h"

namespace mhcnn {
namespace {

using Bytes = std::span<const std::uint8_t>;

E_TransferSyntax ToDcmtkSyntax(const ElementCoding& coding) {
  if (coding.big_endian) return coding.explicit_vr ? EXS_BigEndianExplicit : EXS_BigEndianImplicit;
  return coding.explicit_vr ? EXS_LittleEndianExplicit : EXS_LittleEndianImplicit;
}

/// Loads elements through a file in memory: from a buffer the toolkit allocates what memory an
/// element claims (up to 4 GiB) before it checks whether the bytes are there.
OFCondition LoadElements(Bytes elements, E_TransferSyntax syntax, DcmFileFormat& into) {
  const int memory = ::memfd_create("dicom", MFD_CLOEXEC);
  OFCondition status = EC_MemoryExhausted;
  if (memory >= 0 && WriteAll(memory, elements)) {
    const std::string name = "/proc/self/fd/" + std::to_string(memory);
    status = into.loadFile(OFFilename(name.c_str()), syntax, EGL_noChange, DCM_MaxReadLength,
                           ERM_dataset);
    if (status.good()) status = into.loadAllDataIntoMemory();
  }
  if (memory >= 0) ::close(memory);
  return status;
}

/// Returns whether an element may be left out: its group is private, or of requests, visits,
/// procedures, storage or signatures.
bool MayBeSkipped(Bytes element, bool big_endian) {
  if (element.size() < 2) return true;
  const int group = big_endian ? element[0] << 8 | element[1] : element[1] << 8 | element[0];
  static constexpr std::array kGroups = {0x0032, 0x0038, 0x0040, 0x0088, 0x0400};
  return group % 2 != 0 || std::find(kGroups.begin(), kGroups.end(), group) != kGroups.end();
}

/// Loads the elements one by one, where they cannot be read together.
OFCondition LoadOneByOne(Bytes elements, const DicomStructure& structure, DicomFile& into) {
  into.clear();
  for (std::size_t i = 0; i < structure.starts.size(); ++i) {
    const std::size_t at = structure.starts[i];
    const std::size_t end =
        i + 1 < structure.starts.size() ? structure.starts[i + 1] : elements.size();
    const Bytes element = elements.subspan(at, end - at);
    DcmFileFormat one;
    const OFCondition status = LoadElements(element, ToDcmtkSyntax(structure.coding), one);
    if (status.bad()) {
      if (!MayBeSkipped(element, structure.coding.big_endian)) return status;
      continue;
    }
    while (DcmElement* loaded = one.getDataset()->remove(0UL)) {
      if (into.getDataset()->insert(loaded, OFTrue).bad()) delete loaded;
    }
  }
  AddFlag(into.flags, Flag::kElementsSkipped);
  return into.getDataset()->card() > 0 ? EC_Normal : EC_CorruptedData;
}

std::vector<Uint8> Joined(Bytes data, const std::vector<ByteRange>& parts) {
  std::vector<Uint8> joined;
  for (const ByteRange& part : parts) {
    const Bytes bytes = data.subspan(part.at, part.size);
    joined.insert(joined.end(), bytes.begin(), bytes.end());
  }
  if (joined.size() % 2 != 0) joined.push_back(0);
  return joined;
}

OFCondition PutCodestream(DcmDataset& dataset, const std::vector<Uint8>& stream,
                          E_TransferSyntax syntax) {
  auto sequence = std::make_unique<DcmPixelSequence>(DcmTag(DCM_PixelSequenceTag));
  sequence->insert(new DcmPixelItem(DcmTag(DCM_PixelItemTag)));  // empty offset table
  auto* item = new DcmPixelItem(DcmTag(DCM_PixelItemTag));
  sequence->insert(item);
  OFCondition status =
      item->putUint8Array(stream.data(), static_cast<unsigned long>(stream.size()));
  auto data = std::make_unique<DcmPixelData>(DcmTag(DCM_PixelData));
  data->putOriginalRepresentation(syntax, nullptr, sequence.release());
  if (status.good()) status = dataset.insert(data.get(), OFTrue);
  if (status.good()) data.release();
  dataset.updateOriginalXfer();
  return status;
}

OFCondition PutSamples(DcmDataset& dataset, const std::vector<Uint8>& bytes, bool big_endian) {
  if (DicomUnsigned(dataset, DCM_BitsAllocated).value_or(16) <= 8) {
    return dataset.putAndInsertUint8Array(DCM_PixelData, bytes.data(),
                                          static_cast<unsigned long>(bytes.size()));
  }
  std::vector<Uint16> words(bytes.size() / 2);
  if (!words.empty()) std::memcpy(words.data(), bytes.data(), 2 * words.size());
  if (big_endian) {
    for (Uint16& word : words) word = static_cast<Uint16>(word << 8 | word >> 8);
  }
  return dataset.putAndInsertUint16Array(DCM_PixelData, words.data(),
                                         static_cast<unsigned long>(words.size()));
}

}  // namespace

OFCondition LoadRepaired(Bytes file, const DicomStructure& structure, DicomFile& into) {
  const Bytes data = structure.inflated.empty() ? file : Bytes(structure.inflated);
  const Bytes elements = data.subspan(structure.header.at, structure.header.size);
  OFCondition status = LoadElements(elements, ToDcmtkSyntax(structure.coding), into);
  if (status.bad()) status = LoadOneByOne(elements, structure, into);
  if (status.bad()) return status;
  DcmDataset& dataset = *into.getDataset();
  const std::vector<Uint8> pixels = Joined(data, structure.pixels);
  status = structure.compressed ? PutCodestream(dataset, pixels, FindDecoderSyntax(structure.kind))
                                : PutSamples(dataset, pixels, structure.coding.big_endian);
  DcmMetaInfo& meta = *into.getMetaInfo();
  if (!structure.sop_class.empty()) {
    meta.putAndInsertString(DCM_MediaStorageSOPClassUID, structure.sop_class.c_str());
  }
  if (structure.kind == CodestreamKind::kHtj2k) {
    const char* any = "1.2.840.10008.1.2.4.203";
    meta.putAndInsertString(DCM_TransferSyntaxUID,
                            IsHtj2k(structure.syntax) ? structure.syntax.c_str() : any);
  }
  return status;
}

}  // namespace mhcnn
