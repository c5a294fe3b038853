#!/usr/bin/env python3
"""Proves that a node loses nothing: kills its processes at random moments under load, sends many images at once, and runs a day of exams
with faults. Prints tables and writes FOLDER/soak.md.

    scripts/soak.py FOLDER [--parts kill,load,day] [--moments 100] [--exams 500] [--associations 50] [--echoes 10000] [--small]
                    [--height 500] [--width 360] [--store sqlite|postgresql] [--seed 1]

kill   kill -9 of each process of the node, of its supervisor and, with PostgreSQL, of the database server, and a full disk, each
       at `moments` random moments while exams arrive. Counted: objects that were acknowledged and are not in the store, exams
       without a result or a stated reason, results that are in the destination twice or in two forms.
load   `exams` exams of four images in `associations` associations at once; the time from an exam's last image to its last result
       at the destination; memory of each process over `echoes` associations; images per second beside `predict` on the same files.
day    `exams` exams at a high rate, with faults drawn at random: repeats, late images, aborted associations, kills.
--small: a few of each, for the tests. The destination is a DICOM server in this process; everything listens on 127.0.0.1 and
ends by itself."""
import argparse
import collections
import contextlib
import itertools
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
from node_harness import Node, copies, phantom_exam, wait_for
from pacs import Pacs
from postgres import Postgres

ROOT = pathlib.Path(__file__).resolve().parent.parent
DONE, REFUSED = 3, 4  # states of exams in the store
SETTINGS = """
[work]
workers = {workers}
threads = 1
formats = ["seg", "sr"]
lease_s = 5
first_delay_s = 0.2
longest_delay_s = 2
max_attempts = 50
[[destination]]
name = "pacs"
host = "127.0.0.1"
port = {port}
called_ae = "PACS"
first_delay_s = 0.2
longest_delay_s = 2
lease_s = 5
timeout_s = 10
[retention]
reserve_mb = {reserve}
"""
PER_EXAM = 5  # four SEG and one SR
AHEAD = 6
LONGEST_PAUSE_S = {"supervisor": 4, "postgres": 3}  # the others are soon at work again
TARGETS = "receive,association,work,deliver,sending,web,maintain,supervisor,disk"
STALLED_S = 300  # without any progress


def open_studies(pacs, exams):
    """The studies of exams whose results are not all at the destination."""
    return [study for study in (str(images[0].StudyInstanceUID) for images in exams) if len(pacs.of_study(study)) < PER_EXAM]


def wait_while_moving(what, left):
    """Waits until left() is 0, for as long as it becomes less."""
    least, since = left(), time.monotonic()
    while least > 0:
        time.sleep(0.3)
        now = left()
        if now < least:
            least, since = now, time.monotonic()
        elif time.monotonic() - since > STALLED_S:
            raise AssertionError(f"{what}: {now} left, and none less in {STALLED_S} s")


