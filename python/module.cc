#include <mhcnn/mhcnn.h>
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/array.h>
#include <nanobind/stl/map.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <map>
#include <span>

// The functions of libmhcnn for Python; mhcnn/__init__.py is what programs import.
namespace nb = nanobind;
namespace {

using Interval = std::optional<std::pair<double, double>>;

constexpr std::array kCodes{"usage", "not_found", "corrupt",     "unsupported", "out_of_scope",
                            "limit", "io",        "interrupted", "internal"};

/// Text in UTF-8; other bytes are replaced, as a message may name any file.
nb::str Text(const std::string& text) {
  return nb::steal<nb::str>(
      PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), "replace"));
}

/// The name of a file as Python has it (os.fsdecode).
nb::str FileName(const std::string& name) {
  return nb::steal<nb::str>(
      PyUnicode_DecodeFSDefaultAndSize(name.data(), static_cast<Py_ssize_t>(name.size())));
}

template <typename T>
std::optional<std::string> Letter(const T& result) {
  if (!result.category) return std::nullopt;
  return std::string(1, mhcnn::ToLetter(*result.category));
}

template <typename T>
Interval ToInterval(const T& result) {
  if (!result.percent_low || !result.percent_high) return std::nullopt;
  return std::pair{*result.percent_low, *result.percent_high};
}

template <typename T>
std::optional<const char*> Side(const T& facts) {
  switch (facts.laterality) {
    case mhcnn::Laterality::kLeft:
      return "L";
    case mhcnn::Laterality::kRight:
      return "R";
    case mhcnn::Laterality::kUnknown:
      break;
  }
  return std::nullopt;
}

template <typename T>
std::optional<const char*> Projection(const T& facts) {
  switch (facts.view) {
    case mhcnn::View::kCC:
      return "CC";
    case mhcnn::View::kMLO:
      return "MLO";
    case mhcnn::View::kOther:
      return "other";
    case mhcnn::View::kUnknown:
      break;
  }
  return std::nullopt;
}

using LabelArray = nb::ndarray<nb::numpy, std::uint8_t, nb::ndim<2>>;
using MaskArray = nb::ndarray<nb::numpy, bool, nb::ndim<2>>;

std::optional<LabelArray> Labels(const mhcnn::Result& result) {
  auto labels = std::make_unique<mhcnn::LabelMap>();
  {
    const nb::gil_scoped_release unlocked;
    *labels = result.Labels();
  }
  if (labels->values.empty()) return std::nullopt;
  mhcnn::LabelMap* map = labels.release();
  const nb::capsule owner(map, [](void* p) noexcept { delete static_cast<mhcnn::LabelMap*>(p); });
  return LabelArray(map->values.data(),
                    {static_cast<std::size_t>(map->rows), static_cast<std::size_t>(map->columns)},
                    owner);
}

/// Three arrays of truth values, made of the labels.
std::optional<std::map<std::string, MaskArray>> Masks(const mhcnn::Result& result) {
  using List = std::unique_ptr<std::vector<std::uint8_t>>;
  mhcnn::LabelMap labels;
  List breast = std::make_unique<std::vector<std::uint8_t>>(),
       dense = std::make_unique<List::element_type>(),
       pectoral = std::make_unique<List::element_type>();
  {
    const nb::gil_scoped_release unlocked;
    labels = result.Labels();
    for (const std::uint8_t label : labels.values) {
      breast->push_back(label == 85 || label == 170);
      dense->push_back(label == 170);
      pectoral->push_back(label == 255);
    }
  }
  if (labels.values.empty()) return std::nullopt;
  const auto mask = [&labels](List list) {
    auto* values = list.release();
    const nb::capsule owner(values,
                            [](void* p) noexcept { delete static_cast<List::element_type*>(p); });
    return MaskArray(
        values->data(),
        {static_cast<std::size_t>(labels.rows), static_cast<std::size_t>(labels.columns)}, owner);
  };
  std::map<std::string, MaskArray> masks;
  masks["breast"] = mask(std::move(breast));
  masks["dense"] = mask(std::move(dense));
  masks["pectoral"] = mask(std::move(pectoral));
  return masks;
}

/// The code that begins the text of an error.
template <typename T>
std::optional<std::string> FindErrorCode(const T& result) {
  const std::string code = result.error.substr(0, result.error.find(':'));
  if (std::find(kCodes.begin(), kCodes.end(), code) == kCodes.end()) return std::nullopt;
  return code;
}

