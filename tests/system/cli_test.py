"""The command line without a gateway: octets against the vectors, forms back and forth, secrets, exit statuses."""
import hashlib
import hmac
import json
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import PROVIDER, cpgw, expect, main, read_vectors  # noqa: E402

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
DOCUMENT = str(VECTORS / "wsp" / "document.xml")
PUSHES = read_vectors("wsp/pushes.txt")
MACS = read_vectors("mac/bootstrap.txt")
# push vector, the mac vector with its inputs
SIGNED = [("prov-netwpin-imsi15", "netwpin-imsi15"), ("prov-netwpin-imsi14", "netwpin-imsi14"), ("prov-userpin", "userpin"),
          ("prov-usernetwpin-imsi15", "usernetwpin-imsi15"), ("prov-usernetwpin-imsi14", "usernetwpin-imsi14"), ("prov-nosec", None)]


def done(*arguments, status=0, **more):
    """Standard output of a command that must end with this status."""
    result = cpgw(*arguments, **more)
    expect(result.returncode == status, f"cpgw {' '.join(arguments)} gave {result.returncode}: {result.stderr.decode()[-500:]}")
    return result.stdout


def inputs(vector):
    if vector is None:
        return ["--sec", "none"]
    mac = MACS[vector]
    return ["--sec", mac["method"], *(x for name in ("imsi", "pin") if name in mac for x in ("--" + name, mac[name]))]


def lines(octets):
    return octets.decode().upper().split()


def every_push_vector_is_made_to_the_octet():
    for name, mac in SIGNED:
        push = PUSHES[name]
        secured = inputs(mac)
        tid = ["--tid", "0x" + push["transaction_id"]]
        expect(lines(done("encode", DOCUMENT, "--as", "wbxml")) == [push["body"]], f"{name}: WBXML")
        expect(lines(done("encode", DOCUMENT, "--as", "push", *secured, *tid)) == [push["push"]], f"{name}: push")
        expect(lines(done("encode", DOCUMENT, "--as", "sms", *secured, *tid, "--ref", "0x2A")) == push["part"], f"{name}: parts")
        expect(lines(done("encode", DOCUMENT, "--as", "sms", *secured)) == push["part"], f"{name}: default reference 2A, transaction 01")
        # The vectors ask for a report and give a validity period (A7), which the command does not: all the rest is the same.
        tpdus = lines(done("encode", DOCUMENT, "--as", "tpdu", *secured, "--to-number", "+12025550123"))
        expect([t[t.index("0B91"):].replace("0004A7", "0004") for t in tpdus] ==
               [t[t.index("0B91"):].replace("0004A7", "0004") for t in push["submit"]], f"{name}: TPDUs {tpdus}")
        told = json.loads(done("encode", DOCUMENT, "--as", "sms", "--to", "json", *secured))
        expect([(p["udh"] + p["data"]).upper() for p in told["parts"]] == push["part"] and {p["dcs"] for p in told["parts"]} == {4},
               f"{name}: parts as JSON")
        expect(told["push"].upper() == push["push"] and told["wbxml"].upper() == push["body"], f"{name}: push as JSON")
        expect(told.get("mac") == push.get("MAC"), f"{name}: MAC as JSON")


def every_signed_push_agrees_with_another_hmac():
    for name, mac in SIGNED[:-1]:
        told = json.loads(done("encode", str(PROVIDER), "--as", "push", "--to", "json", *inputs(mac)))
        ours = hmac.new(bytes.fromhex(MACS[mac]["key"]), bytes.fromhex(told["wbxml"]), hashlib.sha1).hexdigest().upper()
        expect(told["mac"] == ours, f"{name}: {told['mac']} is not {ours}")


