"""Recipients from CSV: every bad row told with its number, interruptions at any moment, slots that reach the right phone."""
import csv
import json
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import BINARY, PROVIDER, Bench, cpgw, expect, main, phones, recipients_csv, wait_for  # noqa: E402

ROWS = 20000


def rejected(bench, name):
    """Row → its codes, of a rejects file; rows in order."""
    with open(bench.folder / name, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    expect(rows and set(rows[0]) == {"row", "line", "code", "field", "reason"}, rows[:1])
    numbers = [int(row["row"]) for row in rows]
    expect(numbers == sorted(numbers), "rows in order")
    found = {}
    for row in rows:
        found.setdefault(int(row["row"]), []).append(row)
    return found


def begin(bench, sec="netwpin", content=PROVIDER, options=()):
    bench.smsc_port = bench.smsc_port or 1
    bench.write_settings()
    bench.start_gateway()
    bench.run("campaign", "new", "spring", "--content", str(content), "--sec", sec, *options)


def load(bench, file, status, *options):
    return json.loads(bench.run("import", "recipients", file, "--campaign", "spring", "--json", *options, status=status))


def numbers_of(bench):
    """Every number of the campaign, page by page."""
    client, after, numbers = bench.client(), None, []
    while True:
        page = client.must(op="job.list", tenant="acme", campaign="spring", limit=1000, **({"after": after} if after else {}))
        numbers += [job["number"] for job in page["jobs"]]
        after = page["next"]
        if after is None:
            return numbers


def every_bad_row_is_told_with_its_number():
    rows = [  # what the row is, the field its reason names (None: it is good)
        ("0401234501,001010123456701", None),
        ("+358401234502,001010123456702", None),
        ("0401234501,001010123456703", "number"),            # the first row's number
        ("+358401234501,001010123456703", "number"),         # the same in another form
        ("00358401234504,001010123456704", None),
        ("banana,001010123456705", "number"),
        ("+358401234506,0010101234x", "imsi"),
        ("+358401234507,", "imsi"),
        ("+358401234508", ""),                               # too few fields
        ("+358401234509,001010123456709,more", ""),          # too many
        ('"+358401234510","001010123456710"', None),
        ('"+358 40 123 4511",001010123456711', None),
        ('+358401234512,"001010""12"', "imsi"),
        ('"+358401234513\n",001010123456713', "number"),     # a line end within quotes
        ("+358401234514,001010123456714", None),
        ('+35840"1234515,001010123456715', ""),              # a quote in the middle
        (",001010123456716", "number"),
        ("+358401234517,001010123456717", None),
    ]
    for label, head, end in (("plain", "", "\n"), ("excel", "\ufeff", "\r\n")):
        with Bench(f"rows-{label}") as bench:
            begin(bench)
            text = head + end.join(["number,imsi", *(row for row, _ in rows)]) + end
            (bench.folder / "people.csv").write_bytes(text.encode())
            told = load(bench, "people.csv", 1)
            found = rejected(bench, "people.csv.rejected.csv")
            wanted = {at: field for at, (_, field) in enumerate(rows, 2) if field is not None}
            expect(set(found) == set(wanted), f"{label}: {sorted(found)} are not {sorted(wanted)}")
            for row, field in wanted.items():
                expect(any(entry["field"].rpartition(".")[2] == field or field == "" for entry in found[row]), f"{label} row {row}: {found[row]}")
            # Row 1 is the header, as a spreadsheet counts; lines also count the line end within quotes.
            expect(all(int(entries[0]["line"]) == row + (row > 15) for row, entries in found.items()), f"{label}: {found}")
            text = (bench.folder / "people.csv.rejected.csv").read_text()
            expect("0010101" not in text, "an IMSI was told")
            expect((told["accepted"], told["rejected"]) == (len(rows) - len(wanted), len(wanted)), told)
            expect(len(numbers_of(bench)) == told["accepted"], "stored")
            again = load(bench, "people.csv", 1)
            expect((again["accepted"], again["rejected"]) == (told["accepted"], told["rejected"]) and len(numbers_of(bench)) == told["accepted"],
                   f"said twice, done once: {again}")
            expect((bench.folder / "people.csv.rejected.csv").read_text() == text, "the rejects file stays")


def what_is_no_list_is_refused_whole():
    with Bench("header") as bench:
        begin(bench)
        for text, words in (("", ["header"]), ("phone,imsi\n1,2\n", ["number"]), ("number\n+358401234501\n", ["imsi"]),
                            ("number,imsi,pin\n+358401234501,001010123456701,1\n", ["pin"]), ("number,imsi,number\n", ["number"])):
            (bench.folder / "people.csv").write_text(text)
            result = cpgw("import", "recipients", "people.csv", "--campaign", "spring", cwd=bench.folder)
            expect(result.returncode == 3 and all(word in result.stderr.decode() for word in words), f"{text!r}: {result}")
        result = cpgw("import", "recipients", "none.csv", "--campaign", "spring", cwd=bench.folder)
        expect(result.returncode == 3 and b"none.csv" in result.stderr, result)
        result = cpgw("import", "recipients", "people.csv", "--campaign", "winter", cwd=bench.folder)
        expect(result.returncode == 1, result)
        (bench.folder / "people.csv").write_bytes(recipients_csv(phones(5, seed=1)))
        load(bench, "people.csv", 0)
        (bench.folder / "people.csv").write_bytes(recipients_csv(phones(6, seed=1)))
        result = cpgw("import", "recipients", "people.csv", "--campaign", "spring", cwd=bench.folder)
        expect(result.returncode == 1 and b"people.csv" in result.stderr + result.stdout or b"import" in result.stderr, result)
        expect(len(numbers_of(bench)) == 5, "a changed file under the same name adds nothing")
        expect(load(bench, "people.csv", 1, "--name", "second")["accepted"] == 1, "under a name of its own it is another import: one is new")


def big_file(bench, seed):
    """20,000 rows, some bad in known ways; the accepted numbers and the bad rows."""
    draw = random.Random(seed)
    people = phones(ROWS, seed=seed)
    lines, good, bad = ["number,imsi"], set(), set()
    for row, (number, imsi, _) in enumerate(people, 2):
        kind = draw.random()
        if kind < 0.005:
            lines.append(f"{number},{imsi[:-1]}x")
        elif kind < 0.01:
            lines.append(number)
        elif kind < 0.02 and good:
            lines.append(f"{people[0][0] if people[0][0] in good else next(iter(good))},{imsi}")
        else:
            lines.append(f"{number},{imsi}")
            good.add(number)
            continue
        bad.add(row)
    (bench.folder / "people.csv").write_text("\n".join(lines) + "\n")
    return good, bad


def check_whole(bench, good, bad, told):
    expect((told["accepted"], told["rejected"]) == (len(good), len(bad)), f"{told}: {len(good)} good, {len(bad)} bad")
    found = rejected(bench, "people.csv.rejected.csv")
    expect(set(found) == bad, f"rejects: {sorted(set(found) ^ bad)[:10]}")
    expect(all(len(entries) == 1 for entries in found.values()), "each bad row once")
    numbers = numbers_of(bench)
    expect(len(numbers) == len(good) and set(numbers) == good, f"{len(numbers)} jobs, {len(set(numbers))} numbers")


def start_import(bench):
    return subprocess.Popen([BINARY, "import", "recipients", "people.csv", "--campaign", "spring", "--json"], cwd=bench.folder,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def stored(bench):
    return bench.run("store", "stats", "--json", json_output=True)["jobs"]


def killed_import_resumes_at_the_exact_row():
    seed = random.SystemRandom().randrange(1, 10**9)
    print(f"seed {seed}")
    draw = random.Random(seed)
    with Bench("import-kill") as bench:
        begin(bench)
        good, bad = big_file(bench, seed)
        client = bench.client()
        kills = 0
        for goal in sorted(draw.uniform(0.02, 0.9) * ROWS for _ in range(4)):
            process = start_import(bench)
            wait_for("rows", lambda: client.must(op="store.stats")["jobs"] >= goal or process.poll() is not None)
            time.sleep(draw.uniform(0, 0.02))
            kills += process.poll() is None
            process.kill()
            process.communicate()
        expect(kills >= 1 and stored(bench) <= len(good), f"kills {kills}")
        check_whole(bench, good, bad, load(bench, "people.csv", 1))


def killed_gateway_keeps_what_it_acknowledged():
    seed = random.SystemRandom().randrange(1, 10**9)
    print(f"seed {seed}")
    draw = random.Random(seed)
    with Bench("gateway-kill") as bench:
        begin(bench)
        good, bad = big_file(bench, seed)
        process = start_import(bench)
        for goal in (draw.uniform(0.05, 0.4) * ROWS, draw.uniform(0.5, 0.8) * ROWS):
            client = bench.client()
            wait_for("rows", lambda: client.must(op="store.stats")["jobs"] >= goal or process.poll() is not None)
            time.sleep(draw.uniform(0, 0.02))
            bench.gateway.process.send_signal(signal.SIGKILL)
            bench.gateway.process.wait()
            client.close()
            bench.start_gateway()
            if process.poll() is not None:  # it had lost its gateway
                process.communicate()
                process = start_import(bench)
        process.communicate(timeout=60)
        check_whole(bench, good, bad, load(bench, "people.csv", 1))
        bench.gateway.stop()
        bench.run("store", "check")


def slots_reach_the_phone_they_belong_to():
    people = phones(30, seed=3, pins=True)
    with Bench("slots") as bench:
        (bench.folder / "document.xml").write_text(PROVIDER.read_text().replace('"internet"', '"${apn}"').replace(
            "http://mms.sonera.net:8002", "${mmsc}").replace('"Telia"', '"Telia & ${apn} for $${you}"').replace("Telia &", "Telia &amp;"))
        table = ["mmsc,pin,number,apn,imsi"]
        told = ["number,imsi,pin,apn,mmsc"]
        for i, (number, imsi, pin) in enumerate(people):
            apn, mmsc = f"a{i}.example", f"http://m{i}.example/?a=1&b={i}"
            table.append(f'"{mmsc}",{pin},{number},{apn},{imsi}')
            told.append(f"{number},{imsi},{pin},{apn},{mmsc}")
        table += [f"http://m.example/,12345678,+358449999901,{'x' * 40},001010000000001", "not a uri,12345678,+358449999902,a.example,001010000000002",
                  ",12345678,+358449999903,,001010000000003"]
        (bench.folder / "people.csv").write_text("\n".join(table) + "\n")
        (bench.folder / "phones.csv").write_text("\n".join(told) + "\n")
        bench.start_smsc()
        handsets = bench.start_handsets([], "document.xml", "--phones", "phones.csv")
        begin(bench, "usernetwpin", bench.folder / "document.xml", ("--slot-type", "apn=host:30", "--slot-type", "mmsc=uri:100"))
        loaded = load(bench, "people.csv", 1)
        expect((loaded["accepted"], loaded["rejected"]) == (30, 3), loaded)
        found = rejected(bench, "people.csv.rejected.csv")
        expect(set(found) == {32, 33, 34} and "not a uri" not in str(found), found)
        bench.run("campaign", "start", "spring")
        bench.run("campaign", "watch", "spring")
        bench.gateway.stop()
        seen = json.loads(handsets.stop().splitlines()[-1])
        expect((seen["phones"], seen["verified"], seen["failed"]) == (30, 30, 0), seen)


main([every_bad_row_is_told_with_its_number, what_is_no_list_is_refused_whole, killed_import_resumes_at_the_exact_row,
      killed_gateway_keeps_what_it_acknowledged, slots_reach_the_phone_they_belong_to])