template <typename T>
nb::dict ToDict(const T& result) {
  return nb::cast<nb::dict>(nb::module_::import_("json").attr("loads")(Text(result.ToJson())));
}

template <typename T>
nb::str Describe(const T& result, const char* name) {
  if (!result.ok()) return nb::str("<mhcnn.{} {}>").format(name, Text(result.error));
  const nb::object percent = result.percent_density
                                 ? nb::object(nb::str("{:.1f} %").format(*result.percent_density))
                                 : nb::object(nb::str("no percent"));
  return nb::str("<mhcnn.{} {}, category {}>").format(name, percent, nb::cast(Letter(result)));
}

mhcnn::Laterality ToLaterality(const std::string& side) {
  if (side == "L") return mhcnn::Laterality::kLeft;
  return side == "R" ? mhcnn::Laterality::kRight : mhcnn::Laterality::kUnknown;
}

mhcnn::View ToView(const std::string& view) {
  if (view == "CC") return mhcnn::View::kCC;
  if (view == "MLO") return mhcnn::View::kMLO;
  return view == "other" ? mhcnn::View::kOther : mhcnn::View::kUnknown;
}

/// Lends the values to numpy: a two-dimensional array that owns them.
template <typename T>
nb::ndarray<nb::numpy, T, nb::ndim<2>> ToArray(std::vector<T> values, int rows, int columns) {
  auto* kept = new std::vector<T>(std::move(values));
  const nb::capsule owner(kept, [](void* p) noexcept { delete static_cast<std::vector<T>*>(p); });
  return nb::ndarray<nb::numpy, T, nb::ndim<2>>(
      kept->data(), {static_cast<std::size_t>(rows), static_cast<std::size_t>(columns)}, owner);
}

std::span<const std::byte> ToSpan(const nb::bytes& content) {
  return {static_cast<const std::byte*>(content.data()), content.size()};
}

using GreyArray = nb::ndarray<const std::uint16_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using InputArray = nb::ndarray<nb::numpy, float, nb::ndim<2>>;

mhcnn::Pixels ToPixels(const GreyArray& array) {
  return {{array.data(), array.size()},
          static_cast<int>(array.shape(0)),
          static_cast<int>(array.shape(1))};
}

mhcnn::Result AnalyzeBuffer(const mhcnn::Analyzer& analyzer, const nb::bytes& content,
                            const std::string& name) {
  const std::span bytes = ToSpan(content);
  const nb::gil_scoped_release unlocked;
  return analyzer.AnalyzeBuffer(bytes, name);
}

mhcnn::Result AnalyzePixels(const mhcnn::Analyzer& analyzer, const GreyArray& pixels,
                            std::optional<double> row_spacing_mm,
                            std::optional<double> column_spacing_mm, const std::string& laterality,
                            const std::string& view, const std::string& name) {
  const mhcnn::Pixels values = ToPixels(pixels);
  const mhcnn::PictureFacts facts{name, row_spacing_mm, column_spacing_mm, ToLaterality(laterality),
                                  ToView(view)};
  const nb::gil_scoped_release unlocked;
  return analyzer.AnalyzePixels(values, facts);
}

/// What the function gives without the GIL, as an array.
template <typename Do>
InputArray ToInput(Do&& act) {
  mhcnn::NetworkInput input;
  {
    const nb::gil_scoped_release unlocked;
    input = act();
  }
  return ToArray(std::move(input.values), input.rows, input.columns);
}

/// The keyword arguments of mhcnn.Picture.
template <typename Do>
nb::dict ToPicture(Do&& act) {
  mhcnn::DisplayPicture picture;
  {
    const nb::gil_scoped_release unlocked;
    picture = act();
  }
  const mhcnn::PictureFacts& facts = picture.facts;
  nb::dict fields;
  fields["name"] = FileName(facts.name);
  fields["laterality"] = nb::cast(Side(facts));
  fields["view"] = nb::cast(Projection(facts));
  fields["spacing_mm"] =
      facts.row_spacing_mm && facts.column_spacing_mm
          ? nb::object(nb::make_tuple(*facts.row_spacing_mm, *facts.column_spacing_mm))
          : nb::object(nb::none());
  fields["flags"] = nb::cast(picture.flags);
  fields["pixels"] = nb::cast(ToArray(std::move(picture.values), picture.rows, picture.columns));
  return fields;
}

