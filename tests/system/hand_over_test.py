"""What `cpgw encode` hands to other programs, read by the rules of those programs."""
import configparser
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import BINARY, cpgw, expect, main, read_vectors  # noqa: E402

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
DOCUMENT = str(VECTORS / "wsp" / "document.xml")
PARTS = [bytes.fromhex(part) for part in read_vectors("wsp/pushes.txt")["prov-userpin"]["part"]]
SIGNED = ["--sec", "userpin", "--pin", "1234", "--to-number", "+12025550123"]
UDH = [part[:part[0] + 1] for part in PARTS]
DATA = [part[part[0] + 1:] for part in PARTS]


def handed(form, *more, status=0):
    result = cpgw("encode", DOCUMENT, "--as", form, *SIGNED, *more)
    expect(result.returncode == status, f"--as {form} gave {result.returncode}: {result.stderr.decode()}")
    return (result.stdout if status == 0 else result.stderr).decode()


def a_modem_gets_the_length_without_the_service_centre():
    tpdus = [bytes.fromhex(line) for line in handed("tpdu").split()]
    lines = handed("at-cmgs").split("\n")
    expect(lines[0] == "AT+CMGF=0" and lines[-1] == "" and len(lines) == 2 + 2 * len(PARTS), lines)
    for i, tpdu in enumerate(tpdus):
        expect(lines[1 + 2 * i] == f"AT+CMGS={len(tpdu)}", lines[1 + 2 * i])
        expect(lines[2 + 2 * i] == "00" + tpdu.hex() + "\x1a", lines[2 + 2 * i])


def gammu_gets_a_section_per_part():
    text = handed("gammu")
    sections = configparser.ConfigParser(interpolation=None)
    sections.optionxform = str
    sections.read_string(text)
    expect(sections.sections() == [f"SMSBackup{i:03}" for i in range(len(PARTS))], sections.sections())
    for i, name in enumerate(sections.sections()):
        one = sections[name]
        data = bytes.fromhex("".join(one[key] for key in sorted(one) if key.startswith("Text")))
        expect((bytes.fromhex(one["UDH"]), data, one["Length"]) == (UDH[i], DATA[i], str(len(DATA[i]))), dict(one))
        expect((one["Coding"], one["Class"], one["Number"], one["PDU"]) == ("8bit", "-1", '"+12025550123"', "Submit"), dict(one))
    expect("Class = 1\n" in handed("gammu", "--data-coding", "0xF5"), "class 1")


def smstools_gets_a_file_per_part():
    expect("--output" in handed("smstools", status=2), "several files need a folder")
    with tempfile.TemporaryDirectory() as folder:
        names = handed("smstools", "--output", folder, "--data-coding", "0xF5").split()
        expect(sorted(str(p) for p in pathlib.Path(folder).iterdir()) == sorted(names) and len(names) == len(PARTS), names)
        for i, name in enumerate(names):
            head, body = pathlib.Path(name).read_text().split("\n\n", 1)
            headers = dict(line.split(": ", 1) for line in head.split("\n"))
            expect(headers == {"To": "12025550123", "Alphabet": "binary", "Hex": "yes", "DCS_hex": "F5", "UDH": "true", "UDH-DATA": UDH[i].hex(" ").upper()}, headers)
            expect(bytes.fromhex(body.strip()) == DATA[i], body)
        expect("exists already" in handed("smstools", "--output", folder, status=3), "not overwritten")
        expect(len(handed("smstools", "--output", folder, "--ref", "7").split()) == len(PARTS), "another reference")


def kannel_gets_urls_it_need_not_cut():
    lines = handed("kannel-url", "--from", "Bank & Co", "--url", "https://kannel.example:1/cgi-bin/sendsms?username=u&password=p").split("\n")[:-1]
    expect(len(lines) == len(PARTS), lines)
    for i, line in enumerate(lines):
        fields = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(line).query, encoding="latin-1", strict_parsing=True))
        expect((fields["username"], fields["password"], fields["to"], fields["from"], fields["coding"]) == ("u", "p", "+12025550123", "Bank & Co", "1"), fields)
        expect((fields["udh"].encode("latin-1"), fields["text"].encode("latin-1")) == (UDH[i], DATA[i]), fields)
    expect("&mclass=1&alt-dcs=1" in handed("kannel-url", "--data-coding", "0xF5"), "class 1")