def every_form_comes_back_as_the_document():
    text = pathlib.Path(DOCUMENT).read_text()
    for form in ("wbxml", "push", "sms", "tpdu"):
        extra = [] if form == "wbxml" else ["--sec", "userpin", "--pin", "1234"]
        extra += ["--to-number", "+12025550123"] if form == "tpdu" else []
        for to in ("hex", "raw"):
            octets = done("encode", DOCUMENT, "--as", form, "--to", to, *extra)
            if to == "raw" and form in ("sms", "tpdu"):  # raw octets have no place where one part ends
                expect(octets == b"".join(bytes.fromhex(line) for line in lines(done("encode", DOCUMENT, "--as", form, *extra))), form)
                continue
            for named in ("auto", form):
                expect(done("decode", "-", "--from", named, stdin=octets).decode() == text, f"{form} as {to}, --from {named}")
                told = json.loads(done("decode", "-", "--from", named, "--to", "json", stdin=octets))
                expect(told["from"] == form and "wap-provisioningdoc" in told["xml"], f"{form} as {to} to JSON: {told}")
    push = PUSHES["prov-userpin"]["push"]
    wrapped = "\r\n".join(push[i:i + 64] for i in range(0, len(push), 64)) + "\n"
    expect(done("decode", "-", stdin=wrapped.encode()).decode() == text, "a wrapped dump")
    spaced = " ".join(push[i:i + 2] for i in range(0, len(push), 2))
    expect(done("decode", "-", stdin=spaced.encode()).decode() == text, "spaced octets")
    told = json.loads(done("decode", "-", "--to", "json", stdin=push.encode()))
    layer = told["layers"][0]
    expect(layer["content_type_name"] == "application/vnd.wap.connectivity-wbxml" and
           layer["parameters"] == [{"name": "SEC", "value": "1"}, {"name": "MAC", "value": PUSHES["prov-userpin"]["MAC"]}], layer)
    expect((layer["SEC"], layer["MAC"], layer["content_type"], layer["transaction_id"]) == (1, PUSHES["prov-userpin"]["MAC"], 0x36, 1), layer)
    reversed_parts = "\n".join(reversed(PUSHES["prov-userpin-tps-headers"]["part"]))
    expect(done("decode", "-", "--from", "sms", stdin=reversed_parts.encode()).decode() == text, "three parts, last first")


def smpp_pdus_are_decoded_to_the_document():
    parts = [bytes.fromhex(p) for p in PUSHES["prov-netwpin-imsi15"]["part"]]
    pdus = b""
    for sequence, part in enumerate(parts, 1):
        body = (b"\0\1\1cpgw\0\1\1" + b"12025550123\0" + b"\x40\0\0\0\0\1\0\x04\0" + bytes([len(part)]) + part)
        pdus += (16 + len(body)).to_bytes(4, "big") + (4).to_bytes(4, "big") + bytes(4) + sequence.to_bytes(4, "big") + body
    for named in ("auto", "smpp"):
        expect(done("decode", "-", "--from", named, stdin=pdus).decode() == pathlib.Path(DOCUMENT).read_text(), f"raw, --from {named}")
        expect(done("decode", "-", "--from", named, stdin=pdus.hex().encode()).decode() == pathlib.Path(DOCUMENT).read_text(), f"hex, {named}")
    told = json.loads(done("decode", "-", "--to", "json", stdin=pdus))
    expect([layer["layer"] for layer in told["layers"]] == ["smpp", "smpp", "sms", "sms", "push", "wbxml"], told)
    expect(told["layers"][0]["destination_addr"] == "12025550123", told["layers"][0])


def other_contents_are_told_as_octets():
    for name in ("si", "sl", "emn", "dm-notification"):
        result = cpgw("decode", "-", "--to", "json", "--from", "push", stdin=PUSHES[name]["push"].encode())
        expect(result.returncode == 0, f"{name}: {result.stderr}")
        told = json.loads(result.stdout)
        expect(told.get("body", "").upper() == PUSHES[name]["body"] or "xml" in told, f"{name}: {told}")