/// Throws the exception of the library as mhcnn.Error, with what it knows.
void Translate(const std::exception_ptr& thrown, void*) {
  try {
    std::rethrow_exception(thrown);
  } catch (const mhcnn::Error& e) {
    const nb::object type = nb::module_::import_("mhcnn._error").attr("Error");
    const nb::object made = type(Text(e.what()));
    made.attr("code") = kCodes.at(static_cast<std::size_t>(e.code()));
    made.attr("subject") = Text(e.subject());
    made.attr("remedy") = Text(e.remedy());
    PyErr_SetObject(type.ptr(), made.ptr());
  }
}

void BindResult(nb::module_& m) {
  using mhcnn::Result;
  nb::class_<Result>(m, "Result", "Result of one picture; see docs/results.md for the meaning.")
      .def_prop_ro(
          "name", [](const Result& r) { return FileName(r.name); }, "Path or name of the picture.")
      .def_prop_ro("laterality", &Side<Result>, "'L', 'R' or None: as stated, or inferred.")
      .def_prop_ro("view", &Projection<Result>,
                   "'CC', 'MLO', 'other' or None: as stated, or inferred.")
      .def_prop_ro(
          "percent", [](const Result& r) { return r.percent_density; },
          "Percent density, 0 to 100; None where nothing was measured.")
      .def_prop_ro("interval", &ToInterval<Result>,
                   "Lower and upper end of the interval of the percent, or None.")
      .def_prop_ro("category", &Letter<Result>, "BI-RADS density category 'a' to 'd', or None.")
      .def_prop_ro(
          "probabilities", [](const Result& r) { return r.probabilities; },
          "Probabilities of the categories a to d.")
      .def_prop_ro(
          "dense_area_cm2", [](const Result& r) { return r.dense_area_cm2; },
          "Dense area; None without a pixel spacing.")
      .def_prop_ro(
          "breast_area_cm2", [](const Result& r) { return r.breast_area_cm2; },
          "Breast area without pectoral muscle; None without a pixel spacing.")
      .def_prop_ro(
          "flags", [](const Result& r) { return r.flags; }, "Warnings: docs/flags.md.")
      .def_prop_ro("labels", &Labels, nb::rv_policy::reference,
                   "Labels at the size of the picture, or None: 0 background, 85 breast, 170 dense "
                   "tissue, 255 pectoral muscle. Each access makes a new array.")
      .def_prop_ro("ok", &Result::ok, "Whether the picture was measured.")
      .def_prop_ro(
          "error", [](const Result& r) { return Text(r.error); },
          "'code: problem; remedy' of a picture that was not measured, or ''.")
      .def_prop_ro(
          "model", [](const Result& r) { return Text(r.model); }, "Name and version of the model.")
      .def_prop_ro(
          "seconds", [](const Result& r) { return r.seconds; },
          "Time of reading and analysing, in seconds.")
      .def_prop_ro("masks", &Masks, nb::rv_policy::reference,
                   "Boolean arrays 'breast' (without pectoral muscle), 'dense' and 'pectoral' at "
                   "the size of the picture, or None. Each access makes new arrays.")
      .def_prop_ro("error_code", &FindErrorCode<Result>,
                   "One of mhcnn.ERROR_CODES, or None where the picture was measured.")
      .def("to_dict", &ToDict<Result>, "Returns the row of results.json, with all digits.")
      .def("__repr__", [](const Result& r) { return Describe(r, "Result"); });
}

