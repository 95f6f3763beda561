"""Message centres that throttle, refuse, fall over, forget and are not there: every job ends where it must."""
import json
import pathlib
import socket
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import PROVIDER, Bench, expect, main, phones, recipients_csv, wait_for  # noqa: E402


def campaign(bench):
    return bench.run("campaign", "status", "spring", "--json", json_output=True)["campaign"]


def begin(bench, people, *smsc):
    """Gateway, peers, and a campaign to all of them under way; the handsets."""
    bench.start_smsc("--stats-file", "smsc.json", *smsc)
    handsets = bench.start_handsets(people, PROVIDER)
    bench.write_settings()
    bench.start_gateway()
    bench.run("campaign", "new", "spring", "--content", str(PROVIDER), "--sec", "netwpin")
    bench.run("import", "recipients", "-", "--campaign", "spring", stdin=recipients_csv(people))
    bench.run("campaign", "start", "spring")
    return handsets


def finish(bench, seconds=120):
    wait_for("the campaign to finish", lambda: campaign(bench)["state"] == "finished", seconds)
    return campaign(bench)["counts"]


def summary(handsets):
    return json.loads(handsets.stop().splitlines()[-1])


def everything_gets_past_a_throttling_centre():
    people = phones(80, seed=11)
    with Bench("throttle", extra="[delivery]\nretry_first = 1\n") as bench:
        handsets = begin(bench, people, "--throttle-rate", "0.1")
        counts = finish(bench)
        expect((counts["delivered"], counts["failed"]) == (80, 0), counts)
        link = bench.run("carrier", "list", "--json", json_output=True)["carriers"][0]
        expect(link["throttled"] > 0, link)
        bench.gateway.stop()
        seen = summary(handsets)
        expect((seen["verified"], seen["failed"], seen["duplicates"]) == (80, 0, 0), seen)
        centre = json.loads(bench.smsc.stop().splitlines()[-1])
        expect(centre["throttled"] > 0 and centre["duplicate_parts"] == 0, centre)


def a_centre_that_restarts_loses_nothing():
    people = phones(150, seed=12)
    with Bench("smsc-restart", window=5, carrier="rate = 150", extra="[delivery]\nretry_first = 1\n") as bench:
        handsets = begin(bench, people)
        for goal in (30, 70):
            wait_for("some delivered", lambda: campaign(bench)["counts"]["delivered"] > goal)
            bench.smsc.process.kill()
            bench.smsc.process.wait()
            bench.start_smsc("--stats-file", "smsc.json")  # the same port
        # What the centre forgot has no receipt: those jobs stay "sent", everything else is delivered.
        wait_for("all sent", lambda: (lambda c: c["waiting"] + c["in_flight"] == 0)(campaign(bench)["counts"]))
        counts = wait_for("receipts", lambda: (lambda c: c if c["delivered"] >= 130 else None)(campaign(bench)["counts"]))
        expect(counts["sent"] + counts["delivered"] <= 150 and counts["failed"] == counts["expired"] == 0, counts)
        link = bench.run("carrier", "list", "--json", json_output=True)["carriers"][0]
        expect(link["reconnects"] >= 2 and link["state"] == "bound", link)


def links_that_drop_before_the_answer_lose_nothing():
    people = phones(60, seed=13)
    with Bench("drop", window=4, extra="[delivery]\nretry_first = 1\n") as bench:
        handsets = begin(bench, people, "--drop-every", "60", "--drop-before-resp")
        counts = finish(bench)
        expect((counts["delivered"], counts["failed"]) == (60, 0), counts)
        expect(counts["resent_parts"] > 0, f"the dropped part was in doubt: {counts}")
        events = bench.client("events").must(op="events", tenant="acme", after=0, credit=1000)["events"]
        kinds = {event["kind"] for event in events}
        expect({"in_doubt", "resent"} <= kinds, f"marked and told: {kinds}")
        bench.gateway.stop()
        expect(summary(handsets)["verified"] == 60, "every phone has it")
        centre = json.loads(bench.smsc.stop().splitlines()[-1])
        expect(centre["unique_parts"] == 180 and centre["duplicate_parts"] <= counts["resent_parts"], f"{centre} {counts}")


def a_permanent_error_fails_the_job_with_its_code():
    people = phones(10, seed=14)
    with Bench("permanent") as bench:
        begin(bench, people, "--error-rate", "1", "--error-status", "0x0B")
        counts = finish(bench)
        expect((counts["failed"], counts["delivered"]) == (10, 0), counts)
        jobs = bench.run("job", "list", "--state", "failed", "--json", json_output=True)["jobs"]
        expect(len(jobs) == 10 and {(j["reason"], j["reason_class"], j["attempt"]) for j in jobs} == {(11, "permanent", 1)}, jobs[0])
        centre = json.loads(bench.smsc.stop().splitlines()[-1])
        expect(centre["submits"] <= 30 and centre["accepted"] == 0, f"no part is tried twice: {centre}")


def receipts_that_say_no_fail_the_job():
    people = phones(40, seed=15)
    with Bench("undeliv") as bench:
        handsets = begin(bench, people, "--dlr-fail-rate", "0.2")
        counts = finish(bench)
        expect(counts["delivered"] + counts["failed"] == 40 and counts["delivered"] > 0 and counts["failed"] > 0, counts)
        bench.gateway.stop()
        expect(summary(handsets)["verified"] == 40, "the phones had it all the same")


def what_is_not_sent_in_time_expires():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with Bench("expiry") as bench:
            bench.smsc_port = free.getsockname()[1]  # bound by us and not listening: nobody answers
            bench.write_settings()
            bench.start_gateway()
            name = bench.run("send", str(PROVIDER), "--to", "+358401234567", "--sec", "none", "--expires-in", "1").strip()
            show = lambda: bench.run("job", "show", name, "--json", json_output=True)["job"]  # noqa: E731
            done = wait_for("expiry", lambda: (lambda j: j if j["state"] == "expired" else None)(show()))
            expect((done["accepted_parts"], done["delivered_parts"]) == (0, 0), done)
            events = bench.client("events").must(op="events", tenant="acme", after=0, wait_ms=5000)["events"]
            expect([(e["kind"], e["job"]) for e in events] == [("expired", name)], events)
            link = bench.run("carrier", "list", "--json", json_output=True)["carriers"][0]
            expect(link["state"] == "connecting" and link["detail"] and "secret" not in link["detail"], link)
            bench.gateway.stop()
            bench.run("store", "check")


main([everything_gets_past_a_throttling_centre, a_centre_that_restarts_loses_nothing, links_that_drop_before_the_answer_lose_nothing,
      a_permanent_error_fails_the_job_with_its_code, receipts_that_say_no_fail_the_job, what_is_not_sent_in_time_expires])
