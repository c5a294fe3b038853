#include "mhcnn/data/adapter.h"

#include "mhcnn/base/error.h"
#include "mhcnn/base/options.h"
#include "mhcnn/data/adapters.h"

namespace mhcnn {

void AdapterOptions::Check() const {
  if (folders.empty()) throw Error(ErrorCode::kUsage, "no folder is given", "FOLDER");
}

const std::vector<DataSetAdapter>& DataSetAdapters() {
  static const std::vector<DataSetAdapter> adapters = {
      {"vindr-mammo", "VinDr-Mammo (PhysioNet), with --masks the Behravan dense masks",
       ReadVindrMammo, true},
      {"cbis-ddsm", "CBIS-DDSM (TCIA), any of its folder layouts", ReadCbisDdsm},
      {"inbreast", "INbreast Release 1.0, with its pectoral contours", ReadInbreast},
      {"mini-mias", "mini-MIAS, 322 films with tissue words", ReadMiniMias, false, true},
      {"ddsm-fgt", "DDSM tissue maps of Tiryaki & Kaplanoglu", ReadDdsmFgt},
      {"cdd-cesm", "CDD-CESM (TCIA), low-energy images with categories", ReadCddCesm},
      {"generic", "a manifest CSV, or folders images/ breast_masks/ dense_masks/ [pectoral_masks/]",
       ReadGenericSet},
  };
  return adapters;
}

const DataSetAdapter& FindDataSetAdapter(const std::string& name) {
  std::vector<std::string> names;
  std::string list;
  for (const auto& adapter : DataSetAdapters()) {
    if (name == adapter.name) return adapter;
    names.emplace_back(adapter.name);
    list += (list.empty() ? "" : ", ") + names.back();
  }
  const std::string nearest = Nearest(name, names);
  throw Error(ErrorCode::kUsage, "is not a known data set", name,
              nearest.empty() ? "the sets are " + list : "did you mean '" + nearest + "'?");
}

}  // namespace mhcnn
