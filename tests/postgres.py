"""A PostgreSQL server for tests, in a folder of its own, on a free port of 127.0.0.1."""
import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import time

from node_harness import free_ports


class Postgres:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
        self.bin = pathlib.Path(found[-1]) if found else None
        self.port = free_ports(1)[0]
        self.url = f"postgresql://postgres@127.0.0.1:{self.port}/postgres"
        self.process = None

    def run(self, *words, **options):
        """As the user postgres, since the server refuses root."""
        words = [str(word) for word in words]
        if os.getuid() == 0:
            words = ["runuser", "-u", "postgres", "--", *words]
        return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)

    def start(self):
        if not self.folder.exists():
            self.folder.mkdir(parents=True)
            if os.getuid() == 0:
                owner = pwd.getpwnam("postgres")
                os.chown(self.folder, owner.pw_uid, owner.pw_gid)
                for parent in self.folder.parents:
                    if parent == pathlib.Path("/"):
                        break
                    if not parent.stat().st_mode & 0o001:
                        parent.chmod(parent.stat().st_mode | 0o011)
            assert self.run(self.bin / "initdb", "-D", self.folder / "data", "-A", "trust", "-U", "postgres").wait(120) == 0
        self.process = self.run(self.bin / "postgres", "-D", self.folder / "data", "-p", self.port, "-c", "listen_addresses=127.0.0.1",
                                "-c", f"unix_socket_directories={self.folder}")
        end = time.monotonic() + 60
        while subprocess.run([self.bin / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)],
                             check=False).returncode != 0:
            assert time.monotonic() < end, "PostgreSQL does not start"
            time.sleep(0.1)
        return self

    def pid(self):
        return int((self.folder / "data/postmaster.pid").read_text().split()[0])

    def kill(self):
        """kill -9 of the server; its children end with it."""
        os.kill(self.pid(), signal.SIGKILL)
        self.process.wait()
        time.sleep(0.3)

    def query(self, sql):
        done = subprocess.run([self.bin / "psql", "-h", "127.0.0.1", "-p", str(self.port), "-U", "postgres", "-At", "-F", "\t", "-c",
                               f"COPY ({sql}) TO STDOUT WITH (FORMAT csv, HEADER)"], capture_output=True, text=True, timeout=120,
                              check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def stop(self):
        if self.process and self.process.poll() is None:
            with contextlib.suppress(OSError):
                os.kill(self.pid(), signal.SIGQUIT)
            self.process.wait(30)
        shutil.rmtree(self.folder, ignore_errors=True)
