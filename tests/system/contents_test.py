"""Every kind of content through the real gateway, held against octets that others made."""
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import BINARY, Bench, expect, main, wait_for  # noqa: E402

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
NUMBER, PIN = "+358401234567", "86420975"


class Sender:
    """Sends; what the message centre got is read once it has ended."""

    def __init__(self, bench):
        self.bench = bench
        self.checks = []

    def send(self, number, *arguments, then):
        """`then` gets (user data, data_coding, esm_class) of each part."""
        told = self.bench.run("send", "--tenant", "acme", "--to", number, "--json", *arguments, json_output=True)
        self.checks.append((number, then))
        wait_for("sent", lambda: self.bench.run("job", "show", told["ids"][0], "--tenant", "acme", "--json", json_output=True)["job"]["state"] in ("sent", "delivered"))

    def check(self):
        self.bench.gateway.stop()
        self.bench.smsc.stop()
        records = [json.loads(line) for line in (self.bench.folder / "record.jsonl").read_text().splitlines()]
        for number, then in self.checks:
            then([(bytes.fromhex(r["udh"] + r["data"]), r["data_coding"], r["esm_class"]) for r in records if r["destination_addr"] == number.strip("+")])


def without_reference(user_data):
    """The concatenation reference (00 03 rr tt nn) as zero."""
    header = user_data[1:1 + user_data[0]]
    at = header.find(b"\x00\x03", 6)
    return user_data if at < 0 else user_data[:1 + at + 2] + b"\0" + user_data[1 + at + 3:]


def every_kind_leaves_as_others_write_it():
    recorded = {}
    for block in (VECTORS / "kannel" / "sendota.txt").read_text().split("\n\n"):
        fields = re.findall(r"^(\w+): (.*)$", block, re.M)
        if fields and fields[0][0] == "id":
            recorded[fields[0][1]] = ("\n".join(v for k, v in fields if k == "text"), [bytes.fromhex(v.replace(" ", "")) for k, v in fields if k == "part"])
    with Bench("contents") as bench:
        bench.start_smsc("--record", "record.jsonl")
        bench.write_settings()
        bench.start_gateway()

        sender = Sender(bench)

        # What Kannel's sendota was recorded to send: two parts, one part; ours with transaction id and reference of our own.
        for i, name in enumerate(("settings-csd", "settings-sms")):
            xml, parts = recorded[name]
            (bench.folder / "settings.xml").write_text(xml)
            sender.send(f"+35840111111{i}", "settings.xml", "--sec", "none", then=lambda got, parts=parts: as_recorded(got, parts))

        (bench.folder / "si.xml").write_text('<?xml version="1.0"?><!DOCTYPE si PUBLIC "-//WAPFORUM//DTD SI 1.0//EN" "http://www.wapforum.org/DTD/si.dtd">'
                                             '<si><indication href="http://www.example.com/email/123/abc.wml" si-id="a1">You have new mail</indication></si>')
        # WAP-167, tables: si 45, indication C6 with attributes, http://www. 0D, .com/ 85, si-id 11.
        body = bytes.fromhex("056a0045c60d03") + b"example\0" + b"\x85\x03email/123/abc.wml\0" + b"\x11\x03a1\0\x01\x03You have new mail\0\x01\x01"

        def indication(got):
            (data, _, _), = got
            expect(data[:7].hex() == "0605040b8423f0" and data[8:11].hex() == "0601ae" and data[12:] == body, data.hex())
        sender.send("+358402222222", "si.xml", then=indication)

        notification = "7776a72345ec5a69f6c9b13d7e0e54ed02d800000001f40b7372762e6578616d706c65"
        (bench.folder / "dm.hex").write_text(notification)
        sender.send("+358403333333", "dm.hex", "--type", "application/vnd.syncml.notification",
                    then=lambda got: expect([data[8:].hex() for data, _, _ in got] == ["0603c4af87" + notification], got))

        for i, (text, options, octets, code) in enumerate((
                ("Your PIN is 12345678", [], b"Your PIN is 12345678", 0), ("[a] costs 5 \u20ac", [], b"\x1b<a\x1b> costs 5 \x1be", 0),
                ("\u041f\u0440\u0438\u0432\u0435\u0442", [], "\u041f\u0440\u0438\u0432\u0435\u0442".encode("utf-16-be"), 8),
                ("now", ["--message-class", "0"], b"now", 0x10))):
            sender.send(f"+35840444444{i}", "--text", text, *options,
                        then=lambda got, octets=octets, code=code: expect(got == [(octets, code, 0)], got))
        sender.send("+358405555555", "--text", "x" * 200, then=lambda got: expect(
            [len(data) for data, _, _ in got] == [6 + 153, 6 + 47] and all(data[:3].hex() == "050003" for data, _, _ in got), got))

        expect("service loading" in refused(bench, '<sl href="http://example.com/"/>'), "SL is off")
        expect("--sec" in refused(bench, "<wap-provisioningdoc version='1.1'/>", status=2), "security is never defaulted")
        expect("security" in refused(bench, "<si><indication>a</indication></si>", "--sec", "userpin", "--pin", PIN), "SI is not signed")
        sender.check()


