#include "mhcnn/dicom/body_part.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

namespace mhcnn {
namespace {

/// The code points of UTF-8 text; what is not UTF-8 ends it.
std::u32string CodePoints(std::string_view text) {
  std::u32string points;
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[i + k]); };
    const std::size_t more = byte(0) < 0x80 ? 0 : byte(0) < 0xE0 ? 1 : byte(0) < 0xF0 ? 2 : 3;
    if (i + more >= text.size()) break;
    char32_t point = more == 0 ? byte(0) : byte(0) & (0x3FU >> more);
    for (std::size_t k = 1; k <= more; ++k) point = point << 6 | (byte(k) & 0x3FU);
    points += point;
    i += more + 1;
  }
  return points;
}

/// A Latin letter without its accent, as capitals of ASCII; 0 for any other character.
char LatinBase(char32_t c) {
  if (c < 0x80) {
    const char ascii = static_cast<char>(c);
    if (ascii >= 'a' && ascii <= 'z') return static_cast<char>(ascii - 'a' + 'A');
    return (ascii >= 'A' && ascii <= 'Z') || (ascii >= '0' && ascii <= '9') ? ascii : '\0';
  }
  // U+00C0 to U+00FF and U+0100 to U+017F, a letter each.
  static constexpr std::string_view kLatin1 =
      "AAAAAAACEEEEIIIIDNOOOOO*OUUUUYTSAAAAAAACEEEEIIIIDNOOOOO*OUUUUYTY";
  static constexpr std::string_view kExtended =
      "AAAAAACCCCCCCCDDDDEEEEEEEEEEGGGGGGGGHHHHIIIIIIIIIIIIJJKKKLLLLLLLLLLNNNNNNNNNOOOOOOOORRRRRRSS"
      "SSSSSSTTTTTTUUUUUUUUUUUUWWYYYZZZZZZS";
  if (c >= 0xC0 && c < 0x100) return kLatin1[c - 0xC0] == '*' ? '\0' : kLatin1[c - 0xC0];
  if (c >= 0x100 && c < 0x100 + kExtended.size()) return kExtended[c - 0x100];
  if (c >= 0x1EA0 && c <= 0x1EF9) {  // Vietnamese
    constexpr std::u32string_view kEnds = U"\x1EB7\x1EC7\x1ECB\x1EE3\x1EF1\x1EF9";
    constexpr std::string_view kLetters = "AEIOUY";
    for (std::size_t i = 0; i < kEnds.size(); ++i) {
      if (c <= kEnds[i]) return kLetters[i];
    }
  }
  return '\0';
}

/// Capital of a Greek, Cyrillic or Armenian letter, without a Greek accent.
char32_t Capital(char32_t c) {
  constexpr std::u32string_view kAccented = U"ΆάΈέΉήΊίΪϊΐΌόΎύΫϋΰΏώς";
  constexpr std::u32string_view kPlain = U"ΑΑΕΕΗΗΙΙΙΙΙΟΟΥΥΥΥΥΩΩΣ";
  if (const auto at = kAccented.find(c); at != kAccented.npos) return kPlain[at];
  if (c >= U'α' && c <= U'ω') return c - (U'α' - U'Α');
  if (c >= U'а' && c <= U'я') return c - (U'а' - U'А');
  if (c >= U'ѐ' && c <= U'џ') return c - (U'ѐ' - U'Ѐ');
  if (c >= 0x561 && c <= 0x586) return c - 0x30;
  return c;
}

bool IsMark(char32_t c) { return c >= 0x300 && c < 0x370; }  // combining accents

/// Letters and digits in capitals without accents; one space for what stands between.
std::u32string FoldCase(std::string_view text) {
  std::u32string folded;
  for (char32_t c : CodePoints(text)) {
    if (IsMark(c)) continue;
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFEE0;  // full-width forms
    const char latin = LatinBase(c);
    const bool is_letter = latin != '\0' || c >= 0x370;
    if (is_letter && c != 0x3000) {
      folded += latin != '\0' ? static_cast<char32_t>(latin) : Capital(c);
    } else if (!folded.empty() && folded.back() != U' ') {
      folded += U' ';
    }
  }
  if (!folded.empty() && folded.back() == U' ') folded.pop_back();
  return folded;
}