class Sender(threading.Thread):
    """Sends exams one after the other until it is stopped; sends again what was not acknowledged, as a modality does. It waits while
    AHEAD exams have no results: each part of the node then always has work, and no queue becomes long."""

    def __init__(self, node, pacs, exams):
        super().__init__(daemon=True)
        self.node, self.pacs, self.exams = node, pacs, iter(exams)
        self.acknowledged, self.stopped, self.sent = set(), threading.Event(), []
        self.failed = None

    def run(self):
        try:
            for exam in self.exams:
                while len(open_studies(self.pacs, self.sent)) >= AHEAD and not self.stopped.is_set():
                    time.sleep(0.05)
                if self.stopped.is_set():
                    return
                self.sent.append(exam)
                self.push(exam)
        except Exception as problem:  # noqa: BLE001: whatever it is, the run failed
            self.failed = problem

    def push(self, exam, seconds=120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            missing = [image for image in exam if str(image.SOPInstanceUID) not in self.acknowledged]
            if not missing:
                return
            self.node.send(missing, self.acknowledged, timeout=15)
            if any(str(image.SOPInstanceUID) not in self.acknowledged for image in missing):
                time.sleep(0.2)
        raise AssertionError("an exam was not taken in 120 s")


def settled(node):
    """How many exams are done or refused."""
    return node.query(f"SELECT count(*) AS n FROM exams WHERE state IN ({DONE}, {REFUSED})")[0]["n"]


def account(node, pacs, sender, rows, label, kills):
    """Waits until everything is settled, and counts what is missing."""
    exams = {str(images[0].StudyInstanceUID): images for images in sender.sent}
    failed = sender.failed
    try:
        wait_while_moving("exams", lambda: len(exams) - settled(node))
        wait_while_moving("deliveries", lambda: len(open_studies(pacs, sender.sent)))
    except AssertionError as problem:
        failed = failed or problem
    if failed:
        print(f"  {label}: {failed}", flush=True)
    stored = {row["sop_uid"] for row in node.query("SELECT sop_uid FROM objects WHERE superseded IS NULL")}
    states = collections.Counter(row["state"] for row in node.query("SELECT state FROM exams"))
    unexplained = [row for row in node.query("SELECT state, reason FROM exams")
                   if row["state"] != DONE and not (row["state"] == REFUSED and row["reason"])]
    # An exam that was broken off for long enough is measured twice, as two revisions; each has its results once.
    made = node.query("SELECT study_uid, results.revision AS revision, sop_uid FROM results JOIN exams ON exams.id = results.exam "
                      "WHERE kind IN ('seg', 'sr') AND sent = 1")
    each = collections.Counter((row["study_uid"], row["revision"]) for row in made)
    unknown = set(pacs.objects) - {row["sop_uid"] for row in made}
    twice = sum(count > PER_EXAM for count in each.values()) + len(unknown)
    rows.append({"what": label, "kills": kills, "exams": len(exams), "acknowledged": len(sender.acknowledged),
                 "lost": len(sender.acknowledged - stored),
                 "without result or reason": len(unexplained) + len(exams) - sum(states.values()),
                 "results missing": sum(len(pacs.of_study(study)) < PER_EXAM for study in exams),
                 "results twice": twice + pacs.changed, "revisions": len(each), "sent again": pacs.again})
    if failed:
        rows[-1]["failed"] = str(failed)
    print(rows[-1], flush=True)


def start(options, name, reserve=10, objects=None):
    folder = options.folder / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pacs = Pacs().start()
    database = Postgres(folder / "postgres").start() if options.store == "postgresql" else None
    if objects and not database:
        (folder / "node.db").symlink_to(objects.parent / "node.db")
    settings = SETTINGS.format(port=pacs.port, reserve=reserve, workers=options.workers)
    node = Node(options.mhcnn, folder, settings, store=database.url if database else None,
                objects=objects)
    node.database = database
    node.start()
    return node, pacs


def endless(exam, name):
    """Copies of one exam without end; the sender stops with the last kill."""
    for number in itertools.count():
        yield copies(exam, 1, f"{name}-{number}-")[0]


def kill_parts(options, rows):
    """Each process in turn."""
    exam = phantom_exam(options.mhcnn, options.folder)
    for target in options.targets:
        node, pacs = start(options, f"kill-{target}")
        sender = Sender(node, pacs, endless(exam, target))
        sender.start()
        kills = 0
        try:
            while kills < options.moments and sender.is_alive():
                time.sleep(random.uniform(0.05, LONGEST_PAUSE_S.get(target, 0.8)))
                kills += kill(node, target)
            sender.stopped.set()
            sender.join(180)
            if node.process.poll() is not None:
                node.start()
            account(node, pacs, sender, rows, target, kills)
        finally:
            node.stop()
            pacs.stop()
            if node.database:
                node.database.stop()


def kill(node, target):
    """Kills one process of this kind. Returns how many were killed."""
    if target == "supervisor":
        node.process.send_signal(signal.SIGKILL)
        node.process.wait()
        node.start()
        return 1
    if target == "postgres":
        node.database.kill()
        node.database.start()
        return 1
    if target == "receive":  # a door that is killed as soon as it opens lets nothing in
        wait_for("the DICOM door", node.echo, 60)
        time.sleep(random.uniform(0, 0.5))
    if target == "work" and random.random() < 0.8:  # the others at any moment, also while it starts
        pid = wait_for("a worker with an exam", lambda: working(node), 60, 0.02)
        time.sleep(random.uniform(0, 3))
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            return 1
        return 0
    pids = node.processes().get("receive" if target == "association" else target, [])
    if target == "association":
        pids = [child for pid in pids for child in children(pid)]
    if target == "sending":
        pids = [child for pid in node.processes().get("deliver", []) for child in children(pid)]
    if not pids:
        return 0
    try:
        os.kill(random.choice(pids), signal.SIGKILL)
    except ProcessLookupError:
        return 0
    return 1


def working(node):
    """The process id of a worker that has an exam in hand."""
    alive = node.processes().get("work", [])
    holders = [int(row["worker"].rsplit("/", 1)[1]) for row in node.query("SELECT worker FROM jobs WHERE state = 1")]
    return next((pid for pid in holders if pid in alive), None)


def children(pid):
    try:
        return [int(word) for task in pathlib.Path(f"/proc/{pid}/task").iterdir() for word in (task / "children").read_text().split()]
    except OSError:
        return []


def full_disk(options, rows):
    """The object folder, and the store where it is SQLite, on a small file system that is filled and emptied."""
    small = options.folder / "small-disk"
    small.mkdir(parents=True, exist_ok=True)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=192m", "tmpfs", str(small)], capture_output=True, check=False).returncode != 0:
        print("  full disk: not run, a tmpfs cannot be mounted here")
        return
    node = pacs = None
    try:
        node, pacs = start(options, "kill-disk", reserve=8, objects=small / "objects")
        sender = Sender(node, pacs, endless(phantom_exam(options.mhcnn, options.folder), "disk"))
        sender.start()
        fills = 0
        while fills < options.moments and sender.is_alive():
            time.sleep(random.uniform(0.1, 0.6))
            filler = small / "filler"
            free = shutil.disk_usage(small).free
            with contextlib.suppress(OSError):
                filler.write_bytes(bytes(max(0, free - random.randrange(1 << 20))))
            time.sleep(random.uniform(0.1, 0.6))
            filler.unlink(missing_ok=True)
            fills += 1
        sender.stopped.set()
        sender.join(180)
        account(node, pacs, sender, rows, "full disk", fills)
    finally:
        if node:
            node.stop()
            pacs.stop()
            if node.database:
                node.database.stop()
        subprocess.run(["umount", "-l", str(small)], capture_output=True, check=False)


def rss_mb(pid):
    try:
        for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def cpu_seconds(node):
    """Processor time of the node so far: of its processes and of those that they waited for."""
    pids = [pid for part in node.processes().values() for pid in part] + [node.process.pid]
    ticks = 0
    for pid in set(pids):
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, round(share * (len(values) - 1)))] if values else float("nan")