def indications_are_decoded_and_unknown_tokens_noted():
    indication = "02056A0045C60D0361636D65008503610007010359000101"
    xml = '<indication href="http://www.acme.com/a" action="signal-medium">Y</indication>'
    for octets in (indication, "010601AE" + indication):
        expect(xml in done("decode", "-", stdin=octets.encode()).decode(), f"decode {octets}")
    unknown = cpgw("decode", "-", stdin=b"030B6A00854D01")
    expect(unknown.returncode == 0 and b'_attribute.00.4D=""' in unknown.stdout, f"an unknown token: {unknown}")
    expect(b"note: octet 5" in unknown.stderr, f"its note: {unknown.stderr}")
    told = json.loads(done("decode", "-", "--to", "json", stdin=b"030B6A00854D01"))
    expect(told["layers"][0]["notes"][0]["offset"] == 5, told)
    si = b'<si><indication href="http://www.acme.com/a" action="signal-medium">Y</indication></si>'
    expect(done("encode", "-", "--as", "wbxml", "--wbxml-version", "2", stdin=si).decode().strip().upper() == indication, "si encoded")
    expect(done("encode", "-", "--as", "push", stdin=si).decode().strip().upper() == "010601AE" + indication, "si as a push")
    refused = cpgw("encode", "-", "--as", "push", "--sec", "userpin", "--pin", "1234", stdin=si)
    expect(refused.returncode == 3 and b"security" in refused.stderr, f"an si is not signed: {refused}")


def texts_come_back_in_every_form():
    text = "[a] costs 5 €, said the wise woman of the west, who had seen prices rise since her childhood. " * 3
    for number, options, words in (("+12025550123", [], text), ("+12025550123", ["--message-class", "0"], "Привет, мир"), ("+12025550123", [], "@@@@@@@@")):
        for form, named in (("tpdu", "tpdu"), ("at-cmgs", "at-pdu"), ("smpp-hex", "smpp")):
            octets = done("encode", "--text", words, "--as", form, "--to-number", number, *options)
            for source in ("auto", named):
                expect(done("decode", "-", "--from", source, stdin=octets).decode() == words + "\n", f"{words} as {form}, --from {source}")
            told = json.loads(done("decode", "-", "--to", "json", stdin=octets))
            expect(told["text"] == words and told["from"] == named and "defects" not in told, told)
    parts = done("encode", "--text", text, "--as", "sms")
    expect(done("decode", "-", "--data-coding", "0", stdin=parts).decode() == text + "\n", "parts whose coding is named")
    # A delivery that many programs show in their documentation, with the service centre's address in front.
    expect(done("decode", "-", stdin=b"07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37") == b"hellohello\n", "hellohello")


def cdma_segments_are_cut_and_joined():
    for name in ("prov-userpin-tps-headers", "prov-userpin"):
        signed = ["--sec", "userpin", "--pin", "1234"]
        push = bytes.fromhex(done("encode", DOCUMENT, "--as", "push", *signed).decode())
        for options, every in (([], False), (["--repeat-ports"], True)):
            segments = [bytes.fromhex(line) for line in lines(done("encode", DOCUMENT, "--as", "cdma", *signed, *options))]
            # WDP for CDMA: message type 0, total, number from 0; source and destination port in the first segment or in every one.
            joined = b""
            for i, segment in enumerate(segments):
                expect(segment[:3] == bytes([0, len(segments), i]) and len(segment) <= 140, segment.hex())
                ports = i == 0 or every
                expect(not ports or segment[3:7] == bytes.fromhex("23f00b84"), segment.hex())
                joined += segment[7 if ports else 3:]
            expect(joined == push and len(segments) > 1, f"{name} {options}")
            text = "\n".join(s.hex() for s in reversed(segments)).encode()
            for source in ("auto", "cdma"):
                expect(done("decode", "-", "--from", source, stdin=text).decode() == pathlib.Path(DOCUMENT).read_text(), f"{options} --from {source}")
            told = json.loads(done("encode", DOCUMENT, "--as", "cdma", "--to", "json", *signed, *options))
            expect([bytes.fromhex(s) for s in told["segments"]] == segments, told)
            lost = cpgw("decode", "-", "--from", "cdma", stdin=segments[0].hex().encode())
            expect(lost.returncode == 3 and f"part 2 of {len(segments)}".encode() in lost.stderr, lost)