std::vector<std::u32string_view> SplitIntoWords(std::u32string_view text) {
  std::vector<std::u32string_view> words;
  for (std::size_t from = 0; from < text.size();) {
    const std::size_t to = std::min(text.find(U' ', from), text.size());
    words.push_back(text.substr(from, to - from));
    from = to + 1;
  }
  return words;
}

/// Words for the breast in capitals without accents. German to Nordic; Romance; Slavic, Baltic and
/// others in Latin letters; Cyrillic; Greek; Armenian.
constexpr std::u32string_view kBreast[] = {
    U"BRUST",    U"BRUESTE",  U"BRUSTE",   U"BRUSTDRUSE", U"BRUSTDRUESE", U"BRUSTDRUSEN",
    U"MAMMA",    U"MAMMAE",   U"MAMMAS",   U"BORST",      U"BORSTEN",     U"BRYST",
    U"BRYSTER",  U"BROST",    U"BROSTET",  U"BRJOST",     U"BRJST",       U"MAMA",
    U"MAMAS",    U"MAMARIA",  U"MAMARIO",  U"MAMMELLA",   U"MAMMELLE",    U"MAMELLE",
    U"MAMELLES", U"MAMELA",   U"SEIN",     U"SEINS",      U"SEIO",        U"SEIOS",
    U"SANI",     U"SINI",     U"PIERS",    U"PIERSI",     U"SUTEK",       U"SUTKI",
    U"PRS",      U"PRSY",     U"PRSU",     U"PRSA",       U"PRSIA",       U"PRSNIK",
    U"PRSNIKY",  U"GRUDI",    U"GRUD",     U"DOJKA",      U"DOJKE",       U"DOJKI",
    U"DOJK",     U"KRUTIS",   U"KRUTYS",   U"KRUTS",      U"KRUTIES",     U"RINTA",
    U"RINNAT",   U"RIND",     U"RINNAD",   U"EMLO",       U"EMLOK",       U"MELL",
    U"MEME",     U"MEMELER",  U"GJI",      U"GJIRI",      U"GJINJTE",     U"BULAR",
    U"BULARRA",  U"PAYUDARA", U"SUSO",     U"TITI",       U"MATITI",      U"VU",
    U"TUYENVU",  U"BRON",     U"BRONNAU",  U"CIOCH",      U"SIDER",       U"SUD",
    U"BIUST",    U"NYONYO",   U"ГРУДЬ",    U"ГРУДИ",      U"ГРУДЕЙ",      U"ГРЪД",
    U"ГЪРДА",    U"ГЪРДИ",    U"ДОЈКА",    U"ДОЈКЕ",      U"ДОЈКИ",       U"МАММА",
    U"МЛЕЧНАТА", U"МОЛОЧНАЯ", U"МОЛОЧНЫЕ", U"МОЛОЧНОЙ",   U"МОЛОЧНЫХ",    U"МОЛОЧНА",
    U"МОЛОЧНІ",  U"МЛЕЧНА",   U"МЛЕЧНИ",   U"МАЛОЧНАЯ",   U"ΜΑΣΤΟΣ",      U"ΜΑΣΤΟΙ",
    U"ΜΑΣΤΟΥ",   U"ΜΑΣΤΩΝ",   U"ΜΑΣΤΟ",    U"ΣΤΗΘΟΣ",     U"ΣΤΗΘΗ",       U"ԿՈՒՐԾՔ",
    U"ԿՐԾՔԱԳԵՂՁ"};

/// Words for the breast found anywhere in a word: scripts without spaces, beginnings of many words.
constexpr std::u32string_view kBreastWithin[] = {
    U"BREAST", U"MAMM", U"MAMOGR", U"MASTOGR", U"SENOLOG", U"МАММО",  U"ΜΑΣΤΟΓΡ", U"乳房",
    U"乳腺",   U"乳癌", U"マンモ", U"유방",    U"맘모",    U"젖가슴", U"ثدي",     U"پستان",
    U"שד",     U"स्तन",  U"স্তন",    U"เต้านม",   U"ძუძუ",    U"მკერდი", U"முலை",    U"மார்பக",
    U"రొమ్ము",   U"ಸ್ತನ",  U"സ്തന",    U"ਛਾਤੀ",    U"چھاتی"};

/// Words that are the breast by themselves and something else with others: sinuses.
constexpr std::u32string_view kBreastAlone[] = {U"SENO", U"SENOS", U"SENI", U"PIT", U"SI", U"SAN"};

