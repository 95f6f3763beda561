"""Starts the real binary and its peers for the tests of this folder: own temporary directory, free ports, ended by pid."""
import csv
import io
import json
import os
import pathlib
import random
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import zmq

BINARY = os.path.abspath(os.environ.get("CPGW_BINARY", "build/dev/bin/cpgw"))
PROVIDER = pathlib.Path(__file__).resolve().parent.parent / "vectors" / "provider.xml"


class Failure(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failure(text)


def wait_for(what, probe, seconds=60.0):
    """Polls until probe() is true; the limit is there to end a hang, not to measure."""
    end = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)


def cpgw(*arguments, cwd=None, stdin=b"", env=None):
    """One command without a gateway of its own: its CompletedProcess. The variables it reads are those given, no others."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CPGW_")}
    return subprocess.run([BINARY, *arguments], cwd=cwd, input=stdin, capture_output=True, timeout=120, env={**clean, **(env or {})})


def read_vectors(file):
    """Blocks of `name: value` lines; `part`, `submit` and `deliver` are lists."""
    found = {}
    for block in (pathlib.Path(__file__).resolve().parent.parent / "vectors" / file).read_text().split("\n\n"):
        fields = {}
        for line in block.splitlines():
            name, colon, value = line.partition(": ")
            if line.startswith("#") or not colon:
                continue
            if name in ("part", "submit", "deliver"):
                fields.setdefault(name, []).append(value.replace(" ", ""))
            else:
                fields[name] = value
        if "id" in fields:
            found[fields["id"]] = fields
    return found


class Process:
    def __init__(self, arguments, folder, name, stdin=None, first_line=True):
        self.name = name
        self.log = open(pathlib.Path(folder) / f"{name}.err", "ab")
        self.process = subprocess.Popen(
            [BINARY, *arguments], cwd=folder, stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=self.log)
        if stdin is not None:
            self.process.stdin.write(stdin)
            self.process.stdin.close()
            self.process.stdin = None
        self.first = self.line() if first_line else ""

    def line(self, seconds=60.0):
        """One line of its standard output."""
        data = b""
        end = time.monotonic() + seconds
        while not data.endswith(b"\n"):
            ready, _, _ = select.select([self.process.stdout], [], [], max(0.0, end - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 1) if ready else b""
            if not piece:
                raise Failure(f"{self.name} said nothing (exit {self.process.poll()}); see {self.log.name}:\n" + self.errors())
            data += piece
        return data.decode()

    def errors(self):
        self.log.flush()
        return pathlib.Path(self.log.name).read_text(errors="replace")[-2000:]

    def stop(self, how=signal.SIGTERM, seconds=60.0):
        """Ends it and gives what it still said."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            rest = self.process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise Failure(f"{self.name} did not stop") from None
        return rest.decode(errors="replace")


class Client:
    """The ZeroMQ door, as docs/zeromq.md has it."""

    def __init__(self, endpoint):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.linger = 0
        self.socket.connect(endpoint)
        self.count = 0

    def ask(self, seconds=60.0, **request):
        self.count += 1
        tag = str(self.count).encode()
        self.socket.send_multipart([b"CPGW1", tag, json.dumps(request).encode()])
        end = time.monotonic() + seconds
        while True:
            if not self.socket.poll(max(0, int((end - time.monotonic()) * 1000))):
                raise TimeoutError(request.get("op"))
            frames = self.socket.recv_multipart()
            if len(frames) == 3 and frames[1] == tag:
                return json.loads(frames[2])

    def must(self, **request):
        answer = self.ask(**request)
        expect(answer.get("ok"), f"{request.get('op')}: {answer}")
        return answer

    def close(self):
        self.socket.close()