def load(options, report):
    pictures = options.folder / f"{options.height}x{options.width}"
    pictures.mkdir(exist_ok=True)
    exam = phantom_exam(options.mhcnn, pictures, height=options.height, width=options.width)
    exams = copies(exam, options.exams, "load-")
    node, pacs = start(options, "load")
    acknowledged, lock = set(), threading.Lock()
    try:
        began = time.monotonic()

        def push(part):
            mine = set()
            images = [image for one in part for image in one]
            left = images
            while left:
                node.send(left, mine, timeout=120)
                left = [image for image in images if str(image.SOPInstanceUID) not in mine]
            with lock:
                acknowledged.update(mine)

        threads = [threading.Thread(target=push, args=(exams[i::options.associations],)) for i in range(options.associations)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        received = time.monotonic() - began
        node.wait_until_settled(len(exams), 3600)
        studies = [str(images[0].StudyInstanceUID) for images in exams]
        wait_for("the deliveries", lambda: all(len(pacs.of_study(study)) >= PER_EXAM for study in studies), 600, 0.5)
        whole = time.monotonic() - began
        delays = []
        for row in node.query("SELECT study_uid, last_received FROM exams"):
            delays.append(max(pacs.times[uid] for uid in pacs.of_study(row["study_uid"])) - row["last_received"] / 1000)
        node_cpu = cpu_seconds(node)
        memory = echo_memory(options, node)
    finally:
        node.stop()
        pacs.stop()
        if node.database:
            node.database.stop()
    files = options.folder / "load-files"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir()
    for images in exams:
        for image in images:
            image.save_as(files / f"{image.SOPInstanceUID}.dcm", enforce_file_format=True)
    predict, predict_cpu = predict_seconds(options, files)
    _bare, bare_cpu = predict_seconds(options, files, "--no-overlays")
    images = 4 * len(exams)
    report["load"] = {"images": images, "size": f"{options.height} x {options.width}", "associations": options.associations,
                      "acknowledged": len(acknowledged),
                      "receiving s": round(received, 1), "all delivered s": round(whole, 1), "predict s": round(predict, 1),
                      "throughput / predict": round(predict / whole, 2), "node CPU s": round(node_cpu, 1),
                      "predict CPU s": round(predict_cpu, 1), "predict without pictures CPU s": round(bare_cpu, 1),
                      "p50 s": round(percentile(delays, 0.5), 1), "p95 s": round(percentile(delays, 0.95), 1),
                      "p99 s": round(percentile(delays, 0.99), 1), "memory MB": memory}
    print(json.dumps(report["load"], indent=1), flush=True)


def predict_seconds(options, files, *flags):
    """Time and processor time of `predict` on these files."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([options.mhcnn, "predict", str(files), "-o", str(options.folder / "load-predict"), "--restart", "-q", *flags,
                    "--format", "seg,sr"], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def echo_memory(options, node):
    """Memory of each process before, between and after many associations."""
    memory = collections.defaultdict(list)
    for i in range(5):
        for part, pids in node.processes().items():
            memory[part].append(round(sum(rss_mb(pid) for pid in pids), 1))
        if i < 4:
            for _ in range(options.echoes // 4):
                assert node.echo() or node.echo()
    return memory


def day(options, rows):
    """A day of exams, with faults."""
    exam = phantom_exam(options.mhcnn, options.folder)
    exams = copies(exam, options.exams, "day-")
    node, pacs = start(options, "day")
    sender = Sender(node, pacs, [])
    faults = collections.Counter()
    draw = random.random
    try:
        for images in exams:
            sender.sent.append(images)
            if draw() < 0.1:  # the association breaks after two images
                faults["aborted"] += 1
                association = node.associate(timeout=15)
                for image in images[:2]:
                    answer = association.is_established and association.send_c_store(image)
                    if answer and answer.Status == 0:
                        sender.acknowledged.add(str(image.SOPInstanceUID))
                association.abort()
            late = draw() < 0.1
            if late:
                faults["late image"] += 1
                sender.push(images[:3])
                time.sleep(0.05)
            sender.push(images)
            if draw() < 0.1:
                faults["sent twice"] += 1
                node.send(images, sender.acknowledged)
            if draw() < 0.05:
                part = random.choice(["receive", "work", "deliver", "web", "maintain", "association"])
                faults[f"{part} killed"] += kill(node, part)
        what = "day: " + ", ".join(f"{count} {name}" for name, count in faults.items())
        account(node, pacs, sender, rows, what, sum(faults.values()))
    finally:
        node.stop()
        pacs.stop()
        if node.database:
            node.database.stop()


def table(rows):
    if not rows:
        return ""
    heads = list(dict.fromkeys(head for row in rows for head in row))
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    return "\n".join(lines + ["| " + " | ".join(str(row.get(head, "")) for head in heads) + " |" for row in rows]) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--parts", default="kill,load,day")
    parser.add_argument("--targets", default=TARGETS, help=f"what is killed (default: {TARGETS}, and postgres with PostgreSQL)")
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--exams", type=int, default=500)
    parser.add_argument("--workers", type=int, default=2, help="workers of the node")
    parser.add_argument("--associations", type=int, default=50)
    parser.add_argument("--echoes", type=int, default=10_000)
    parser.add_argument("--height", type=int, default=500, help="rows of the images of the load")
    parser.add_argument("--width", type=int, default=360, help="columns of the images of the load")
    parser.add_argument("--store", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--mhcnn", default=os.environ.get("MHCNN", str(ROOT / "build/release/bin/mhcnn")))
    options = parser.parse_args()
    options.folder = options.folder.resolve()
    options.folder.mkdir(parents=True, exist_ok=True)
    if options.small:
        options.moments, options.exams, options.associations, options.echoes = 3, 8, 4, 40
    random.seed(options.seed)
    options.targets = options.targets.split(",")
    if options.store == "postgresql" and options.targets == TARGETS.split(","):
        options.targets.append("postgres")
    report, rows, days = {}, [], []
    parts = options.parts.split(",")
    if "kill" in parts:
        disk = "disk" in options.targets
        options.targets = [target for target in options.targets if target != "disk"]
        kill_parts(options, rows)
        if disk:
            full_disk(options, rows)
    if "load" in parts:
        load(options, report)
    if "day" in parts:
        day(options, days)
    text = table(rows) + "\n" + table(days) + "\n" + (json.dumps(report["load"], indent=1) if report else "")
    (options.folder / "soak.md").write_text(text)
    print(text)
    counted = ("lost", "without result or reason", "results missing", "results twice", "failed")
    wrong = [row for row in rows + days if any(row.get(key) for key in counted)] + [row for row in rows if row["kills"] < options.moments]
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