constexpr std::u32string_view kBesides[] = {
    U"L",         U"R",         U"LT",        U"RT",      U"LI",         U"RE",       U"LEFT",
    U"RIGHT",     U"LINKS",     U"RECHTS",    U"LINKE",   U"RECHTE",     U"IZQ",      U"DER",
    U"IZQUIERDO", U"IZQUIERDA", U"DERECHO",   U"DERECHA", U"ESQUERDO",   U"ESQUERDA", U"DIREITO",
    U"DIREITA",   U"DRETA",     U"ESQUERRA",  U"GAUCHE",  U"DROIT",      U"DROITE",   U"SINISTRO",
    U"SINISTRA",  U"DESTRO",    U"DESTRA",    U"SX",      U"DX",         U"STANG",    U"DREPT",
    U"CC",        U"MLO",       U"BILATERAL", U"BILAT",   U"BILATERALE", U"BOTH",     U"AMBOS",
    U"AMBAS",     U"E",         U"D",         U"I",       U"S",          U"2",        U"1"};

/// Other parts: the standard's terms and their stems in the larger languages, found within words:
/// "ABDOMENPELVIS".
constexpr std::u32string_view kOtherWithin[] = {U"ABDOM",
                                                U"ADRENAL",
                                                U"ANKLE",
                                                U"ANUS",
                                                U"AORTA",
                                                U"ARM",
                                                U"ARTERY",
                                                U"AXILLA",
                                                U"BACK",
                                                U"BLADDER",
                                                U"BODY",
                                                U"BONE",
                                                U"BOWEL",
                                                U"BRAIN",
                                                U"BRONCH",
                                                U"BUTTOCK",
                                                U"CALCANEUS",
                                                U"CALF",
                                                U"CALVES",
                                                U"CAROTID",
                                                U"CEREB",
                                                U"CERVI",
                                                U"CHEEK",
                                                U"CHEST",
                                                U"CLAVICLE",
                                                U"COCCYX",
                                                U"COLON",
                                                U"CORNEA",
                                                U"CRANI",
                                                U"DUODENUM",
                                                U"EAR",
                                                U"ELBOW",
                                                U"ESOPHAG",
                                                U"EXTREMIT",
                                                U"EYE",
                                                U"FACE",
                                                U"FACIAL",
                                                U"FEMUR",
                                                U"FEMORAL",
                                                U"FIBULA",
                                                U"FINGER",
                                                U"FOOT",
                                                U"FEET",
                                                U"FOREARM",
                                                U"GALL",
                                                U"HAND",
                                                U"HEAD",
                                                U"HEART",
                                                U"HIP",
                                                U"HUMERUS",
                                                U"ILEUM",
                                                U"ILIUM",
                                                U"INTESTIN",
                                                U"JAW",
                                                U"JOINT",
                                                U"KIDNEY",
                                                U"KNEE",
                                                U"LARYNX",
                                                U"LEG",
                                                U"LIVER",
                                                U"LUMBAR",
                                                U"LSPINE",
                                                U"CSPINE",
                                                U"TSPINE",
                                                U"SPINE",
                                                U"LUNG",
                                                U"MANDIB",
                                                U"MAXILLA",
                                                U"MEDIASTIN",
                                                U"MOUTH",
                                                U"NECK",
                                                U"NOSE",
                                                U"ORBIT",
                                                U"OVARY",
                                                U"PANCREAS",
                                                U"PAROTID",
                                                U"PATELLA",
                                                U"PELVI",
                                                U"PENIS",
                                                U"PHARYNX",
                                                U"PROSTATE",
                                                U"RADIUS",
                                                U"RECTUM",
                                                U"RIB",
                                                U"SACR",
                                                U"SCALP",
                                                U"SCAPULA",
                                                U"SCLERA",
                                                U"SCROTUM",
                                                U"SHOULDER",
                                                U"SINUS",
                                                U"SKULL",
                                                U"SPLEEN",
                                                U"STERNUM",
                                                U"STOMACH",
                                                U"TESTIS",
                                                U"THIGH",
                                                U"THORA",
                                                U"THUMB",
                                                U"THYMUS",
                                                U"THYROID",
                                                U"TIBIA",
                                                U"TOE",
                                                U"TONGUE",
                                                U"TRACHEA",
                                                U"ULNA",
                                                U"URETER",
                                                U"URETHRA",
                                                U"UTERUS",
                                                U"VAGINA",
                                                U"VULVA",
                                                U"WRIST",
                                                U"ZYGOMA",
                                                U"TOOTH",
                                                U"TEETH",
                                                U"DENTAL",
                                                U"TORAX",
                                                U"TORACE",
                                                U"POITRINE",
                                                U"PECHO",
                                                U"PEITO",
                                                U"PETTO",
                                                U"BRUSTKORB",
                                                U"BRUSTWIRBEL",
                                                U"LUNGE",
                                                U"HAND",
                                                U"MANO",
                                                U"MAIN",
                                                U"FUSS",
                                                U"KNIE",
                                                U"RODILLA",
                                                U"GENOU",
                                                U"GINOCCHIO",
                                                U"JOELHO",
                                                U"SCHADEL",
                                                U"SCHAEDEL",
                                                U"KOPF",
                                                U"CABEZA",
                                                U"CABECA",
                                                U"TETE",
                                                U"TESTA",
                                                U"BECKEN",
                                                U"BASSIN",
                                                U"BACINO",
                                                U"PELVIS",
                                                U"HUFT",
                                                U"CADERA",
                                                U"HANCHE",
                                                U"ANCA",
                                                U"SCHULTER",
                                                U"HOMBRO",
                                                U"EPAULE",
                                                U"SPALLA",
                                                U"OMBRO",
                                                U"WIRBEL",
                                                U"COLUMNA",
                                                U"COLONNE",
                                                U"COLONNA",
                                                U"COLUNA",
                                                U"RACHIS",
                                                U"PIED",
                                                U"PIEDE",
                                                U"TOBILLO",
                                                U"CHEVILLE",
                                                U"CAVIGLIA",
                                                U"CODO",
                                                U"COUDE",
                                                U"GOMITO",
                                                U"COTOVELO",
                                                U"PARANASAL",
                                                U"KLATKA",
                                                U"HRUDNIK",
                                                U"GRUDNI",
                                                U"BORSTKAS",
                                                U"BRYSTKASSE",
                                                U"BROSTKORG",
                                                U"RINTAKEHA",
                                                U"MELLKAS",
                                                U"ГРУДНАЯ КЛЕТКА",
                                                U"ГРУДНОЙ",
                                                U"ЛЕГКИЕ",
                                                U"ΘΩΡΑΚ",
                                                U"胸",
                                                U"手",
                                                U"足",
                                                U"頭",
                                                U"头",
                                                U"腹",
                                                U"骨",
                                                U"肺",
                                                U"膝",
                                                U"가슴",
                                                U"흉부"};

