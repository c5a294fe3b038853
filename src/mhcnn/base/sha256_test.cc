#include "mhcnn/base/sha256.h"

#include <gtest/gtest.h>

#include "mhcnn/base/file.h"
#include "mhcnn/testing/scratch_folder.h"

namespace mhcnn {
namespace {

// Examples of FIPS 180-4: one block, no block, two blocks.
TEST(Sha256, MatchesStandardVectors) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, ChunksAndFileMatchWholeDigest) {
  const std::string whole(3 << 20, 'm');  // more than one block of reading
  Sha256 pieces;
  for (std::size_t at = 0; at < whole.size(); at += 99991) {
    const std::string piece = whole.substr(at, 99991);
    pieces.Add(piece.data(), piece.size());
  }
  EXPECT_EQ(pieces.Hex(), Sha256Hex(whole));
  const testing_support::ScratchFolder folder;
  WriteFileAtomically(folder / "whole", whole);
  EXPECT_EQ(FileSha256(folder / "whole"), Sha256Hex(whole));
}

}  // namespace
}  // namespace mhcnn
