"""The whole gateway before judges that are not ours: tshark on the wire, node-smpp as message centre, the example clients."""
import hashlib
import hmac
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import PROVIDER, Bench, Failure, cpgw, expect, main, phones, recipients_csv, wait_for  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
NODE_SMSC = ROOT / "tests" / "conformance" / "carriers" / "node_smsc.js"
EXAMPLES = ROOT / "docs" / "examples"
NUMBER, IMSI, PIN = "+358401234567", "001010123456789", "86420975"


def need(program, package):
    expect(shutil.which(program), f"{program} is missing: it judges this gateway; install {package}")


def keyed(bench, push):
    """The digest as docs/zeromq.md describes it."""
    first = next(line.split()[2] for line in (bench.folder / "keyring").read_text().splitlines() if line.startswith("key 1 "))
    key = hmac.new(bytes.fromhex(first), b"cpgw push digest 1", hashlib.sha256).digest()
    return hmac.new(key, push, hashlib.sha256).hexdigest()


class Capture:
    """dumpcap on loopback while it lives."""

    def __init__(self, bench, port):
        need("dumpcap", "wireshark-common")
        need("tshark", "tshark")
        self.file = bench.folder / "wire.pcapng"
        self.port = port
        self.home = bench.folder
        self.errors = open(bench.folder / "dumpcap.err", "wb")
        self.process = subprocess.Popen(["dumpcap", "-i", "lo", "-f", f"tcp port {port}", "-B", "16", "-w", str(self.file)], stderr=self.errors)
        wait_for("dumpcap to capture", self.started)

    def started(self):
        if self.process.poll() is not None:
            raise Failure("dumpcap may not capture on loopback (root or CAP_NET_RAW is needed): " +
                          (self.home / "dumpcap.err").read_text()[-400:])
        return self.file.exists() and self.file.stat().st_size > 0

    def read(self, *options):
        done = subprocess.run(["tshark", "-r", str(self.file), "-d", f"tcp.port=={self.port},smpp", *options], capture_output=True,
                              env={**os.environ, "HOME": str(self.home)}, timeout=120)
        return done.stdout.decode(errors="replace")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)


def tshark_reads_every_push_to_its_end():
    people = phones(12, seed=21)
    with Bench("tshark") as bench:
        bench.start_smsc()
        capture = Capture(bench, bench.smsc_port)
        try:
            handsets = bench.start_handsets(people, PROVIDER)
            bench.write_settings()
            bench.start_gateway()
            bench.run("campaign", "new", "spring", "--content", str(PROVIDER), "--sec", "netwpin")
            bench.run("import", "recipients", "-", "--campaign", "spring", stdin=recipients_csv(people))
            bench.run("campaign", "start", "spring")
            bench.run("campaign", "watch", "spring")
            bench.gateway.stop()
            handsets.stop()
            # The unbind's answer comes last: once it is in the file, all before it is.
            wait_for("the end of the traffic in the file", lambda: "0x80000006" in capture.read("-T", "fields", "-e", "smpp.command_id"))
        finally:
            capture.stop()
        bad = capture.read("-Y", "_ws.malformed || _ws.unreassembled || _ws.expert.severity >= 0x00800000", "-T", "fields", "-e", "frame.number",
                           "-e", "_ws.expert.message")
        expect(not bad.strip(), f"malformed: {bad[:800]}")
        commands = ",".join(capture.read("-T", "fields", "-e", "smpp.command_id").split()).split(",")
        expect(commands.count("0x00000004") == 36 and commands.count("0x80000004") == 36, f"submits: {commands}")
        # Each push as it went out: SEC, MAC and the document, on the last part of each phone.
        text = capture.read("-Y", f"tcp.dstport == {capture.port} && smpp.command_id == 0x00000004", "-V")
        wbxml = bytes.fromhex(cpgw("encode", str(PROVIDER), "--as", "wbxml").stdout.decode())
        wanted = set()
        for _, imsi, _ in people:
            digits = ("9" if len(imsi) % 2 else "1") + imsi + ("" if len(imsi) % 2 else "F")
            key = bytes.fromhex("".join(digits[i + 1] + digits[i] for i in range(0, len(digits), 2)))
            wanted.add(hmac.new(key, wbxml, hashlib.sha1).hexdigest().upper())
        found = re.findall(r"MAC: ([0-9A-F]{40})", text)
        expect(set(found) == wanted, f"{len(set(found))} different MACs, {len(wanted & set(found))} of {len(wanted)} as another HMAC has them")
        expect(text.count("SEC: NETWPIN") + text.count("SEC: Using NETWPIN") + len(re.findall(r"SEC: .*NETWPIN", text)) >= 12, "SEC")
        expect(text.count("</wap-provisioningdoc>") == 12 and text.count("PROV 1.0") >= 12, f"documents: {text.count('</wap-provisioningdoc>')}")
        expect(text.count("http://mms.sonera.net:8002") == 12, "the document's last value")