def options_of_the_header_change_exactly_what_they_name():
    signed = ["--sec", "userpin", "--pin", "1234"]
    plain = lines(done("encode", DOCUMENT, *signed, "--as", "sms"))
    wide = lines(done("encode", DOCUMENT, *signed, "--as", "sms", "--wide-reference", "--ref", "4660"))
    expect(wide[0].startswith("0C05040B8423F00804123402") and wide[0].endswith(plain[0][24:-2]), f"16-bit reference: {wide}")
    turned = lines(done("encode", DOCUMENT, *signed, "--as", "sms", "--order", "concatenation-first"))
    expect(turned[0] == "0B00032A020105040B8423F0" + plain[0][24:], f"order: {turned}")
    coded = json.loads(done("encode", DOCUMENT, *signed, "--as", "sms", "--to", "json", "--data-coding", "0xF5"))
    expect({p["dcs"] for p in coded["parts"]} == {0xF5}, f"data coding: {coded}")
    for version, octet in ((1, "01"), (2, "02"), (3, "03")):
        expect(lines(done("encode", DOCUMENT, "--as", "wbxml", "--wbxml-version", str(version)))[0] == octet + PUSHES["prov-nosec"]["body"][2:],
               f"WBXML version {version}")
    expect(lines(done("encode", DOCUMENT, *signed, "--as", "push", "--tid", "255"))[0] == "FF" + PUSHES["prov-userpin"]["push"][2:], "--tid")


def slots_are_filled_and_checked():
    xml = pathlib.Path(DOCUMENT).read_text()
    with_slot = xml.replace('"internet.example"', '"${apn}"').replace('"user"', '"$${apn}"').encode()
    same = pathlib.Path(DOCUMENT).read_text().replace('"user"', '"$${apn}"').encode()
    filled = done("encode", "-", "--as", "wbxml", "--slot", "apn=internet.example", stdin=with_slot)
    expect(filled == done("encode", "-", "--as", "wbxml", stdin=same), "filled is as if it stood there")
    expect(b'"${apn}"' in done("decode", "-", stdin=filled), "$${ is a literal ${")
    typed = ["--slot-type", "apn=host:20", "--slot"]
    expect(done("encode", "-", "--as", "wbxml", *typed, "apn=internet.example", stdin=with_slot) == filled, "typed")
    for wrong in (["--slot-type", "apn=host:10", "--slot", "apn=internet.example"], ["--slot-type", "apn=digits", "--slot", "apn=internet.example"],
                  ["--slot-type", "apn=host"], [], ["--slot", "apn=x", "--slot", "apn=y"], ["--slot", "=x"], ["--slot-type", "apn=colour", "--slot", "apn=x"]):
        result = cpgw("encode", "-", "--as", "wbxml", *wrong, stdin=with_slot)
        # Without any option it is the document that names an unknown slot.
        expect(result.returncode == (2 if wrong else 3) and not result.stdout and b"slot" in result.stderr.lower(), f"{wrong}: {result}")
        expect(b"internet.example" not in result.stderr, f"a slot's value was told: {result.stderr}")


def secrets_come_from_files_and_the_environment():
    with tempfile.TemporaryDirectory() as folder:
        imsi, pin = MACS["usernetwpin-imsi15"]["imsi"], MACS["usernetwpin-imsi15"]["pin"]
        (pathlib.Path(folder) / "imsi").write_text(imsi + "\n")
        (pathlib.Path(folder) / "pin").write_text(pin + "\r\nsecond line\n")
        wanted = [PUSHES["prov-usernetwpin-imsi15"]["push"]]
        command = ["encode", DOCUMENT, "--as", "push", "--sec", "usernetwpin"]
        expect(lines(done(*command, "--imsi-file", "imsi", "--pin-file", "pin", cwd=folder)) == wanted, "files")
        expect(lines(done(*command, env={"CPGW_IMSI": imsi, "CPGW_PIN": pin})) == wanted, "environment")
        expect(lines(done(*command, "--imsi", imsi, "--pin-file", "pin", cwd=folder, env={"CPGW_IMSI": "001019999999999", "CPGW_PIN": "9"})) == wanted,
               "options win over the environment")
        expect(b"none.txt" in cpgw(*command, "--imsi-file", "none.txt", "--pin", pin, cwd=folder).stderr, "a missing file is named")


