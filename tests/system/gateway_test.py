"""One gateway with its peers, from `init` to the phone: commands, settings, signals, refusals, restarts."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import BINARY, PROVIDER, Bench, cpgw, expect, main, phones, recipients_csv, wait_for  # noqa: E402

XML = PROVIDER.read_text()
NUMBER, IMSI, PIN = "+358401234567", "001010123456789", "86420975"


def content(security="userpin"):
    return {"type": "text/vnd.wap.connectivity-xml", "xml": XML, "security": security}


def send(bench, *options, to=NUMBER, status=0):
    return bench.run("send", str(PROVIDER), "--tenant", "acme", "--to", to, "--sec", "userpin", "--pin", PIN, *options, status=status).strip()


def job(bench, name, tenant="acme"):
    return bench.run("job", "show", name, "--tenant", tenant, "--json", json_output=True)["job"]


def until(bench, name, state):
    return wait_for(f"job {state}", lambda: (lambda j: j if j["state"] == state else None)(job(bench, name)))


def refused(bench, *arguments, word, status=1):
    result = cpgw(*arguments, cwd=bench.folder)
    expect(result.returncode == status and word in result.stderr.decode() + result.stdout.decode(), f"{arguments}: {result}")
    expect(PIN.encode() not in result.stdout + result.stderr, "a PIN was told")


def campaign(bench, name, verb="status"):
    return bench.run("campaign", verb, name, "--tenant", "acme", "--json", json_output=True)["campaign"]


def log_lines(bench, file="gateway.log"):
    return [json.loads(line) for line in (bench.folder / file).read_text().splitlines()]


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def one_push_from_init_to_the_phone():
    with Bench("one", extra='[[http]]\nlisten = "127.0.0.1:0"\nserves = ["health", "metrics"]\n') as bench:
        bench.start_smsc("--wait-for-phone", "--record", "record.jsonl")
        bench.write_settings()
        bench.run("config", "check")
        ready = bench.start_gateway().first
        url = "http://" + re.search(r"http (\S+:\d+)", ready)[1]
        expect(get(url + "/healthz")[0] == 200 and get(url + "/nothing")[0] == 404, "health")
        wait_for("readiness", lambda: get(url + "/readyz")[0] == 200)

        told = json.loads(send(bench, "--json"))
        name = told["ids"][0]
        until(bench, name, "sent")
        handsets = bench.start_handsets([(NUMBER, IMSI, PIN)], PROVIDER)
        done = until(bench, name, "delivered")
        expect((done["parts"], done["accepted_parts"], done["delivered_parts"], done["possible_duplicate"]) == (3, 3, 3, False), done)
        expect((done["number"], done["campaign"], done["reason"], done["reason_class"]) == (NUMBER, None, 0, None), done)
        for spelling in (NUMBER, "0401234567", "00358401234567", "+358 40 123 4567"):
            expect(name in bench.run("subscriber", spelling, "--tenant", "acme"), f"subscriber {spelling}")
        again = job(bench, send(bench, to="040 123 4567"))
        expect(again["number"] == NUMBER, f"normalised: {again}")
        until(bench, again["id"], "delivered")

        # One trace id from the submission over every log line to every event.
        trace = told["trace_id"]
        expect(re.fullmatch("[0-9a-f]{32}", trace) and done["trace_id"] == trace, f"{told} {done}")
        events = bench.client("events").must(op="events", tenant="acme", after=0)["events"]
        ours = [e for e in events if e["job"] == name]
        expect([e["kind"] for e in ours] == ["sent", "delivered"] and {e["trace_id"] for e in ours} == {trace}, ours)
        expect([e["sequence"] for e in events] == list(range(1, len(events) + 1)), "gap-free")
        kinds = [line["event"] for line in log_lines(bench) if line.get("trace_id") == trace]
        expect(len(kinds) >= 2, f"log lines of the trace: {kinds}")

        links = bench.run("carrier", "list", "--json", json_output=True)["carriers"]
        expect(len(links) == 1 and (links[0]["state"], links[0]["submitted"], links[0]["accepted"]) == ("bound", 6, 6), links)
        metrics = get(url + "/metrics")[1]
        expect(re.search(r'^cpgw_\w+\{[^}]*smsc-a[^}]*\} 6(\.0)?$', metrics, re.M), metrics)
        expect(re.search(r'^cpgw_receipts_total\{match="all"\} 6$', metrics, re.M), metrics)
        expect(NUMBER[1:] not in metrics and PIN not in metrics, "metrics tell nobody's number")

        stats = bench.run("store", "stats", "--json", json_output=True)
        expect((stats["jobs"], stats["waiting"], stats["in_flight"]) == (2, 0, 0), stats)
        refused(bench, "store", "check", word="running", status=4)
        bench.gateway.stop()
        expect(bench.gateway.process.returncode == 0, "a graceful end is status 0")
        expect(json.loads(bench.run("store", "check", "--json")) == {"ok": True, "jobs": 2, "wrong": []}, "store check")
        expect(json.loads(handsets.stop().splitlines()[-1])["verified"] == 1, "one phone, one document, twice the same")


def what_cannot_be_sent_is_refused_at_once():
    with Bench("refused", tenants=("acme", "globex"), extra=f'[safety]\nonly_to = ["{NUMBER}", "+4670123456"]\n') as bench:
        bench.smsc_port = 1
        bench.write_settings()
        settings = bench.folder / "cpgw.toml"
        settings.write_text(settings.read_text().replace('prefix = "+"', 'prefix = "+358"'))
        bench.start_gateway()
        arguments = ["send", str(PROVIDER), "--sec", "userpin", "--pin", PIN, "--tenant", "acme", "--to"]
        refused(bench, *arguments, "+4670123456", word="no-route")
        refused(bench, *arguments, "+358401234568", word="only_to")
        refused(bench, *arguments, "12", word="recipients[0].number")
        refused(bench, *arguments[:-3], "--to", NUMBER, word="--tenant: acme, globex", status=2)
        refused(bench, *arguments[:-2], "initech", "--to", NUMBER, word="tenant")
        mine = send(bench)
        refused(bench, "job", "show", mine, "--tenant", "globex", word="job")
        refused(bench, "job", "cancel", mine, "--tenant", "globex", word="job")
        refused(bench, "job", "show", "1", "--tenant", "acme", word="job")
        expect(mine not in bench.run("subscriber", NUMBER, "--tenant", "globex"), "another tenant's job was told")
        expect(job(bench, mine)["state"] == "waiting", "no message centre: it waits")
        bench.run("job", "cancel", mine, "--tenant", "acme")
        expect(job(bench, mine)["state"] == "cancelled", "cancelled")
        bench.run("job", "cancel", mine, "--tenant", "acme")  # said twice, done once
        expect("cancelled" in bench.run("job", "list", "--tenant", "acme", "--state", "cancelled"), "job list --state")

        client = bench.client()
        submission = {"content": content(), "recipients": [{"number": NUMBER, "pin": PIN}]}
        first = client.must(op="submit", tenant="acme", submissions=[{**submission, "key": "k"}])["results"][0]
        second = client.must(op="submit", tenant="acme", submissions=[{**submission, "key": "k"}])["results"][0]
        expect(first["ids"] == second["ids"] and (first["duplicate"], second["duplicate"]) == (False, True), f"{first} {second}")
        other = client.must(op="submit", tenant="acme", submissions=[{**submission, "key": "k", "priority": 1}])["results"][0]
        expect(other["errors"][0]["code"] == "gateway/conflict", other)

        refused(bench, "serve", "--config", "cpgw.toml", word="", status=4)  # a second one on the same data
        settings.write_text(settings.read_text().replace("run/", "run2/"))
        refused(bench, "serve", "--config", "cpgw.toml", word="store", status=4)
        settings.write_text(settings.read_text().replace("run2/", "run/").replace('"var"', '"var2"'))
        refused(bench, "serve", "--config", "cpgw.toml", word="zmq.intake", status=4)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            settings.write_text(settings.read_text().replace("run/", "run3/").replace(
                "[secrets]", f'[[http]]\nlisten = "127.0.0.1:{taken.getsockname()[1]}"\nserves = ["health"]\n[secrets]'))
            refused(bench, "serve", "--config", "cpgw.toml", word=str(taken.getsockname()[1]), status=4)
        expect(client.must(op="ping")["version"], "the first one runs on")


def the_code_of_a_drawn_pin_opens_the_push():
    with Bench("code") as bench:
        bench.start_smsc("--wait-for-phone")
        bench.write_settings()
        bench.start_gateway()
        name = bench.run("send", str(PROVIDER), "--to", NUMBER, "--sec", "userpinmac").strip()
        until(bench, name, "sent")
        code = bench.run("job", "code", name).strip()
        expect(re.fullmatch(r"\d{14,}", code), f"code {len(code)}")
        handsets = bench.start_handsets([(NUMBER, IMSI, code)], PROVIDER)
        until(bench, name, "delivered")
        expect(json.loads(handsets.stop().splitlines()[-1])["verified"] == 1, "the phone takes the code")
        bench.gateway.stop()
        written = b"".join(p.read_bytes() for p in bench.folder.rglob("*") if p.is_file())
        expect(code.encode() not in written, "the code was written in clear")


def a_campaign_is_paused_resumed_and_cancelled():
    people = phones(60, seed=5)
    with Bench("campaign", window=3, carrier="rate = 25") as bench:
        bench.start_smsc()
        handsets = bench.start_handsets(people, PROVIDER)
        bench.write_settings()
        bench.start_gateway()
        for name in ("spring", "autumn"):
            bench.run("campaign", "new", name, "--content", str(PROVIDER), "--sec", "netwpin")
        bench.run("campaign", "new", "spring", "--content", str(PROVIDER), "--sec", "netwpin")  # said twice, made once
        refused(bench, "campaign", "new", "spring", "--content", str(PROVIDER), "--sec", "userpin", word="name")
        bench.run("import", "recipients", "-", "--campaign", "spring", stdin=recipients_csv(people))
        expect(campaign(bench, "spring")["state"] == "draft" and campaign(bench, "spring")["counts"]["submitted"] == 60, "draft")
        refused(bench, "campaign", "pause", "spring", word="draft")
        bench.run("campaign", "start", "spring")
        wait_for("some sent", lambda: campaign(bench, "spring")["counts"]["delivered"] > 5)
        expect(campaign(bench, "spring", "pause")["state"] == "paused", "paused")
        wait_for("what was in flight", lambda: campaign(bench, "spring")["counts"]["in_flight"] + campaign(bench, "spring")["counts"]["sent"] == 0)
        held = campaign(bench, "spring")["counts"]
        expect(0 < held["waiting"] < 60, f"held: {held}")
        expect(campaign(bench, "spring", "resume")["state"] == "running", "resumed")
        watched = bench.run("campaign", "watch", "spring", "--json").splitlines()
        last = json.loads(watched[-1])["campaign"]
        expect(last["state"] == "finished" and last["counts"]["delivered"] == 60 and len(watched) > 2, watched[-1])
        # The same numbers again so soon: the cool-down refuses every row.
        late = cpgw("import", "recipients", "-", "--campaign", "autumn", "--rejects", "rejects.csv", "--json", cwd=bench.folder, stdin=recipients_csv(people[:1]))
        expect(late.returncode in (0, 1), late)
        others = phones(20, seed=6)
        bench.run("import", "recipients", "-", "--campaign", "autumn", "--name", "others", stdin=recipients_csv(others))
        expect(campaign(bench, "autumn", "cancel")["state"] == "cancelled", "cancelled")
        wait_for("all cancelled", lambda: campaign(bench, "autumn")["counts"]["cancelled"] >= 20)
        refused(bench, "campaign", "start", "autumn", word="cancelled")
        refused(bench, "campaign", "status", "winter", word="unknown-campaign")
        names = bench.run("campaign", "list")
        expect("spring" in names and "autumn" in names, names)
        summary = json.loads(handsets.stop().splitlines()[-1])
        expect((summary["verified"], summary["duplicates"]) == (60, 0), summary)


def a_campaign_into_files_is_finished_when_all_is_written():
    people = [("+35850%07d" % n, "00101%010d" % n, None) for n in range(20)]
    spool = '[[carrier]]\nname = "files"\ntype = "spool"\ndirectory = "out"\n[[route]]\nprefix = "+35850"\ncarrier = "files"\n'
    with Bench("spool", extra=spool) as bench:
        bench.start_smsc()
        bench.write_settings()
        bench.start_gateway()
        bench.run("campaign", "new", "spring", "--content", str(PROVIDER), "--sec", "netwpin")
        bench.run("import", "recipients", "-", "--campaign", "spring", stdin=recipients_csv(people))
        bench.run("campaign", "start", "spring")
        bench.run("campaign", "watch", "spring")
        last = campaign(bench, "spring")
        expect((last["state"], last["counts"]["sent"]) == ("finished", 20), last)
        jobs = bench.run("job", "list", "--campaign", "spring", "--json", json_output=True)["jobs"]
        expect(len(jobs) == 20 and all(j["state"] == "sent" for j in jobs), jobs)
        expect(any((bench.folder / "out").iterdir()), "no files")
        bench.gateway.stop()
        bench.run("store", "check")


def changed_settings_apply_whole_or_not_at_all():
    with Bench("reload", extra="[delivery]\nretry_first = 1\n") as bench:
        bench.start_smsc()
        bench.write_settings()
        bench.start_gateway()
        settings = bench.folder / "cpgw.toml"
        good = settings.read_text()
        client = bench.client()
        until(bench, send(bench), "delivered")

        settings.write_text(good.replace("window = 10", "window = 7").replace("retry_first = 1", "retry_first = 2"))
        changes = bench.run("config", "reload")
        expect("window" in changes and "retry_first" in changes, changes)
        expect("nothing has changed" in bench.run("config", "reload"), "applied once")
        until(bench, send(bench, to="+358401234568"), "delivered")

        for wrong, word in (("window = -1", "window"), ("window = 7\nwindo = 7", "windo"), ("window = [", "cpgw.toml")):
            broken = good.replace("window = 10", wrong)
            settings.write_text(broken)
            line = broken[:broken.index(wrong)].count("\n") + 1
            refused(bench, "config", "reload", word=word, status=3)
            answer = client.ask(op="config.reload")  # past the command, which reads the file itself to find the gateway
            expect(not answer["ok"] and any(line <= e.get("line", 0) <= line + 3 for e in answer["errors"]), f"line {line}: {answer}")
            checked = cpgw("config", "check", "--json", cwd=bench.folder)
            mistakes = json.loads(checked.stdout)["mistakes"]
            expect(checked.returncode == 3 and any(line <= m["line"] <= line + 3 for m in mistakes), f"line {line}: {mistakes}")
        settings.write_text(good.replace('data_dir = "var"', 'data_dir = "elsewhere"'))
        refused(bench, "config", "reload", word="restart")
        settings.write_text(good)
        before = len(log_lines(bench))
        bench.gateway.process.send_signal(signal.SIGHUP)
        wait_for("SIGHUP to be told", lambda: any("reload" in line["event"] for line in log_lines(bench)[before:]))
        expect("nothing has changed" in bench.run("config", "reload"), "SIGHUP applied what had changed")
        until(bench, send(bench, to="+358401234569"), "delivered")

        os.rename(bench.folder / "gateway.log", bench.folder / "gateway.log.1")
        bench.gateway.process.send_signal(signal.SIGUSR1)
        wait_for("a new log file", lambda: (bench.folder / "gateway.log").exists())
        old = (bench.folder / "gateway.log.1").read_text()
        until(bench, send(bench, to="+358401234570"), "delivered")
        bench.gateway.stop()
        expect((bench.folder / "gateway.log.1").read_text() == old and len(log_lines(bench)) > 1, "lines go to the new file")


def a_stopped_campaign_goes_on_after_the_restart():
    people = phones(150, seed=7)
    with Bench("restart", window=5, carrier="rate = 150") as bench:
        bench.start_smsc("--stats-file", "smsc.json")
        handsets = bench.start_handsets(people, PROVIDER)
        bench.write_settings()
        bench.start_gateway()
        bench.run("campaign", "new", "spring", "--content", str(PROVIDER), "--sec", "netwpin")
        bench.run("import", "recipients", "-", "--campaign", "spring", stdin=recipients_csv(people))
        bench.run("campaign", "start", "spring")
        for goal in (30, 90):
            wait_for("some sent", lambda: campaign(bench, "spring")["counts"]["delivered"] > goal)
            bench.gateway.stop()
            expect(bench.gateway.process.returncode == 0, bench.gateway.errors())
            bench.start_gateway()
        bench.run("campaign", "watch", "spring")
        counts = campaign(bench, "spring")["counts"]
        expect((counts["delivered"], counts["resent_parts"]) == (150, 0), counts)
        bench.gateway.stop()
        summary = json.loads(handsets.stop().splitlines()[-1])
        expect((summary["verified"], summary["failed"], summary["duplicates"]) == (150, 0, 0), summary)
        centre = json.loads(bench.smsc.stop().splitlines()[-1])
        expect((centre["unique_parts"], centre["duplicate_parts"]) == (450, 0), centre)


def living_in(folder):
    """Processes that work in a folder."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "cwd").startswith(str(folder)):
                found.append(entry.name)
        except OSError:
            pass  # ended meanwhile
    return found


