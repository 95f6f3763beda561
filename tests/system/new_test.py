"""`cpgw new`: what it prints is taken by encode, and read by judges that are not ours: tshark, hashlib, an XML parser."""
import base64
import hashlib
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ET

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import Bench, cpgw, expect, main, read_vectors, wait_for  # noqa: E402

PUSHES = read_vectors("wsp/pushes.txt")
PASSWORD, NONCE = "srv pw", bytes(range(8)) + b"\n\0\xff"


def done(*arguments, status=0, **more):
    result = cpgw(*arguments, **more)
    expect(result.returncode == status, f"cpgw {' '.join(arguments)} gave {result.returncode}: {result.stderr.decode()[-500:]}")
    return result.stdout


def push_of(content, *options):
    return bytes.fromhex(done("encode", "-", "--as", "push", *options, stdin=content).decode())


def tshark(pushes):
    """What it says of each push as UDP to the port of pushes."""
    for program in ("tshark", "text2pcap"):
        expect(shutil.which(program), f"{program} is missing: it judges these pushes; install tshark")
    with tempfile.TemporaryDirectory() as folder:
        text = "".join("000000 " + push.hex(" ") + "\n" for push in pushes)
        (pathlib.Path(folder) / "pushes.txt").write_text(text)
        subprocess.run(["text2pcap", "-q", "-u", "9200,2948", "pushes.txt", "pushes.pcapng"], cwd=folder, check=True, capture_output=True, timeout=60)
        told = subprocess.run(["tshark", "-r", "pushes.pcapng", "-V"], cwd=folder, env={"HOME": folder, "PATH": "/usr/bin:/bin"},
                              capture_output=True, timeout=120).stdout.decode(errors="replace")
    frames = re.split(r"^Frame \d", told, flags=re.M)[1:]
    expect(len(frames) == len(pushes), f"{len(frames)} frames of {len(pushes)}: {told[:500]}")
    expect("Malformed" not in told, f"malformed: {told[:3000]}")
    return frames


NOTICES = {
    "si": (["--href", "https://m.example/mail?a=1&b=2", "--text", "4 new <messages>", "--action", "signal-high", "--created", "2026-01-31T23:59:59Z",
            "--expires", "2026-12-31T00:00:00Z", "--id", "mail-1@example", "--class", "kind=mail"],
           ["application/vnd.wap.sic", "signal-high", "2026-01-31T23:59:59Z", "4 new", "mail-1@example", "</si>"]),
    "sl": (["--href", "https://m.example/load", "--action", "cache"], ["application/vnd.wap.slc", "m.example/load", "cache"]),
    "co": (["--object", "https://m.example/a", "--service", "https://m.example/b/"], ["vnd.wap.co", "invalidate-object", "invalidate-service", "</co>"]),
    "emn": (["--mailbox", "mailat:user@mail.example", "--timestamp", "2026-01-31T23:59:59Z"], ["0x30A", "x-wap-application:emn.ua"]),
}


def notices_are_what_tshark_reads():
    names = list(NOTICES)
    documents = [done("new", name, *NOTICES[name][0]) for name in names]
    for name, frame in zip(names, tshark([push_of(document) for document in documents])):
        expect(all(word in frame for word in NOTICES[name][1]), f"{name}: {[w for w in NOTICES[name][1] if w not in frame]} not in {frame[-2500:]}")
    expect(b"user@mail.example\0" in push_of(documents[-1]), "tshark knows no EMN: its octets are looked at")
    si = ET.fromstring(documents[0])
    expect(si.find("indication").attrib == {"href": "https://m.example/mail?a=1&b=2", "action": "signal-high", "created": "2026-01-31T23:59:59Z",
                                            "si-expires": "2026-12-31T00:00:00Z", "si-id": "mail-1@example"}, ET.tostring(si))
    expect((si.find("indication").text, si.find("info/item").text) == ("4 new <messages>", "mail"), ET.tostring(si))
    for name, document in zip(names, documents):
        expect(done("decode", "-", stdin=push_of(document).hex().encode()).split() == document.split(), f"{name} comes back")


def digest(server_id, trigger):
    """OMA-TS-DM_Notification-V1_2, 6.2.1."""
    def b64(octets):
        return base64.b64encode(hashlib.md5(octets).digest())
    return hashlib.md5(b64(f"{server_id}:{PASSWORD}".encode()) + b":" + NONCE + b":" + b64(trigger)).digest()


def a_notification_has_the_digest_of_another_md5():
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "password").write_text(PASSWORD + "\n")
        (pathlib.Path(folder) / "nonce").write_bytes(base64.b64encode(NONCE) + b"\n")
        (pathlib.Path(folder) / "raw").write_bytes(NONCE)
        command = ["new", "dm-notification", "--server-id", "srv.example", "--session-id", "500", "--ui-mode", "informative", "--initiator", "user", "--vendor", "c0ffee"]
        first = bytes.fromhex(done(*command, "--password-file", "password", "--nonce-file", "nonce", cwd=folder).decode())
        trigger = (11 << 30 | 2 << 28 | 0 << 27).to_bytes(5, "big") + (500).to_bytes(2, "big") + b"\x0bsrv.example" + bytes.fromhex("c0ffee")
        expect(first == digest("srv.example", trigger) + trigger, first.hex())
        raw = done(*command, "--password-file", "password", "--nonce-file", "raw", "--nonce-form", "raw", cwd=folder)
        expect(bytes.fromhex(raw.decode()) == first, "a raw nonce")
        env = {"CPGW_DM_PASSWORD": PASSWORD, "CPGW_DM_NONCE": base64.b64encode(NONCE).decode()}
        expect(bytes.fromhex(done(*command, env=env).decode()) == first, "from the environment")
    push = push_of(first.hex().encode(), "--type", "application/vnd.syncml.notification", "--tid", "0x31")
    expect(push == bytes.fromhex("310603c4af87") + first, push.hex())
    frame, = tshark([push])
    expect("application/vnd.syncml.notification" in frame, frame[-1500:])
    told = json.loads(done("decode", "-", "--to", "json", stdin=push.hex().encode()))
    layer = told["layers"][-1]
    expect((layer["version"], layer["ui_mode"], layer["initiator"], layer["session_id"], layer["server_id"], layer["vendor"], layer["digest"]) ==
           ("1.1", "informative", "user", 500, "srv.example", "c0ffee", first[:16].hex()), layer)