def userpinmac_draws_its_digits_and_tells_the_code():
    codes = set()
    for _ in range(5):
        told = json.loads(done("encode", DOCUMENT, "--as", "sms", "--sec", "userpinmac", "--to", "json"))
        code = told["code"]
        half = len(code) // 2
        expect(code.isdigit() and half >= 7, f"code {code}")
        mac = hmac.new(code[:half].encode(), bytes.fromhex(told["wbxml"]), hashlib.sha1).digest()
        # ProvBoot 5.1.1: the code is the PIN and after it the leading digits of the MAC, each octet modulo 10.
        expect(code[half:] == "".join(str(octet % 10) for octet in mac[:half]), f"the code does not hold: {code}")
        expect("mac" not in told and told["push"].startswith("01060403b69183"), "SEC 3 alone in the header")
        codes.add(code)
    expect(len(codes) > 1, "the digits are drawn")
    result = cpgw("encode", DOCUMENT, "--as", "push", "--sec", "userpinmac")
    expect(re.search(rb"code for the user: \d{14,}", result.stderr) and not re.search(rb"\b\d{14,}\b", result.stdout), "code apart from octets")


def wrong_usage_is_status_2():
    for arguments in (["frobnicate"], [], ["encode"], ["encode", DOCUMENT, "--frob"], ["encode", DOCUMENT, "--as", "mms"], ["encode", DOCUMENT, "--to", "xml"],
                      ["encode", DOCUMENT, "--as", "sms"], ["encode", DOCUMENT, "--as", "wbxml", "--sec", "none"],
                      ["encode", DOCUMENT, "--as", "tpdu", "--sec", "none"], ["encode", "--text", "a", "--as", "cdma"], ["encode", DOCUMENT, "--as", "push", "--sec", "none", "--repeat-ports"],
                      ["decode", "-", "--data-coding", "256"], ["encode", DOCUMENT, "--as", "sms", "--sec", "none", "--part-limit", "0"],
                      ["encode", DOCUMENT, "--as", "sms", "--sec", "none", "--ref", "65536"], ["encode", DOCUMENT, "--as", "push", "--sec", "best"],
                      ["encode", DOCUMENT, "--as", "push", "--sec", "none", "--tid", "256"], ["decode", "-", "--from", "mms"], ["campaign"],
                      ["campaign", "new", "x"], ["job", "list", "--state", "lost"], ["job", "list", "--limit", "0"], ["send", DOCUMENT],
                      ["send", DOCUMENT, "--to", "+358401234567", "--priority", "10"], ["simulate", "modem"], ["demo", "--subscribers", "0"],
                      ["import", "recipients", "x.csv"], ["config", "undo"]):
        result = cpgw(*arguments)
        expect(result.returncode == 2 and not result.stdout and result.stderr, f"{arguments}: {result.returncode} {result.stdout[:200]} {result.stderr[:300]}")


def a_wrong_option_is_status_2_and_is_named():
    imsi = "00101012345678x"
    cases = [
        (["encode", DOCUMENT, "--as", "push", "--sec", "netwpin", "--imsi", imsi], ["--imsi"]),
        (["encode", DOCUMENT, "--as", "push", "--sec", "netwpin", "--imsi", "12345"], ["--imsi"]),
        (["encode", DOCUMENT, "--as", "push", "--sec", "netwpin", "--imsi", "0010101234567890"], ["--imsi"]),
        (["encode", DOCUMENT, "--as", "push", "--sec", "netwpin"], ["--imsi", "CPGW_IMSI"]),
        (["encode", DOCUMENT, "--as", "push", "--sec", "userpin"], ["--pin", "CPGW_PIN"]),
        (["encode", DOCUMENT, "--as", "push", "--sec", "userpin", "--pin", "12a4"], ["--pin"]),
        (["encode", DOCUMENT, "--as", "push", "--sec", "userpin", "--pin", "1234", "--imsi", "001010123456789"], ["--imsi"]),
        (["encode", DOCUMENT, "--as", "push", "--sec", "userpinmac", "--pin", "1234"], ["--pin"]),
        (["encode", DOCUMENT, "--as", "tpdu", "--sec", "none", "--to-number", "0401234567"], ["--to-number"]),
    ]
    for arguments, words in cases:
        result = cpgw(*arguments)
        text = result.stderr.decode()
        expect(result.returncode == 2 and not result.stdout, f"{arguments}: {result.returncode} {result.stdout[:100]} {text[:300]}")
        expect(all(word in text for word in words), f"{arguments}: {words} not in: {text}")
        expect(text.startswith("cpgw: error: "), f"{arguments}: {text}")
        for secret in (imsi, "12345", "0010101234567890", "12a4", "001010123456789"):
            expect(secret not in arguments or secret not in text, f"a secret was told: {text}")