def node_smpp_gets_the_push_to_the_octet():
    need("node", "nodejs")
    expect((ROOT / "tests" / "node_modules" / "smpp").exists(), "node-smpp is missing: npm ci --ignore-scripts --prefix tests")
    with Bench("node") as bench:
        node = subprocess.Popen(["node", str(NODE_SMSC), "--port", "0", "--system-id", "cpgw", "--password", "secret", "--record",
                                 str(bench.folder / "record.jsonl")], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            first = node.stdout.readline().decode()
            expect(first.startswith("port "), f"node-smpp did not start: {first}{node.stderr.read().decode() if node.poll() is not None else ''}")
            bench.smsc_port = int(first.split()[1])
            bench.write_settings()
            bench.start_gateway()
            for method, inputs in (("netwpin", ["--imsi", IMSI]), ("usernetwpin", ["--imsi", IMSI, "--pin", PIN]), ("userpin", ["--pin", PIN]),
                                   ("none", [])):
                record = bench.folder / "record.jsonl"
                before = len(record.read_text().splitlines()) if record.exists() else 0
                name = bench.run("send", str(PROVIDER), "--to", NUMBER, "--sec", method, *inputs).strip()
                show = lambda: bench.run("job", "show", name, "--json", json_output=True)["job"]  # noqa: E731,B023
                job = wait_for(f"{method} delivered", lambda: (lambda j: j if j["state"] == "delivered" else None)(show()))  # noqa: B023
                seen = [json.loads(line) for line in record.read_text().splitlines()[before:]]
                parts = [(s["udh"] + s["message"]).upper() for s in seen]
                # What the gateway drew is read from the octets; everything else must be as the command makes it of the same inputs.
                reference, transaction = parts[0][18:20], parts[0][24:26]
                made = cpgw("encode", str(PROVIDER), "--as", "sms", "--sec", method, *inputs, "--ref", str(int(reference, 16)),
                            "--tid", str(int(transaction, 16))).stdout.decode().upper().split()
                expect(parts == made and len(parts) == job["parts"] >= 2, f"{method}: {parts} is not {made}")
                expect(method == "none" or len(parts) == 3, f"{method}: {len(parts)} parts")
                push = b"".join(bytes.fromhex(s["message"]) for s in seen)
                expect(job["push_digest"] == keyed(bench, push), f"{method}: {job['push_digest']}")
                expect({(s["destination"], s["destination_ton"], s["destination_npi"], s["esm_class"], s["data_coding"], s["registered_delivery"])
                        for s in seen} == {(NUMBER[1:], 1, 1, 0x40, 4, 1)}, f"{method}: {seen[0]}")
            bench.gateway.stop()
        finally:
            node.terminate()
            node.communicate()


def example_clients_work_against_a_real_gateway():
    with Bench("examples") as bench:
        bench.start_smsc()
        handsets = bench.start_handsets([(NUMBER, IMSI, PIN), ("+358401234568", IMSI, PIN)], PROVIDER)
        bench.write_settings()
        bench.start_gateway()
        (bench.folder / "pin").write_text(PIN + "\n")

        def example(name, *arguments, status=0):
            done = subprocess.run([sys.executable, str(EXAMPLES / name), *arguments], cwd=bench.folder, capture_output=True, timeout=60)
            expect(done.returncode == status, f"{name} {arguments}: {done}")
            expect(PIN.encode() not in done.stdout + done.stderr, "a PIN was told")
            return done.stdout.decode()

        submit = ["submit.py", "ipc://run/intake.sock", "acme", str(PROVIDER), NUMBER, "+358401234568", "--security", "userpin", "--pin-file", "pin"]
        ids = example(*submit, "--key", "one").split()
        expect(len(ids) == 2 and example(*submit, "--key", "one").split() == ids, "the same key gives the same jobs")
        for name in ids:
            wait_for("delivery", lambda: '"delivered"' in bench.run("job", "show", name, "--json"))  # noqa: B023
        follow = ["follow_events.py", "ipc://run/events.sock", "acme", "--state", "state", "--once"]
        events = [json.loads(line) for line in example(*follow).splitlines()]
        expect(sorted(e["job"] for e in events if e["kind"] == "delivered") == sorted(ids), events)
        expect([e["sequence"] for e in events] == list(range(1, len(events) + 1)), "gap-free")
        expect(example(*follow) == "", "goes on where it stopped")
        example(*submit[:2], "initech", *submit[3:], status=1)
        bench.gateway.stop()
        example(*submit, "--timeout", "0.2", status=4)
        expect(json.loads(handsets.stop().splitlines()[-1])["verified"] == 2, "both phones have it")


def the_demo_says_what_its_peers_saw():
    with Bench("demo") as bench:
        done = cpgw("demo", "--subscribers", "20", "--seed", "7", "--json", "--keep", "kept", cwd=bench.folder)
        expect(done.returncode == 0, done)
        verdict = json.loads(done.stdout)
        expect((verdict["accepted"], verdict["delivered"], verdict["verified"], verdict["failed"], verdict["lost"], verdict["possible_duplicates"]) ==
               (20, 20, 20, 0, 0, 0) and verdict["parts"] == 60, verdict)
        checked = json.loads(bench.run("store", "check", "--config", "kept/cpgw.toml", "--json"))
        expect(checked["ok"] and checked["jobs"] == 20, checked)


main([tshark_reads_every_push_to_its_end, node_smpp_gets_the_push_to_the_octet, example_clients_work_against_a_real_gateway,
      the_demo_says_what_its_peers_saw])
