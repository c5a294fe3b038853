#!/usr/bin/env bash
# What training refuses: one clear line, exit 2 for wrong usage.
source "$(dirname "$0")/lib.sh"
"$BIN/mhcnn" phantom --count 8 --seed 2 --height 128 --width 64 --split-val 0.25 --out p >/dev/null 2>&1
train=("$BIN/mhcnn" train --data p/manifest.csv --out run)

expect_exit 2 "$BIN/mhcnn" train
cp "$ROOT/recipes/smoke.toml" recipe.toml
echo 'lerning_rate = 1' > typo.toml; cat recipe.toml >> typo.toml
expect_exit 2 "${train[@]}" --recipe typo.toml
expect_error_line "unknown key 'lerning_rate'"
expect_exit 2 "${train[@]}" --recipe recipe.toml --set network.encoder=resnet99
expect_error_line "resnet99"
expect_exit 1 "$BIN/mhcnn" train --recipe recipe.toml --out run --data none.csv
expect_error_line 'none.csv'
sed 's/,[abcd],/,e,/' p/manifest.csv > p/bad.csv
expect_exit 2 "$BIN/mhcnn" train --recipe recipe.toml --out run --data p/bad.csv
expect_error_line "column category: 'e'"

# A label out of its range, a mask of another size, a category that no training image has.
sed '2s/,[0-9.]*,\([abcd]\),/,140,\1,/' p/manifest.csv > p/bad.csv
expect_exit 2 "$BIN/mhcnn" train --recipe recipe.toml --out run --data p/bad.csv
expect_error_line "column percent_density: .*140"
"$PYTHON" - <<'EOF'
import csv, struct, zlib
def png(path, width, height):
    def chunk(kind, data):
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))
    rows = zlib.compress(b"".join(b"\0" + b"\xff" * width for _ in range(height)))
    open(path, "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
                           + chunk(b"IDAT", rows) + chunk(b"IEND", b""))
rows = list(csv.DictReader(open("p/manifest.csv")))
def write(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
png("p/other.png", 50, 60)
write("p/size.csv", [{**rows[0], "dense_mask": "other.png"}] + rows[1:])
labels = ("breast_mask", "dense_mask", "pectoral_mask", "percent_density", "category")
write("p/nothing.csv", [{**row, **{label: "" for label in labels if label in row}} for row in rows])
write("p/categories.csv", [{**row, **{label: "" for label in labels[:4] if label in row}} for row in rows])
write("p/both.csv", [{**row, "split": split} for row in rows for split in ("train", "val")])
write("p/patient.csv", [{**row, "patient_id": "P1"} for row in rows])
write("p/unknown.csv", [{**row, "patient_id": "", "study_id": ""} for row in rows])
write("p/class.csv", [{**row, "category": "d" if row["split"] == "val" else "a"} for row in rows])
EOF
expect_exit 1 "$BIN/mhcnn" train --recipe recipe.toml --out run --data p/size.csv
expect_error_line "other.png: "
expect_exit 0 "$BIN/mhcnn" train --recipe recipe.toml --out class --data p/class.csv --max-steps 1
grep -q "category d is in validation images only" "$err" || fail "no warning of a category without training images"
grep -q "all training images with a category are a: the category head learns only this category" "$err" || fail "no warning of one category"

# Nothing to learn from, and images that training must not share with validation.
expect_exit 2 "$BIN/mhcnn" train --recipe recipe.toml --out nothing --data p/nothing.csv
expect_error_line "p/nothing.csv: has no training image with .*column category.*fill these columns"
[[ ! -e nothing/checkpoint.safetensors ]] || fail "a set without labels was trained"
expect_exit 0 "$BIN/mhcnn" train --recipe recipe.toml --out categories --data p/categories.csv --max-steps 1
grep -q "phase .*: no training image has a mask" "$err" || fail "no warning of a phase without labels"
expect_exit 2 "$BIN/mhcnn" train --recipe recipe.toml --out both --data p/both.csv
expect_error_line "p/both.csv: has images in both training and validation: 8 of 8 rows"
expect_exit 0 "$BIN/mhcnn" train --recipe recipe.toml --out patient --data p/patient.csv --max-steps 1
grep -q "patients with images in both training and validation: 1" "$err" || fail "no warning of a patient in both parts"
expect_exit 0 "$BIN/mhcnn" train --recipe recipe.toml --out unknown --data p/unknown.csv --max-steps 1
grep -q "8 of 8 images have no patient_id" "$err" || fail "no warning of images without a patient"

# A full disk, as a limit on the size of a file: the run reports it and, with space again, is resumed to its end.
short=(--set phase.0.epochs=1 --set phase.1.epochs=1 --set phase.2.epochs=1 --set phase.3.epochs=1)
(trap '' XFSZ; ulimit -f 2000; expect_exit 1 "${train[@]}" --recipe recipe.toml "${short[@]}")
(trap '' XFSZ; ulimit -f 2000; "${train[@]}" --recipe recipe.toml "${short[@]}" 2>"$err" >/dev/null || true)
expect_error_line "run/.*(space|written|write|large)"
nothing_half_written .
expect_exit 0 "${train[@]}" --recipe recipe.toml "${short[@]}"
echo "passed"
