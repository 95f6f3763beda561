"""No secret in clear in anything that is written: 1,000 planted IMSIs and PINs are searched in every octet, also in other forms.

Searched forms: digits, semi-octets as on the card, their hexadecimal text, base64 of digits and of semi-octets."""
import base64
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import PROVIDER, Bench, expect, main, phones, recipients_csv, wait_for  # noqa: E402

COUNT = 1000


def semi_octets(imsi):
    nibbles = ("9" if len(imsi) % 2 else "1") + imsi + ("" if len(imsi) % 2 else "f")
    return bytes(int(nibbles[i + 1] + nibbles[i], 16) for i in range(0, len(nibbles), 2))


def base64_cores(octets):
    """The base64 characters that do not depend on what stands before and after, for each of the three alignments."""
    cores = set()
    for shift in range(3):
        text = base64.b64encode(b"\0" * shift + octets).decode().rstrip("=")
        start = -(-shift * 8 // 6)
        end = len(text) - (1 if ((shift + len(octets)) % 3) else 0)
        cores.add(text[start:end].encode())
    return {core for core in cores if len(core) >= 8}


def forms(imsi, pin):
    found = {imsi.encode(), pin.encode(), semi_octets(imsi), semi_octets(imsi).hex().encode(), semi_octets(imsi).hex().upper().encode(),
             imsi.encode().hex().encode(), pin.encode().hex().encode()}
    for octets in (imsi.encode(), pin.encode(), semi_octets(imsi)):
        found |= base64_cores(octets)
    return found


def search(folder, needles):
    """Every needle is looked up by its first six octets, so that one pass over a file does."""
    by_head = {}
    for needle, owner in needles.items():
        by_head.setdefault(needle[:6], []).append((needle, owner))
    hits, octets, files = [], 0, 0
    for file in sorted(pathlib.Path(folder).rglob("*")):
        if not file.is_file():
            continue
        data = file.read_bytes()
        octets += len(data)
        files += 1
        for at in range(len(data) - 5):
            head = data[at:at + 6]
            if head in by_head:
                for needle, owner in by_head[head]:
                    if data.startswith(needle, at):
                        hits.append((str(file), at, owner))
    return hits, octets, files


def nothing_written_holds_a_secret():
    # Eight digits turn up by chance: an operator's message ids are decimal text, thousands of them. Sixteen do not.
    people = phones(COUNT, seed=77, pins=True, pin_digits=16)
    needles = {needle: i for i, (_, imsi, pin) in enumerate(people) for needle in forms(imsi, pin)}
    with Bench("canary", window=50) as bench:
        bench.start_smsc()
        handsets = bench.start_handsets(people, PROVIDER)
        bench.write_settings()
        bench.start_gateway()
        bench.run("campaign", "new", "canary", "--tenant", "acme", "--content", str(PROVIDER), "--sec", "usernetwpin")
        half = COUNT // 2
        rows = recipients_csv(people[:half]) + b"+3584,not-an-imsi,12345678\n" + f"+358409,{people[0][1]}x,{people[0][2]}y\n".encode()
        bench.run("import", "recipients", "-", "--tenant", "acme", "--campaign", "canary", "--rejects", "rejects.csv", stdin=rows, status=None)
        client = bench.client()
        bench.run("campaign", "start", "canary", "--tenant", "acme")
        content = {"type": "text/vnd.wap.connectivity-xml", "xml": PROVIDER.read_text(), "security": "usernetwpin"}
        client.must(op="submit", tenant="acme", key="canary", submissions=[
            {"content": content, "recipients": [{"number": n, "imsi": i, "pin": p} for n, i, p in people[half:]]}])
        # Refused requests must not echo what they were given.
        refused = [client.ask(op="submit", tenant="acme", submissions=[{"content": content, "recipients": [
            {"number": n, "imsi": i + "x", "pin": p + "z", "slots": {"a": p}}]}]) for n, i, p in people[:50]]
        refused.append(client.ask(op="submit", tenant="acme", submissions=[{"content": content, "recipients": [
            {"number": people[0][0], "imsi": int(people[0][1]), "pin": [people[0][2]], people[0][1]: people[0][2]}]}]))
        (bench.folder / "answers.json").write_text(json.dumps(refused))

        def settled():
            counts = client.must(op="campaign.status", tenant="acme", name="canary")["campaign"]["counts"]
            return counts["delivered"] == half and client.must(op="store.stats")["in_flight"] + client.must(op="store.stats")["waiting"] == 0

        wait_for("every push delivered", settled, 120)
        events = bench.client("events").must(op="events", tenant="acme", after=0, credit=1000, wait_ms=0)
        (bench.folder / "events.json").write_text(json.dumps(events))
        (bench.folder / "status.txt").write_text(bench.run("campaign", "status", "canary", "--tenant", "acme") + bench.run(
            "job", "list", "--tenant", "acme", "--limit", "1000"))
        while_running = search(bench.folder, needles)
        bench.gateway.process.send_signal(6)  # a core file, if one were allowed, would land here
        bench.gateway.process.wait()
        bench.start_gateway()
        bench.gateway.stop()
        summary = handsets.stop()
        (bench.folder / "handsets.json").write_text(summary)
        expect(json.loads(summary.splitlines()[-1])["verified"] == COUNT, f"verified: {summary[-300:]}")
        bench.smsc.stop()
        for hits, octets, files in (while_running, search(bench.folder, needles)):
            print(json.dumps({"secrets": 2 * COUNT, "forms": len(needles), "files": files, "octets": octets, "hits": len(hits)}))
            expect(octets > 100_000 and files > 5, "there was nothing to search")
            expect(not hits, f"secrets in clear: {hits[:5]}")


def the_search_finds_what_is_planted():
    imsi, pin = "001017777777777", "90817263"
    needles = {needle: 0 for needle in forms(imsi, pin)}
    with Bench("plant") as bench:
        for place, data in enumerate((imsi.encode(), semi_octets(imsi), base64.b64encode(b"x" + pin.encode() + b"yy"), semi_octets(imsi).hex().encode())):
            (bench.folder / f"{place}.bin").write_bytes(b"....." + data + b".....")
        hits, _, _ = search(bench.folder, needles)
        expect({pathlib.Path(h[0]).name for h in hits} == {"0.bin", "1.bin", "2.bin", "3.bin"}, f"found only {hits}")


main([the_search_finds_what_is_planted, nothing_written_holds_a_secret])