def malformed_input_is_status_3_and_says_where():
    cases = [
        (["encode", DOCUMENT, "--as", "sms", "--sec", "none", "--part-limit", "1"], b"", ["part"]),
        (["encode", "/nonexistent/settings.xml", "--as", "wbxml"], b"", ["/nonexistent/settings.xml"]),
        (["encode", "/", "--as", "wbxml"], b"", ["/"]),
        (["encode", "-", "--as", "wbxml"], b"<wap-provisioningdoc>\n  <characteristic typ='NAPDEF'>\n</wap-provisioningdoc>", ["standard input:2:19:", "typ"]),
        (["encode", "-", "--as", "wbxml"], b"", ["standard input"]),
        (["encode", "-", "--as", "wbxml"], b"<!DOCTYPE x [<!ENTITY a 'b'>]>\n<wap-provisioningdoc version='&a;'/>", ["standard input"]),
        (["encode", "-", "--as", "wbxml"], b"<html/>", ["standard input"]),
        (["decode", "-"], b"", ["empty"]),
        (["decode", "-"], b"abc", ["hex"]),
        (["decode", "-"], b"not octets at all", ["--from"]),
        (["decode", "-", "--from", "push"], PUSHES["prov-userpin"]["push"][:40].encode(), ["offset"]),
        (["decode", "-", "--from", "wbxml"], PUSHES["prov-userpin"]["body"][:-4].encode(), ["offset"]),
        (["decode", "-", "--from", "sms"], PUSHES["prov-userpin"]["part"][0].encode(), ["missing"]),
        (["decode", "/nonexistent/push.hex"], b"", ["/nonexistent/push.hex"]),
        (["config", "check", "--config", "/nonexistent/cpgw.toml"], b"", ["/nonexistent/cpgw.toml"]),
    ]
    for arguments, stdin, words in cases:
        result = cpgw(*arguments, stdin=stdin)
        text = result.stderr.decode()
        expect(result.returncode == 3 and not result.stdout, f"{arguments}: {result.returncode} {result.stdout[:100]} {text[:300]}")
        expect(all(word in text for word in words), f"{arguments}: {words} not in: {text}")
        expect(text.startswith("cpgw: error: "), f"{arguments}: {text}")


def nobody_there_is_status_4():
    with tempfile.TemporaryDirectory() as folder:
        done("init", cwd=folder)
        expect(cpgw("init", cwd=folder).returncode == 1, "init writes over nothing")
        done("config", "check", cwd=folder)
        for command in (["store", "stats"], ["campaign", "list"], ["carrier", "list"], ["config", "reload"], ["job", "show", "1"],
                        ["send", DOCUMENT, "--to", "+358401234567", "--sec", "userpin", "--pin", "86420975"]):
            result = cpgw(*command, cwd=folder)
            expect(result.returncode == 4 and b"cpgw serve" in result.stderr, f"{command}: {result}")
            expect(b"86420975" not in result.stdout + result.stderr, "a PIN was told")


def version_and_help_go_to_standard_output():
    expect(re.fullmatch(rb"cpgw \d+\.\d+\.\d+\S*\n", done("--version")), "version")
    for arguments in (["--help"], ["-h"], ["--help-all"], ["encode", "--help"]):
        expect(done(*arguments), arguments)


main([every_push_vector_is_made_to_the_octet, every_signed_push_agrees_with_another_hmac, every_form_comes_back_as_the_document,
      smpp_pdus_are_decoded_to_the_document, other_contents_are_told_as_octets, indications_are_decoded_and_unknown_tokens_noted, texts_come_back_in_every_form, cdma_segments_are_cut_and_joined, options_of_the_header_change_exactly_what_they_name,
      slots_are_filled_and_checked, secrets_come_from_files_and_the_environment, userpinmac_draws_its_digits_and_tells_the_code,
      wrong_usage_is_status_2, a_wrong_option_is_status_2_and_is_named, malformed_input_is_status_3_and_says_where, nobody_there_is_status_4, version_and_help_go_to_standard_output])
