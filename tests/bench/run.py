"""What the budgets of docs/architecture.md section 7 are measured by: ./dev bench. Nothing here passes or fails; every figure stands beside its budget.

Instruction counts come from callgrind as the difference of two runs, so that start-up drops out. Rates and times are those of this machine, now.
Usage: run.py BUILD_FOLDER [codec compose store gateway demo] [--rows N]   N rows wait while claims are timed (1,000,000)
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
parser = argparse.ArgumentParser()
parser.add_argument("build", type=pathlib.Path)
parser.add_argument("parts", nargs="*", choices=["codec", "compose", "store", "gateway", "demo", []], default=[])
parser.add_argument("--rows", type=int, default=1_000_000)
given = parser.parse_args()
BIN = given.build.resolve() / "bin"
os.environ["CPGW_BINARY"] = str(BIN / "cpgw")
sys.path.insert(0, str(ROOT / "tests" / "system"))
from harness import Bench, phones, recipients_csv  # noqa: E402


def say(what, measured, budget=""):
    print(f"{what:<58} {measured:>22}   {budget}", flush=True)


def heading(text):
    print(f"\n{text}", flush=True)


def self_cost(file):
    """Instructions of a callgrind file by object, without those of the functions it calls."""
    names, costs, current, callee = {}, {}, "", False
    for line in file.read_text().splitlines():
        found = re.match(r"ob=\((\d+)\)(?: (.*))?", line)
        if found:
            names.setdefault(found[1], pathlib.Path(found[2] or "").name)
            current = names[found[1]]
        elif line.startswith("calls="):
            callee = True  # the next line is what the called function cost
        elif re.match(r"[+\-*\d]", line):
            fields = line.split()
            if not callee and len(fields) > 1:
                costs[current] = costs.get(current, 0) + int(fields[-1])
            callee = False
        else:
            found = re.match(r"cob=\((\d+)\) (.*)", line)
            if found:
                names.setdefault(found[1], pathlib.Path(found[2]).name)
    return costs


def instructions(command, few=100, many=200):
    """Per repetition and object; `command(count)` is the argument list."""
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for count in (few, many):
            out = pathlib.Path(folder) / str(count)
            subprocess.run(["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", *command(count)],
                           check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            runs.append(self_cost(out))
    return {name: (runs[1][name] - runs[0].get(name, 0)) / (many - few) for name in runs[1]}


def whole(counts):
    return round(sum(counts.values()))


def typical_document(folder):
    """The 952-octet mail account of the vectors."""
    text = (ROOT / "tests" / "vectors" / "wbxml" / "prov.vectors").read_text()
    xml = re.search(r"^= prov-05-email-smtp-25:.*?\n(.*?)\n> ", text, re.S | re.M)[1].rstrip("\n") + "\n"
    file = pathlib.Path(folder) / "email.xml"
    file.write_text(xml)
    return file


def codec():
    with tempfile.TemporaryDirectory() as folder:
        file = typical_document(folder)
        heading(f"WBXML, {file.stat().st_size} octets of XML (instructions)")
        for what, budget in (("xml", "at most 151,000"), ("decode", "")):
            ours = whole(instructions(lambda n: [BIN / "wbxml_bench", file, str(n), what]))  # noqa: B023
            theirs = whole(instructions(lambda n: [BIN / "libwbxml_bench", file, str(n), what]))  # noqa: B023
            name = {"xml": "XML to WBXML", "decode": "WBXML read"}[what]
            say(name, f"{ours:,}", budget)
            say(f"{name}, libwbxml" + ("" if what == "xml" else " (writes XML as well)"), f"{theirs:,}", f"{theirs / ours:.1f} times ours")
        say("fill of a template", f"{whole(instructions(lambda n: [BIN / 'wbxml_bench', file, str(n), 'fill'])):,}")


def compose():
    heading("compose: one signed push of three parts from a template")
    by_object = instructions(lambda n: [BIN / "compose_bench", str(n)], 1000, 2000)
    crypto = sum(count for name, count in by_object.items() if "libcrypto" in name)
    say("instructions of our own functions", f"{by_object.get('compose_bench', 0):,.0f}", "at most 4,000")
    say("instructions in libc, most of it OpenSSL's malloc", f"{whole(by_object) - crypto - by_object.get('compose_bench', 0):,.0f}")
    say("instructions in libcrypto", f"{crypto:,.0f}")
    took = subprocess.run([BIN / "compose_bench", "300000"], check=True, capture_output=True, text=True).stdout
    say("time", took.split(",")[-1].strip(), "at most 2 us")


def store():
    heading(f"store, {given.rows:,} rows waiting (budgets: 40 us CPU a document; 100,000 rows/s; claim and settle within 1.5 of an empty store)")
    with tempfile.TemporaryDirectory(dir=given.build) as folder:
        subprocess.run([BIN / "queue_bench", f"{folder}/store", str(given.rows)], check=True)


def status_of(pid, field):
    return int(re.search(rf"^{field}:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text(), re.M)[1]) / 1024


def ticks(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


def gateway():
    heading("gateway")
    people = 200_000
    with Bench("bench") as bench:
        bench.start_smsc()
        bench.write_settings()
        server = bench.start_gateway()
        time.sleep(3)  # what starts has started
        before = ticks(server.process.pid)
        time.sleep(5)
        say("idle, empty store: CPU in 5 s", f"{(ticks(server.process.pid) - before) * 10} ms", "about 0 %")
        say("idle, empty store: memory", f"{status_of(server.process.pid, 'VmRSS'):.1f} MiB", "under 40 MiB")
        bench.run("campaign", "new", "bulk", "--content", str(ROOT / "tests" / "vectors" / "provider.xml"), "--sec", "netwpin")
        (bench.folder / "people.csv").write_bytes(recipients_csv(phones(people)))
        began = time.monotonic()
        bench.run("import", "recipients", "people.csv", "--campaign", "bulk")
        seconds = time.monotonic() - began
        say(f"cpgw import recipients, {people:,} rows", f"{people / seconds:,.0f} rows/s", "at least 100,000")
        stats = bench.client().must(op="store.stats")
        say("store on disk, a job that waits", f"{stats['octets_on_disk'] / people:,.0f} octets")
        say("gateway's peak memory", f"{status_of(server.process.pid, 'VmHWM'):.0f} MiB", "at most 300 MiB")
        server.stop()


class Peak(threading.Thread):
    """The most memory the `serve` process below a process has had."""

    def __init__(self, parent):
        super().__init__(daemon=True)
        self.parent, self.most = parent, 0.0

    def run(self):
        while self.parent.poll() is None:
            try:
                for child in pathlib.Path(f"/proc/{self.parent.pid}/task/{self.parent.pid}/children").read_text().split():
                    if b"serve" in pathlib.Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                        self.most = max(self.most, status_of(child, "VmHWM"))
            except (OSError, TypeError):
                pass
            time.sleep(0.2)


def demo():
    heading("demo: gateway, message centre and handsets on this machine")
    for receipts in ("all", "none"):
        process = subprocess.Popen([BIN / "cpgw", "demo", "--subscribers", "20000", "--receipts", receipts, "--json"], stdout=subprocess.PIPE)
        peak = Peak(process)
        peak.start()
        verdict = json.loads(process.communicate()[0])
        say(f"20,000 subscribers, receipts {receipts}: documents/s", f"{verdict['documents_per_second']:,.0f}", f"verified {verdict['verified']:,}, lost {verdict['lost']}")
        say("gateway's peak memory", f"{peak.most:.0f} MiB", "at most 300 MiB")


print(f"{'figure':<58} {'measured':>22}   budget")
for part in (globals()[name] for name in given.parts or ("codec", "compose", "store", "gateway", "demo")):
    part()