def an_interrupted_demo_leaves_nothing_behind():
    with Bench("demo") as bench:
        demo = subprocess.Popen([BINARY, "demo", "--subscribers", "100000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={**os.environ, "TMPDIR": str(bench.folder)})
        try:
            wait_for("its processes", lambda: len(living_in(bench.folder)) == 3 or demo.poll() is not None)
            demo.send_signal(signal.SIGTERM)
            _, errors = demo.communicate(timeout=60)
        finally:
            demo.kill()
        expect(demo.returncode == 128 + signal.SIGTERM, f"{demo.returncode}: {errors}")
        expect(not living_in(bench.folder) and not list(bench.folder.iterdir()), "processes or files are left")


def a_killed_demo_takes_its_processes_with_it():
    with Bench("demo-kill") as bench:
        demo = subprocess.Popen([BINARY, "demo", "--subscribers", "100000"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={**os.environ, "TMPDIR": str(bench.folder)})
        try:
            wait_for("its processes", lambda: len(living_in(bench.folder)) == 3 or demo.poll() is not None)
        finally:
            demo.kill()
        demo.communicate(timeout=60)
        wait_for("their end", lambda: not living_in(bench.folder))


main([one_push_from_init_to_the_phone, what_cannot_be_sent_is_refused_at_once, the_code_of_a_drawn_pin_opens_the_push,
      a_campaign_is_paused_resumed_and_cancelled, a_campaign_into_files_is_finished_when_all_is_written, changed_settings_apply_whole_or_not_at_all, a_stopped_campaign_goes_on_after_the_restart,
      an_interrupted_demo_leaves_nothing_behind, a_killed_demo_takes_its_processes_with_it])