def as_recorded(got, parts):
    expect([(code, esm) for _, code, esm in got] == [(4, 0x40)] * len(parts), got)
    ours, theirs = [without_reference(data) for data, _, _ in got], [without_reference(p) for p in parts]
    tid = 1 + ours[0][0]
    expect(ours[0][:tid] + ours[0][tid + 1:] == theirs[0][:tid] + theirs[0][tid + 1:] and ours[1:] == theirs[1:], [o.hex() for o in ours])


def refused(bench, xml, *options, status=1):
    done = subprocess.run([BINARY, "send", "-", "--tenant", "acme", "--to", NUMBER, *options], cwd=bench.folder, input=xml.encode(), capture_output=True, timeout=60)
    expect(done.returncode == status, f"{done.returncode}: {done.stderr}")
    return done.stderr.decode()


def a_campaign_of_settings_and_texts_reaches_the_phones():
    with Bench("kinds") as bench:
        bench.start_smsc("--wait-for-phone", "--dlr-ms", "1")
        bench.write_settings()
        bench.start_gateway()
        xml = '<CHARACTERISTIC-LIST><CHARACTERISTIC TYPE="ADDRESS"><PARM NAME="BEARER" VALUE="GPRS"/><PARM NAME="GPRS_ACCESSPOINTNAME" VALUE="internet.example"/></CHARACTERISTIC></CHARACTERISTIC-LIST>'
        (bench.folder / "settings.xml").write_text(xml)
        phones = [(f"+3584011122{i:02}", "001010123456789", PIN) for i in range(20)]
        handsets = bench.start_handsets(phones, bench.folder / "settings.xml", "--exit-after", "20")
        for name, content, columns, sec in (("old", ["--content", "settings.xml"], "number,pin", ["--sec", "userpin"]),
                                            ("words", ["--text", "Your code is ${code}", "--slot-type", "code=digits:8"], "number,code", [])):
            bench.run("campaign", "new", name, "--tenant", "acme", *content, *sec)
            rows = columns + "\n" + "".join(f"{number},{PIN}\n" for number, _, _ in phones)
            bench.run("import", "recipients", "-", "--campaign", name, "--tenant", "acme", stdin=rows.encode())
        bench.run("campaign", "start", "words", "--tenant", "acme")
        bench.run("campaign", "watch", "words", "--tenant", "acme")
        bench.run("campaign", "start", "old", "--tenant", "acme")
        bench.run("campaign", "watch", "old", "--tenant", "acme")
        summary = json.loads(handsets.stop().splitlines()[-1])
        expect((summary["verified"], summary["failed"], summary["texts"]) == (20, 0, 20), summary)


main([every_kind_leaves_as_others_write_it, a_campaign_of_settings_and_texts_reaches_the_phones])