def jasmin_gets_the_whole_user_data():
    bodies = [json.loads(line) for line in handed("jasmin-json", "--from", "12345").split("\n")[:-1]]
    expect(bodies == [{"to": "12025550123", "from": "12345", "coding": 4, "hex-content": part.hex()} for part in PARTS], bodies)


def a_text_goes_unpacked_where_it_can_go():
    def text(form, status=0):
        result = cpgw("encode", "--text", "h@llo", "--as", form, "--to-number", "+12025550123")
        expect(result.returncode == status, f"--as {form} gave {result.returncode}: {result.stderr.decode()}")
        return result.stdout.decode() + result.stderr.decode()
    expect(json.loads(text("jasmin-json")) == {"to": "12025550123", "coding": 0, "hex-content": "68006c6c6f"}, text("jasmin-json"))
    expect("68006c6c6f" in text("smpp-hex"), text("smpp-hex"))
    for form in ("gammu", "smstools", "kannel-url"):
        expect("texts go by" in text(form, 2), text(form, 2))


def half_a_push_is_never_left_for_a_daemon():
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "12025550123-2A-2.sms").touch()
        expect("exists already" in handed("smstools", "--output", folder, status=3), "refused")
        expect([p.name for p in pathlib.Path(folder).iterdir()] == ["12025550123-2A-2.sms"], "nothing else is there")
    with tempfile.TemporaryDirectory() as folder:
        name = handed("gammu", "--output", folder).strip()
        expect(pathlib.Path(name).stat().st_mode & 0o777 == 0o600, "for the owner alone")


def a_full_output_is_told():
    with open("/dev/full", "wb") as full:
        result = subprocess.run([BINARY, "encode", DOCUMENT, "--as", "push", "--sec", "none"], stdout=full, stderr=subprocess.PIPE, timeout=60)
    expect(result.returncode == 3 and b"standard output" in result.stderr, result)


def smpp_gets_submits_numbered_from_one():
    pdus = [bytes.fromhex(line) for line in handed("smpp-hex", "--from", "12345").split()]
    for i, pdu in enumerate(pdus):
        expect(struct.unpack(">4I", pdu[:16]) == (len(pdu), 4, 0, i + 1), pdu.hex())
        expect(pdu.endswith(bytes([len(PARTS[i])]) + PARTS[i]), pdu.hex())
        expect(pdu[16:].startswith(b"\0\0\0" + b"12345\0" + b"\1\1" + b"12025550123\0" + b"\x40\0\0"), pdu.hex())


def what_cannot_be_expressed_is_refused():
    for form, more, status, words in (("kannel-url", ["--data-coding", "0x15"], 2, "0x15"), ("gammu", ["--data-coding", "0x15"], 2, "0x15"),
                                      ("jasmin-json", ["--data-coding", "0xF5"], 2, "0xF5"), ("smpp-hex", ["--from", "far too long a name"], 2, "--from"),
                                      ("at-cmgs", ["--to", "json"], 2, "--to"), ("at-cmgs", ["--output", "."], 2, "--output"),
                                      ("smstools", ["--output", "/nowhere/at/all"], 3, "/nowhere/at/all")):
        expect(words in handed(form, *more, status=status), f"{form} {more}")
    missing = cpgw("encode", DOCUMENT, "--as", "gammu", "--sec", "none")
    expect(missing.returncode == 2 and b"--to-number" in missing.stderr, missing.stderr)


main([a_modem_gets_the_length_without_the_service_centre, gammu_gets_a_section_per_part, smstools_gets_a_file_per_part,
      kannel_gets_urls_it_need_not_cut, jasmin_gets_the_whole_user_data, smpp_gets_submits_numbered_from_one, a_text_goes_unpacked_where_it_can_go,
      half_a_push_is_never_left_for_a_daemon, a_full_output_is_told, what_cannot_be_expressed_is_refused])