class Bench:
    """A temporary directory with a gateway in it and, when wanted, a message centre and handsets."""

    def __init__(self, name, window=10, carrier="", extra="", tenants=("acme",)):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"cpgw-{name}-"))
        self.window = window
        self.carrier = carrier
        self.extra = extra
        self.tenants = tenants
        self.running = []
        self.smsc_port = 0
        self.smsc = self.gateway = None

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        for process in reversed(self.running):
            if process.process.poll() is None:
                process.process.kill()
                process.process.wait()
        if kind is None and not os.environ.get("CPGW_KEEP"):
            shutil.rmtree(self.folder, ignore_errors=True)
        else:
            print("kept:", self.folder, file=sys.stderr)

    def run(self, *arguments, stdin=None, status=0, json_output=False):
        """One command against this gateway; its standard output."""
        done = subprocess.run([BINARY, *arguments], cwd=self.folder, input=stdin, capture_output=True, timeout=600)
        expect(status is None or done.returncode == status,
               f"cpgw {' '.join(arguments)} gave {done.returncode}:\n{done.stdout.decode()[-1500:]}{done.stderr.decode()[-1500:]}")
        return json.loads(done.stdout) if json_output else done.stdout.decode()

    def start_smsc(self, *options):
        self.smsc = Process(["simulate", "smsc", "--port", str(self.smsc_port), *options], self.folder, "smsc")
        self.running.append(self.smsc)
        self.smsc_port = int(self.smsc.first.split()[-1].rsplit(":", 1)[-1])
        return self.smsc

    def start_handsets(self, phones, expected, *options):
        """`phones`: (number, imsi, pin) each; they are told by pipe only."""
        text = "".join(",".join(filter(None, phone)) + "\n" for phone in phones).encode()
        handsets = Process(["simulate", "handset", "--port", str(self.smsc_port), "--expect", str(expected), *options],
                           self.folder, "handset", stdin=text, first_line=False)
        self.running.append(handsets)
        return handsets

    def write_settings(self):
        if not (self.folder / "keyring").exists():
            self.run("init")
        tenants = "".join(f'[[tenant]]\nname = "{name}"\n' for name in self.tenants)
        (self.folder / "cpgw.toml").write_text(f"""
[gateway]
data_dir = "var"
[zmq]
intake = "ipc://run/intake.sock"
events = "ipc://run/events.sock"
[numbers]
default_country = "358"
[secrets]
keyring = "keyring"
[log]
file = "gateway.log"
format = "json"
level = "debug"
{self.extra}
[[carrier]]
name = "smsc-a"
type = "smpp"
simulator = true
host = "127.0.0.1"
port = {self.smsc_port}
system_id = "cpgw"
password = "secret"
window = {self.window}
{self.carrier}
[[route]]
prefix = "+"
carrier = "smsc-a"
{tenants}
""")

    def start_gateway(self):
        self.gateway = Process(["serve", "--config", "cpgw.toml"], self.folder, "gateway")
        self.running.append(self.gateway)
        return self.gateway

    def client(self, door="intake"):
        return Client(f"ipc://{self.folder}/run/{door}.sock")


def phones(count, seed=1, pins=False, pin_digits=8):
    draw = random.Random(seed)
    numbers = draw.sample(range(10**7), count)
    return [(f"+35840{n:07d}", "00101" + "".join(draw.choice("0123456789") for _ in range(10)),
             "".join(draw.choice("0123456789") for _ in range(pin_digits)) if pins else None) for n in numbers]


def recipients_csv(people):
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    with_pins = any(p[2] for p in people)
    writer.writerow(["number", "imsi"] + (["pin"] if with_pins else []))
    writer.writerows([p[:3] if with_pins else p[:2] for p in people])
    return out.getvalue().encode()


def main(tests):
    """Runs every test function; the last line says how many passed."""
    wanted = sys.argv[1:]
    failed = 0
    ran = [t for t in tests if not wanted or t.__name__ in wanted]
    for test in ran:
        started = time.monotonic()
        try:
            test()
            print(f"ok      {test.__name__} ({time.monotonic() - started:.1f} s)", flush=True)
        except (Failure, TimeoutError, subprocess.TimeoutExpired, KeyError) as problem:
            failed += 1
            print(f"FAILED  {test.__name__}: {type(problem).__name__}: {problem}", flush=True)
    print(f"{len(ran) - failed} passed, {failed} failed")
    sys.exit(1 if failed or not ran else 0)
