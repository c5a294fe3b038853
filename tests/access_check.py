"""Checks who may do what at the HTTP port (tests/access.sh): access_check.py MHCNN FOLDER OPENAPI."""
import contextlib
import hashlib
import http.client
import json
import pathlib
import re
import signal
import sqlite3
import subprocess
import sys
import time

mhcnn, work, openapi = sys.argv[1], pathlib.Path(sys.argv[2]), json.loads(pathlib.Path(sys.argv[3]).read_text())
ROLES = ("sender", "viewer", "reader", "administrator")
# What asks for a role in the description of the API is open to these.
PERMITTED = {"sender": {"sender", "reader", "administrator"}, "viewer": {"viewer", "reader", "administrator"},
             "reader": {"reader", "administrator"}, "administrator": {"administrator"}, "any": set(ROLES)}
PASSWORD, OTHER = "correct violet kettle 7", "another yellow bottle 9"
TOKEN_FILE = "0123456789abcdef0123456789abcdef"


class Node:
    """`mhcnn web` with a folder and a store of its own."""

    def __init__(self, name, settings, store=None):
        self.folder = work / name
        self.folder.mkdir()
        (self.folder / "token").write_text(TOKEN_FILE + "\n")
        self.store = store or self.folder / "node.db"
        self.config = self.folder / "node.toml"
        self.config.write_text(f'name = "node"\nobjects = "objects"\nstore.url = "sqlite:{self.store}"\n'
                               f'[work]\nenabled = false\n[retention]\nreserve_mb = 0\n[web]\nport = 0\n{settings}\n')
        self.log = self.folder / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen([mhcnn, "web", "--config", str(self.config)], stdout=log, stderr=log)
        end = time.monotonic() + 60
        while not (found := re.search(r"listening on 127\.0\.0\.1:(\d+)", self.log.read_text())):
            assert self.process.poll() is None and time.monotonic() < end, self.log.read_text()
            time.sleep(0.02)
        self.port = int(found[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, method, path, body=None, source="127.0.0.1", head_only=False, **fields):
        """(status, fields, body); the name of a field has "_" for "-"."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30, source_address=(source, 0))
        sent = {name.replace("_", "-"): value for name, value in fields.items()}
        if isinstance(body, dict):
            body, sent = json.dumps(body), {"Content-Type": "application/json", **sent}
        connection.request(method, path, body, sent)
        answer = connection.getresponse()
        content = b"" if head_only else answer.read()
        connection.close()
        return answer.status, answer.headers, content

    def log_in(self, name, password=PASSWORD, **fields):
        return self.ask("POST", "/api/v1/login", {"name": name, "password": password}, **fields)

    def session(self, name, password=PASSWORD):
        """Header fields of a session: for reading, and for changing something."""
        status, fields, body = self.log_in(name, password)
        assert status == 200, (status, body)
        cookie = fields["Set-Cookie"].split(";")[0]
        return {"Cookie": cookie}, {"Cookie": cookie, "X_CSRF_Token": json.loads(body)["csrf"]}

    def run(self, *words, expect=0):
        done = subprocess.run([mhcnn, *words, "--config", str(self.config)], capture_output=True, text=True, timeout=60, check=False,
                              stdin=subprocess.DEVNULL, start_new_session=True)
        assert done.returncode == expect, (words, done)
        return done.stdout.strip() if expect == 0 else done.stderr

    def add_user(self, name, role, password=PASSWORD):
        (self.folder / "password").write_text(password + "\n")
        self.run("users", "add", name, "--role", role, "--password-file", str(self.folder / "password"))

    def rows(self, statement, *values):
        with contextlib.closing(sqlite3.connect(self.store, timeout=30)) as store, store:
            return store.execute(statement, values).fetchall()

    def trail(self, event):
        return [row[0] for row in self.rows("SELECT message FROM audit_events WHERE event = ? ORDER BY id", event)]


def operations():
    """(method, path with values, least role) of all routes; None where no identity is needed. The description of the API states it as
    x-role; service/node/web_routes_test.cc checks that it names each route. "session" is for those who logged in by password:
    check_session_ends."""
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            if method not in ("get", "post", "put", "delete", "patch"):
                continue
            role = None if operation.get("security") == [] else operation["x-role"]
            if role != "session":
                yield method.upper(), re.sub(r"\{[^}]*\}", "1", path), role


def check_commands(node):
    assert "role" in node.run("users", "list")
    node.add_user("anna", "reader")
    for wrong, why in (("tiny pw", "12 characters"), ("Password2026!", "is a common password"), ("", "no password")):
        (node.folder / "password").write_text(wrong)
        error = node.run("users", "add", "eve", "--password-file", str(node.folder / "password"), expect=2)
        assert why in error and (not wrong or wrong not in error), error
    (node.folder / "password").write_text(OTHER)
    assert "already in use" in node.run("users", "add", "anna", "--password-file", str(node.folder / "password"), expect=2)
    assert "--password-file" in node.run("users", "add", "eve", expect=2)  # without a terminal
    assert "is not a role" in node.run("users", "add", "eve", "--role", "boss", expect=2)
    assert "not in the store" in node.run("users", "role", "eve", "viewer", expect=2)
    users = json.loads(node.run("users", "list", "--json"))
    assert [(user["name"], user["role"], user["disabled"]) for user in users] == [("anna", "reader", False)], users
    changes = node.trail("110113")
    assert any("110137" in message and "user anna was added as reader" in message for message in changes), changes
    assert PASSWORD not in "".join(changes)
    kept = node.rows("SELECT password FROM users")[0][0]
    assert kept.startswith("$argon2id$v=19$m=65536,t=2,p=1$"), kept


def check_roles(node):
    """Each route with each role, by token, and without one."""
    tokens = {role: node.run("tokens", "create", f"of-{role}", "--role", role) for role in ROLES}
    assert all(re.fullmatch(r"mhcnn_[\w-]{43}", token) for token in tokens.values()), tokens
    tokens["file"] = TOKEN_FILE
    asked, unstated, absent = 0, set(), set()
    for method, path, least in operations():
        for role, token in (("nobody", ""), *tokens.items()):
            fields = {"Authorization": f"Bearer {token}"} if token else {}
            body = b"{}" if method != "GET" else None
            status, _, content = node.ask(method, path, body, head_only=True, Content_Type="application/json", **fields)
            case = (method, path, least, role, status, content)
            if least is None:
                assert status not in (401, 403), case
            elif status == 404 and role == "nobody":
                absent.add((method, path))  # not with this configuration
            elif (method, path) in absent:
                assert status == 404, case
            elif role == "nobody":
                assert status == 401, case
            elif least == "stated nowhere":
                unstated.add((method, path))
            elif (role if role != "file" else "sender") in PERMITTED[least]:
                assert status not in (401, 403), case
            else:
                assert status == 403, case
            asked += 1
    assert absent <= {("POST", "/api/v1/analyze")}, absent
    print(f"roles: {asked} requests; operations that state no role: {sorted(unstated) or 'none'}")
    refused = [message for message in node.trail("110113") if "110132" in message]
    assert refused and "UserID=\"of-" in refused[0], refused


def check_login(node):
    status, fields, body = node.log_in("anna")
    session = json.loads(body)
    assert status == 200 and session["name"] == "anna" and session["role"] == "reader" and session["access"] == "accounts", session
    cookie = fields["Set-Cookie"]
    assert re.fullmatch(r"mhcnn=[\w-]{43}; Path=/; HttpOnly; SameSite=Strict; Max-Age=43200", cookie), cookie
    read, write = {"Cookie": cookie.split(";")[0]}, {"Cookie": cookie.split(";")[0], "X_CSRF_Token": session["csrf"]}
    status, fields, body = node.ask("GET", "/api/v1/session", **read)
    assert status == 200 and json.loads(body) == session
    assert node.ask("GET", "/api/v1/session")[0] == 401
    assert node.ask("GET", "/api/v1/session", Cookie="mhcnn=" + "x" * 43)[0] == 401
    # Without the token of the session nothing is changed, with it logout ends the session.
    assert node.ask("POST", "/api/v1/logout", **read)[0] == 403
    assert node.ask("POST", "/api/v1/logout", **{**read, "X_CSRF_Token": "wrong"})[0] == 403
    assert node.ask("POST", "/dicom-web/studies", b"", **read)[0] == 403
    assert node.ask("GET", "/api/v1/session", **read)[0] == 200
    assert node.ask("POST", "/api/v1/logout", **write)[0] == 204
    assert node.ask("GET", "/api/v1/session", **read)[0] == 401
    # A form of another site cannot log in.
    form = node.ask("POST", "/api/v1/login", "name=anna", Content_Type="application/x-www-form-urlencoded")
    assert form[0] == 415, form
    # The password in place of the name is in no trail and no log.
    assert node.log_in(OTHER, "x")[0] == 401
    logins = node.trail("110114")
    assert OTHER not in "".join(logins) + node.log.read_text()
    assert sum('EventOutcomeIndicator="0"' in message and "110122" in message for message in logins) == 1, logins
    assert sum("110123" in message for message in logins) == 1, logins
    assert sum('EventOutcomeIndicator="4"' in message for message in logins) == 1, logins
    assert all('NetworkAccessPointID="127.0.0.1"' in message for message in logins)


def check_session_ends(node):
    def lives(fields):
        return node.ask("GET", "/api/v1/session", **fields)[0] == 200

    for words in (("role", "anna", "viewer"), ("disable", "anna")):
        read, _ = node.session("anna")
        assert lives(read)
        node.run("users", *words)
        assert not lives(read), words
    assert node.log_in("anna")[0] == 401
    node.run("users", "enable", "anna")
    read, _ = node.session("anna")
    (node.folder / "password").write_text(OTHER)
    node.run("users", "password", "anna", "--password-file", str(node.folder / "password"))
    assert not lives(read)
    assert node.log_in("anna")[0] == 401
    read, write = node.session("anna", OTHER)
    # The own password: by who knows it; other sessions end.
    another, _ = node.session("anna", OTHER)
    assert node.ask("POST", "/api/v1/password", {"password": PASSWORD, "new": PASSWORD}, **write)[0] == 401
    assert node.ask("POST", "/api/v1/password", {"password": OTHER, "new": "short"}, **write)[0] == 422
    assert node.ask("POST", "/api/v1/password", {"password": OTHER, "new": PASSWORD}, **write)[0] == 200
    assert not lives(another) and not lives(read)
    # A login ends the session that the browser had.
    read, _ = node.session("anna")
    assert node.log_in("anna", **read)[0] == 200
    assert not lives(read)
    # Its ends in time, written into the store.
    for column, value in (("ends", "used"), ("used", "0")):
        fresh, _ = node.session("anna")
        assert lives(fresh)
        node.rows(f"UPDATE sessions SET {column} = {value}")
        assert not lives(fresh), column


def check_throttle(node):
    node.add_user("bert", "viewer")
    seen = [node.log_in("bert", "wrong violet kettle", source="127.0.0.9") for _ in range(7)]
    assert [status for status, _, _ in seen] == [401] * 5 + [429] * 2, seen
    assert int(seen[-1][1]["Retry-After"]) in range(50, 61), seen[-1][1]
    assert node.log_in("bert")[0] == 429  # from elsewhere too, and with the right password
    assert node.log_in("anna")[0] == 200
    # An address that tries many names.
    many = []
    while 429 not in many and len(many) < 60:  # one more is taken after each ten seconds
        many.append(node.log_in(f"user{len(many)}", "wrong violet kettle", source="127.0.0.10")[0])
    assert len(many) >= 21 and many == [401] * (len(many) - 1) + [429], many
    assert any("too many wrong logins" in message for message in node.trail("110114"))
    # An unknown name takes as long as a wrong password.
    def took(name, source):
        begin = time.monotonic()
        assert node.log_in(name, "wrong violet kettle", source=source)[0] == 401
        return time.monotonic() - begin

    known = min(took("anna", f"127.0.1.{i}") for i in range(3))
    unknown = min(took("nobody", f"127.0.2.{i}") for i in range(3))
    print(f"wrong password {known * 1000:.0f} ms, unknown name {unknown * 1000:.0f} ms")
    assert known / 3 < unknown < known * 3, (known, unknown)


def check_tokens(node):
    token = node.run("tokens", "create", "report", "--role", "viewer", "--days", "1")
    own = {"Authorization": f"Bearer {token}"}
    assert json.loads(node.ask("GET", "/api/v1/session", **own)[2])["role"] == "viewer"
    assert token not in node.run("tokens", "list") + node.run("tokens", "list", "--json")
    digests = [row[0] for row in node.rows("SELECT digest FROM tokens ORDER BY id")]
    assert len(digests) == 5 and digests[-1] == hashlib.sha256(token.encode()).hexdigest(), digests
    node.run("tokens", "revoke", "report")
    assert node.ask("GET", "/api/v1/session", **own)[0] == 401
    assert "not in use" in node.run("tokens", "revoke", "report", expect=2)
    states = {one["name"]: one["state"] for one in json.loads(node.run("tokens", "list", "--json"))}
    assert states["report"] == "revoked" and states["of-sender"] == "in use", states
    assert node.ask("GET", "/api/v1/session", Authorization=f"Bearer {token}x")[0] == 401
    assert token not in "".join(node.trail("110113")) + node.log.read_text()


def check_origins(node):
    for host in ("localhost", f"127.0.0.1:{node.port}", "[::1]", "node.example.org"):
        assert node.ask("GET", "/health/live", Host=host)[0] == 200, host
    for host in ("evil.example", "127.0.0.1.evil.example", "node.example.org.evil.example"):
        assert node.ask("GET", "/health/live", Host=host)[0] == 421, host
        assert node.ask("GET", "/api/v1/session", Host=host)[0] == 421, host
    good = f"http://127.0.0.1:{node.port}"
    for fields, wanted in (({}, 401), ({"Origin": good}, 401), ({"Origin": "http://evil.example"}, 403), ({"Origin": "null"}, 403),
                           ({"Sec_Fetch_Site": "cross-site"}, 403), ({"Sec_Fetch_Site": "same-site"}, 403),
                           ({"Sec_Fetch_Site": "same-origin"}, 401)):
        assert node.ask("POST", "/dicom-web/studies", b"x", **fields)[0] == wanted, fields
    assert node.ask("OPTIONS", "/api/v1/session", Origin="http://evil.example")[0] == 405
    answer = node.ask("GET", "/health/live", Origin="http://evil.example")[1]
    assert not [name for name in answer if name.lower().startswith("access-control")], "no other origin may read"


def check_fields(node):
    for method, path in (("GET", "/health/live"), ("GET", "/api/v1/session"), ("GET", "/nothing"), ("POST", "/api/v1/login")):
        _, fields, _ = node.ask(method, path)
        policy = fields["Content-Security-Policy"]
        assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy and "unsafe" not in policy, policy
        wanted = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Opener-Policy": "same-origin",
                  "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store", "X-Frame-Options": "DENY"}
        for name, value in wanted.items():
            assert fields.get_all(name) == [value], (path, name, fields.get_all(name))
        assert "camera=()" in fields["Permissions-Policy"]
        assert fields["Server"] is None and fields["Strict-Transport-Security"] is None


def check_log(node):
    for line in node.log.read_text().splitlines():
        assert "anna" not in line and "bert" not in line and PASSWORD not in line, line


def check_proxy():
    settings = ('access = "proxy"\ntrusted_proxies = ["127.0.0.5"]\nhost_names = ["node.example.org"]\nuser_field = "X-User"\n'
                'role_field = "X-Groups"\n[web.role_groups]\nreader = ["radiologists"]')
    with Node("proxy", settings) as node:
        def ask(user="anna", groups="staff,radiologists", source="127.0.0.5", method="GET", **more):
            return node.ask(method, "/api/v1/session" if method == "GET" else "/dicom-web/studies", b"" if method != "GET" else None,
                            source=source, X_User=user, X_Groups=groups, **more)

        status, _, body = ask()
        session = json.loads(body)
        assert status == 200 and session["role"] == "reader" and session["access"] == "proxy", session
        assert ask(source="127.0.0.6")[0] == 401
        assert ask(groups="staff")[0] == 403
        assert ask(user="")[0] == 401
        assert ask(method="POST")[0] == 403
        assert ask(method="POST", X_CSRF_Token=session["csrf"])[0] == 415
        assert node.log_in("anna")[0] == 404
        alerts = node.trail("110113")
        assert any("names a user and comes from no trusted proxy" in message for message in alerts), alerts
        assert ask(user="a" * 300)[0] == 400


def check_open():
    with Node("open", "") as node:
        assert json.loads(node.ask("GET", "/api/v1/session")[2])["role"] == "administrator"
        assert node.ask("POST", "/dicom-web/studies", b"", Origin="http://evil.example")[0] == 403
        assert node.log_in("anna")[0] == 404
    with Node("file", 'token_file = "token"') as node:
        assert node.ask("GET", "/api/v1/session")[0] == 401
        assert node.ask("GET", "/metrics", Authorization=f"Bearer {TOKEN_FILE}")[0] == 200
        assert node.ask("POST", "/dicom-web/studies", b"", Authorization=f"Bearer {TOKEN_FILE}")[0] == 415
    exposed = work / "exposed.toml"
    for web, why in (('address = "0.0.0.0"', "web.access"), ('address = "0.0.0.0"\naccess = "accounts"', "TLS"),
                     ('access = "proxy"', "trusted_proxies")):
        exposed.write_text(f'objects = "objects"\n[web]\n{web}\n')
        done = subprocess.run([mhcnn, "serve", "--check", "--config", str(exposed)], capture_output=True, text=True, check=False)
        assert done.returncode == 2 and why in done.stderr, done


with Node("accounts", 'access = "accounts"\ntoken_file = "token"\nhost_names = ["node.example.org"]') as main:
    for check in (check_commands, check_roles, check_login, check_session_ends, check_throttle, check_tokens, check_origins, check_fields,
                  check_log):
        begin = time.monotonic()
        check(main)
        print(f"{check.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
for check in (check_proxy, check_open):
    begin = time.monotonic()
    check()
    print(f"{check.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