def a_bootstrap_is_a_signed_push_with_the_account():
    env = {"CPGW_DM_SECRET": "s3cret & <more>", "CPGW_DM_NONCE": base64.b64encode(NONCE).decode(), "CPGW_DM_CLIENT_SECRET": "other"}
    document = done("new", "dm-bootstrap", "--provider-id", "srv.example", "--name", "Device management", "--addr", "https://dm.example/", "--port", "8443",
                    "--to-napid", "NAP1", "--to-napid", "NAP2", "--auth-type", "DIGEST", "--auth-name", "phone", "--client-auth-type", "HTTP-BASIC",
                    "--client-auth-name", "server", env=env)
    application, = ET.fromstring(document).findall("characteristic")
    parms = [(p.get("name"), p.get("value")) for p in application.iter("parm")]
    for wanted in (("APPID", "w7"), ("PROVIDER-ID", "srv.example"), ("TO-NAPID", "NAP2"), ("ADDR", "https://dm.example/"), ("PORTNBR", "8443"),
                   ("AAUTHLEVEL", "APPSRV"), ("AAUTHSECRET", "s3cret & <more>"), ("AAUTHDATA", env["CPGW_DM_NONCE"]), ("AAUTHLEVEL", "CLIENT"),
                   ("AAUTHSECRET", "other")):
        expect(wanted in parms, f"{wanted} not in {parms}")
    push = push_of(document, "--sec", "userpin", "--pin", "1234")
    frame, = tshark([push])
    expect("PROV 1.0" in frame and "SEC: USERPIN" in frame and "srv.example" in frame and "</wap-provisioningdoc>" in frame, frame[-3000:])
    expect(done("decode", "-", stdin=push.hex().encode()).split() == document.split(), "comes back")


def what_is_made_is_sent():
    with Bench("new") as bench:
        bench.start_smsc("--record", "record.jsonl")
        bench.write_settings()
        bench.start_gateway()
        si = bench.run("new", "si", "--href", "https://m.example/mail", "--text", "4 new messages")
        secret = {"CPGW_DM_PASSWORD": PASSWORD, "CPGW_DM_NONCE": base64.b64encode(NONCE).decode()}
        notification = done("new", "dm-notification", "--server-id", "srv.example", "--session-id", "7", env=secret)
        (bench.folder / "si.xml").write_text(si)
        bench.run("campaign", "new", "mail", "--content", "si.xml")
        contents = {"+358401234560": (si.encode(), []), "+358401234561": (notification, ["--type", "application/vnd.syncml.notification"])}
        for number, (content, options) in contents.items():
            job = bench.run("send", "-", "--to", number, *options, stdin=content).strip()
            wait_for("delivery", lambda: bench.run("job", "show", job, "--json", json_output=True)["job"]["state"] == "delivered")  # noqa: B023
        bench.gateway.stop()
        bench.smsc.stop()  # then the record is whole
        records = [json.loads(line) for line in (bench.folder / "record.jsonl").read_text().splitlines()]
        told = []
        for number in contents:
            parts = "".join(r["udh"] + r["data"] + "\n" for r in records if r["destination_addr"] == number.strip("+"))
            told.append(json.loads(bench.run("decode", "-", "--to", "json", stdin=parts.encode())))
        expect(told[0]["xml"].split() == json.loads(done("decode", "-", "--to", "json", stdin=push_of(si.encode()).hex().encode()))["xml"].split(), told[0])
        expect(told[1]["body"] == notification.decode().strip(), told[1])


def mistakes_name_the_option():
    for arguments, status, word in ((["si"], 2, "--href"), (["si", "--text", "a", "--expires", "2026-13-01T00:00:00Z"], 2, "--expires"),
                                    (["sl", "--href", "a"], 2, "--href"), (["dm-notification", "--server-id", "a", "--session-id", "1"], 2, "CPGW_DM_PASSWORD"),
                                    (["dm-bootstrap", "--provider-id", "a", "--addr", "x:y"], 2, "CPGW_DM_SECRET"),
                                    (["dm-bootstrap", "--provider-id", "a", "--addr", "x:y", "--secret", "hush"], 2, "--secret"), ([], 2, "")):
        result = cpgw("new", *arguments)
        text = result.stderr.decode()
        expect(result.returncode == status and word in text and not result.stdout, f"{arguments}: {result}")
        expect("hush" not in text, f"a secret was told: {text}")


main([notices_are_what_tshark_reads, a_notification_has_the_digest_of_another_md5, a_bootstrap_is_a_signed_push_with_the_account,
      what_is_made_is_sent, mistakes_name_the_option])