bool Contains(std::u32string_view text, std::u32string_view part) {
  return text.find(part) != std::u32string_view::npos;
}

template <typename List>
bool IsAmong(const List& list, std::u32string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

}  // namespace

BodyPart ReadBodyPart(std::string_view text) {
  const std::u32string folded = FoldCase(text);
  if (folded.empty()) return text.empty() ? BodyPart::kNone : BodyPart::kUnknown;
  const std::u32string_view whole(folded);
  if (std::any_of(std::begin(kBreastWithin), std::end(kBreastWithin),
                  [&](auto part) { return Contains(whole, part); })) {
    return BodyPart::kBreast;
  }
  const auto words = SplitIntoWords(whole);
  // A short Latin word would be found within many others.
  constexpr std::size_t kShort = 4;
  const bool names_other =
      std::any_of(std::begin(kOtherWithin), std::end(kOtherWithin), [&](std::u32string_view part) {
        const bool is_short = part.size() <= kShort && part.front() < 0x80;
        return is_short ? IsAmong(words, part) : Contains(whole, part);
      });
  if (std::any_of(words.begin(), words.end(), [](auto word) { return IsAmong(kBreast, word); })) {
    return names_other ? BodyPart::kOther : BodyPart::kBreast;
  }
  int alone = 0;
  const bool only_besides = std::all_of(words.begin(), words.end(), [&](auto word) {
    const bool is_breast = IsAmong(kBreastAlone, word);
    alone += is_breast;
    return is_breast || IsAmong(kBesides, word);
  });
  if (only_besides && alone > 0) return BodyPart::kBreast;
  return names_other ? BodyPart::kOther : BodyPart::kUnknown;
}

}  // namespace mhcnn