void BindExam(nb::module_& m) {
  using mhcnn::ExamResult;
  nb::class_<ExamResult>(m, "ExamResult", "One exam; see docs/results.md for the meaning.")
      .def_prop_ro(
          "images", [](const ExamResult& e) { return e.images; }, "Results, in the order given.")
      .def_prop_ro(
          "percent", [](const ExamResult& e) { return e.percent_density; },
          "Mean percent of the breasts, or None.")
      .def_prop_ro("interval", &ToInterval<ExamResult>,
                   "Ends of the interval of the percent, or None.")
      .def_prop_ro(
          "percent_left", [](const ExamResult& e) { return e.percent_left; },
          "Percent of the left breast, or None.")
      .def_prop_ro(
          "percent_right", [](const ExamResult& e) { return e.percent_right; },
          "Percent of the right breast, or None.")
      .def_prop_ro("category", &Letter<ExamResult>, "Category of the denser breast, or None.")
      .def_prop_ro(
          "probabilities", [](const ExamResult& e) { return e.probabilities; },
          "Probabilities of the categories a to d of that breast.")
      .def_prop_ro(
          "missing", [](const ExamResult& e) { return e.missing; },
          "Missing standard views: a subset of L-CC, L-MLO, R-CC and R-MLO.")
      .def_prop_ro(
          "flags", [](const ExamResult& e) { return e.flags; }, "Warnings: docs/flags.md.")
      .def_prop_ro("ok", &ExamResult::ok, "Whether at least one image was used.")
      .def_prop_ro(
          "error", [](const ExamResult& e) { return Text(e.error); },
          "Why no image could be used, or ''.")
      .def_prop_ro("error_code", &FindErrorCode<ExamResult>,
                   "One of mhcnn.ERROR_CODES, or None where an image was used.")
      .def("to_dict", &ToDict<ExamResult>,
           "Returns the object of `studies` in results.json, with all digits.")
      .def("__repr__", [](const ExamResult& e) { return Describe(e, "ExamResult"); });
}

}  // namespace

NB_MODULE(_core, m) {
  m.attr("version") = MHCNN_VERSION_TEXT;
  m.attr("codes") = nb::tuple(nb::cast(kCodes));
  nb::register_exception_translator(&Translate);
  BindResult(m);
  BindExam(m);

  nb::class_<mhcnn::Analyzer>(m, "Analyzer", "A loaded model.")
      .def_static(
          "load",
          [](const std::string& model, int threads, const std::string& calibration,
             bool convert_raw, int variants) {
            const nb::gil_scoped_release unlocked;
            return mhcnn::Analyzer::Load(model, {threads, calibration, convert_raw, variants});
          },
          nb::arg("model"), nb::arg("threads"), nb::arg("calibration"), nb::arg("convert_raw"),
          nb::arg("variants"))
      .def_prop_ro("name", [](const mhcnn::Analyzer& a) { return Text(a.ModelName()); })
      .def(
          "analyze_file",
          [](const mhcnn::Analyzer& a, const nb::bytes& path) {
            const std::string file(path.c_str(), path.size());
            const nb::gil_scoped_release unlocked;
            return a.AnalyzeFile(file);
          },
          nb::arg("path"))
      .def("analyze_buffer", &AnalyzeBuffer, nb::arg("content"), nb::arg("name"))
      .def("analyze_pixels", &AnalyzePixels, nb::arg("pixels"), nb::arg("row_spacing_mm").none(),
           nb::arg("column_spacing_mm").none(), nb::arg("laterality"), nb::arg("view"),
           nb::arg("name"))
      .def(
          "preprocess_file",
          [](const mhcnn::Analyzer& a, const nb::bytes& path) {
            const std::string file(path.c_str(), path.size());
            return ToInput([&] { return a.PreprocessFile(file); });
          },
          nb::arg("path"), nb::rv_policy::reference)
      .def(
          "preprocess_buffer",
          [](const mhcnn::Analyzer& a, const nb::bytes& content) {
            const std::span bytes = ToSpan(content);
            return ToInput([&] { return a.PreprocessBuffer(bytes); });
          },
          nb::arg("content"), nb::rv_policy::reference)
      .def(
          "preprocess_pixels",
          [](const mhcnn::Analyzer& a, const GreyArray& pixels) {
            const mhcnn::Pixels values = ToPixels(pixels);
            return ToInput([&] { return a.PreprocessPixels(values); });
          },
          nb::arg("pixels"), nb::rv_policy::reference);
  m.def(
      "read_file",
      [](const nb::bytes& path, bool convert_raw) {
        const std::string file(path.c_str(), path.size());
        return ToPicture([&] { return mhcnn::ReadPicture(file, convert_raw); });
      },
      nb::arg("path"), nb::arg("convert_raw"));
  m.def(
      "read_buffer",
      [](const nb::bytes& content, const std::string& name, bool convert_raw) {
        const std::span bytes = ToSpan(content);
        return ToPicture([&] { return mhcnn::ReadPicture(bytes, name, convert_raw); });
      },
      nb::arg("content"), nb::arg("name"), nb::arg("convert_raw"));
  m.def(
      "make_exam",
      [](std::vector<mhcnn::Result> images) {
        const nb::gil_scoped_release unlocked;
        return mhcnn::MakeExam(std::move(images));
      },
      nb::arg("images"));
}
