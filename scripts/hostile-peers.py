#!/usr/bin/env python3
"""Attacks a node over its ports and checks that it keeps answering. During each attack, every echo on another association must be answered
within a second (--limit).

    scripts/hostile-peers.py FOLDER [--parts mutated,corpus,body] [--mutations 2000] [--body-mb 2000] [--corpus FOLDER]… [--seed 1]
                             [--limit 1] [--small]

mutated  a recorded association (request, a C-STORE, release) with wrong bytes, lengths, order, cuts and repeats: so many of them
corpus   each file of the given folders, whatever it holds, sent as the data set of a C-STORE and by STOW
body     one STOW request with an object of so many megabytes; the memory of the process before and at most
It fails where a process of the node ends, a file stays half received, or a line of the log holds a control character. --small: a few of
each and ten seconds, for the tests. Ends by itself. Writes FOLDER/hostile.md."""
import argparse
import collections
import contextlib
import http.client
import os
import pathlib
import random
import select
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "tests"))
from node_harness import MG, Node, copies, phantom_exam

ROOT = pathlib.Path(__file__).resolve().parent.parent
SETTINGS = """
[work]
enabled = false
"""


class Echoes(threading.Thread):
    """Asks for an echo without a pause and keeps the longest time until an answer."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.node, self.longest, self.count, self.failed, self.ended = node, 0.0, 0, 0, threading.Event()

    def run(self):
        while not self.ended.is_set():
            begin = time.monotonic()
            answered = self.node.echo()
            self.longest = max(self.longest, time.monotonic() - begin)
            self.count += 1
            self.failed += not answered
            time.sleep(0.05)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.join(30)


def recorded(node, image):
    """What a client sends in one association with one object, as a list of PDUs."""
    listener = socket.create_server(("127.0.0.1", 0))
    sent = bytearray()

    def relay():
        client, _ = listener.accept()
        with client, socket.create_connection(("127.0.0.1", node.dicom)) as server:
            while True:
                for one in select.select([client, server], [], [], 30)[0]:
                    data = one.recv(1 << 16)
                    if not data:
                        return
                    if one is client:
                        sent.extend(data)
                    (server if one is client else client).sendall(data)

    thread = threading.Thread(target=relay, daemon=True)
    thread.start()
    statuses = node.send([image], port=listener.getsockname()[1])
    thread.join(30)
    listener.close()
    assert statuses == [0], statuses
    pdus = []
    while sent:
        length = 6 + int.from_bytes(sent[2:6], "big")
        pdus.append(bytes(sent[:length]))
        del sent[:length]
    return pdus


def mutate(pdus, draw):
    """Another conversation: one to three faults in the recorded one."""
    pdus = [bytearray(pdu) for pdu in pdus]
    for _ in range(draw.randint(1, 3)):
        pdu = draw.choice(pdus)
        kind = draw.randrange(8)
        if kind == 0:  # bytes near the beginning: types, lengths, items of the request, the command
            for _ in range(draw.randint(1, 8)):
                pdu[draw.randrange(min(len(pdu), 400))] = draw.randrange(256)
        elif kind == 1:
            pdu[2:6] = draw.choice([0, 1, 5, len(pdu), 1 << 20, 1 << 31, (1 << 32) - 1]).to_bytes(4, "big")
        elif kind == 2:  # the length of an item
            at = draw.randrange(6, max(7, min(len(pdu), 400)))
            pdu[at:at + 2] = draw.choice([0, 1, 0x7FFF, 0xFFFF]).to_bytes(2, "big")
        elif kind == 3:
            del pdu[draw.randrange(len(pdu)):]
        elif kind == 4:
            at = draw.randrange(len(pdu))
            pdu[at:at] = pdu[at:at + draw.randint(1, 200)]
        elif kind == 5:
            pdus.insert(draw.randrange(len(pdus) + 1), bytearray(pdu))
        elif kind == 6:
            draw.shuffle(pdus)
        else:
            pdus[draw.randrange(len(pdus))] = bytearray(draw.randbytes(draw.randint(1, 64)))
        pdus = [pdu for pdu in pdus if pdu] or [bytearray(b"\x01")]
    return b"".join(pdus)


def converse(port, data, seconds):
    """Sends all, reads what comes for so long. Returns the type of the last PDU that came, 0 where none did."""
    answer = b""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.settimeout(seconds)
        with contextlib.suppress(OSError):
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
        end = time.monotonic() + seconds
        while time.monotonic() < end and len(answer) < 1 << 20:
            piece = connection.recv(1 << 16)
            if not piece:
                break
            answer += piece
    last = 0
    while len(answer) >= 6:
        last = answer[0]
        answer = answer[6 + int.from_bytes(answer[2:6], "big"):]
    return last


ANSWERS = {0: "none", 2: "accepted", 3: "rejected", 4: "data", 6: "released", 7: "aborted"}


def attack_mutated(node, image, options):
    pdus = recorded(node, image)
    draw = random.Random(options.seed)
    answers = collections.Counter()
    conversations = [mutate(pdus, draw) for _ in range(options.mutations)]
    lock = threading.Lock()

    def work():
        while True:
            with lock:
                if not conversations:
                    return
                data = conversations.pop()
            last = ANSWERS.get(converse(node.dicom, data, 2), "other")
            with lock:
                answers[last] += 1

    threads = [threading.Thread(target=work, daemon=True) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return f"{options.mutations} associations", ", ".join(f"{name} {count}" for name, count in answers.most_common())


def stow(node, pieces, length, timeout=120):
    """The status of one object by STOW, or 0 where the node closed the connection."""
    head = b'--b\r\nContent-Type: application/dicom\r\n\r\n'
    tail = b"\r\n--b--\r\n"
    connection = http.client.HTTPConnection("127.0.0.1", node.http, timeout=timeout)
    try:
        connection.putrequest("POST", "/dicom-web/studies")
        connection.putheader("Content-Type", 'multipart/related; type="application/dicom"; boundary=b')
        connection.putheader("Content-Length", str(len(head) + length + len(tail)))
        connection.endheaders()
        connection.send(head)
        for piece in pieces:
            connection.send(piece)
        connection.send(tail)
        return connection.getresponse().status
    except OSError:
        with contextlib.suppress(OSError, http.client.HTTPException):
            return connection.getresponse().status
        return 0
    except http.client.HTTPException:
        return 0
    finally:
        connection.close()


def p_data(context, data, command):
    pdus = []
    for at in range(0, len(data) or 1, 16000):
        piece = data[at:at + 16000]
        control = (1 if command else 0) | (2 if at + 16000 >= len(data) else 0)
        value = bytes([context, control]) + piece
        body = len(value).to_bytes(4, "big") + value
        pdus.append(b"\x04\x00" + len(body).to_bytes(4, "big") + body)
    return b"".join(pdus)


def attack_corpus(node, image, options):
    files = sorted(path for folder in options.corpus for path in pathlib.Path(folder).rglob("*")
                   if path.is_file() and path.stat().st_size < 8 << 20)
    if options.small:
        files = files[::max(1, len(files) // 25)]
    pdus = recorded(node, image)
    request, command, release = pdus[0], next(pdu for pdu in pdus if pdu[0] == 4 and pdu[11] & 1), pdus[-1]
    dicom, web = collections.Counter(), collections.Counter()
    for path in files:
        data = path.read_bytes()
        dicom[ANSWERS.get(converse(node.dicom, request + command + p_data(command[10], data, False) + release, 5), "other")] += 1
        web[stow(node, [data], len(data), timeout=30)] += 1
    return f"{len(files)} files", "C-STORE: " + ", ".join(f"{name} {count}" for name, count in dicom.most_common()) + \
        "; STOW: " + ", ".join(f"{status} {count}" for status, count in web.most_common())


def private_mb(pid):
    """Memory of the process alone; pages of mapped files, which the system takes back at need, do not count."""
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("RssAnon")) / 1024


def attack_body(node, _image, options):
    size = options.body_mb << 20
    pid = node.processes()["web"][0]
    before, most, ended = private_mb(pid), [0.0], threading.Event()

    def watch():
        while not ended.is_set():
            most[0] = max(most[0], private_mb(pid))
            time.sleep(0.05)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    piece = bytes(1 << 20)
    status = stow(node, (piece for _ in range(options.body_mb)), size, timeout=600)
    ended.set()
    watcher.join()
    return f"{options.body_mb} MB by STOW", f"status {status}; memory of the process {before:.0f} MB before, {most[0]:.0f} MB at most"


ATTACKS = {"mutated": attack_mutated, "corpus": attack_corpus, "body": attack_body}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--parts", default="mutated,corpus,body")
    parser.add_argument("--mutations", type=int, default=2000)
    parser.add_argument("--body-mb", type=int, default=2000)
    parser.add_argument("--corpus", action="append", default=[])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=1, help="seconds until an echo must be answered")
    parser.add_argument("--small", action="store_true")
    options = parser.parse_args()
    if options.small:
        options.mutations, options.body_mb, options.limit = 150, 64, 30
    mhcnn = os.environ.get("MHCNN", ROOT / "build/release/bin/mhcnn")
    options.folder.mkdir(parents=True, exist_ok=True)
    exam = phantom_exam(mhcnn, options.folder)
    node = Node(mhcnn, options.folder / "node", SETTINGS).start()
    rows, wrong = [], []
    try:
        for part in options.parts.split(","):
            image = copies(exam[:1], 1, part)[0][0]
            assert image.SOPClassUID == MG
            parts = node.processes()
            with Echoes(node) as echoes:
                what, answers = ATTACKS[part](node, image, options)
                time.sleep(0.5)
            rows.append((part, what, answers, echoes))
            print(f"{part}: {what}: {answers}; {echoes.count} echoes, the slowest after {1000 * echoes.longest:.0f} ms", flush=True)
            if echoes.failed or echoes.longest > options.limit:
                wrong.append(f"{part}: {echoes.failed} echoes failed, the slowest took {echoes.longest:.2f} s")
            if node.processes() != parts:
                wrong.append(f"{part}: processes ended: {parts}, now {node.processes()}")
        if node.send([copies(exam[:1], 1, "after")[0][0]]) != [0]:
            wrong.append("an image after all attacks was not taken")
        for line in node.log_path.read_bytes().splitlines():
            if any(byte < 32 or byte == 127 for byte in line):
                wrong.append(f"a line of the log holds a control character: {line[:200]!r}")
                break
        left = list((node.objects / "incoming").glob("*"))
        if left:
            wrong.append(f"{len(left)} files are left half received")
    finally:
        node.stop()
    table = "| attack | how many | what the node answered | echoes meanwhile | slowest |\n|---|---|---|---|---|\n" + "".join(
        f"| {part} | {what} | {answers} | {echoes.count} | {1000 * echoes.longest:.0f} ms |\n" for part, what, answers, echoes in rows)
    (options.folder / "hostile.md").write_text(table)
    print(table, end="")
    if wrong:
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main()
