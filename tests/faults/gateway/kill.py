"""kill -9 of the gateway at random moments of a running campaign: nothing lost, nothing stuck, few and marked duplicates.

CPGW_FAULTS=long runs the full form: 20 kills in a campaign of 20,000 jobs."""
import json
import os
import pathlib
import random
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
from harness import PROVIDER, Bench, expect, main, phones, recipients_csv, wait_for  # noqa: E402

LONG = os.environ.get("CPGW_FAULTS") == "long"
KILLS, JOBS, RATE = (20, 20000, 1000) if LONG else (3, 1500, 1500)
WINDOW = 10


def campaign(client):
    return client.must(op="campaign.status", tenant="acme", name="crash")["campaign"]


def killed_gateway_loses_nothing():
    seed = int(os.environ.get("CPGW_SEED", "0")) or random.SystemRandom().randrange(1, 10**9)
    draw = random.Random(seed)
    print(f"seed {seed} (CPGW_SEED repeats it)")
    people = phones(JOBS, seed=seed)
    with Bench("kill", window=WINDOW, carrier=f"rate = {RATE}") as bench:
        bench.start_smsc("--stats-file", "smsc.json", "--wait-for-phone")
        handsets = bench.start_handsets(people, PROVIDER)
        bench.write_settings()
        bench.start_gateway()
        bench.run("campaign", "new", "crash", "--tenant", "acme", "--content", str(PROVIDER), "--sec", "netwpin")
        bench.run("import", "recipients", "-", "--tenant", "acme", "--campaign", "crash", stdin=recipients_csv(people))
        bench.run("campaign", "start", "crash", "--tenant", "acme")
        parts = 0
        for kill in range(KILLS):
            client = bench.client()
            # Each kill falls into its own share of the campaign, at a random place of it.
            goal = int(JOBS * (kill + draw.uniform(0.1, 0.9)) / (KILLS + 1))

            def far_enough():
                counts = campaign(client)["counts"]
                return counts["sent"] + counts["delivered"] >= goal

            wait_for(f"{goal} of {JOBS} sent", far_enough, 600)
            time.sleep(draw.uniform(0, 0.05))
            expect(campaign(client)["counts"]["delivered"] < JOBS, "the campaign must outlast the kills")
            bench.gateway.process.send_signal(signal.SIGKILL)
            bench.gateway.process.wait()
            client.close()
            bench.start_gateway()

        client = bench.client()
        wait_for("every job delivered", lambda: campaign(client)["counts"]["delivered"] == JOBS, 900)
        counts = campaign(client)["counts"]
        stuck = counts["waiting"] + counts["in_flight"] + counts["sent"]
        expect(stuck == 0, f"stuck: {counts}")
        resent_events = 0
        marked = set()
        events = bench.client("events")
        after = 0
        while True:
            page = events.must(op="events", tenant="acme", after=after, credit=1000, wait_ms=0)
            for event in page["events"]:
                after = event["sequence"]
                if event["kind"] == "resent":
                    resent_events += 1
                if event["possible_duplicate"]:
                    marked.add(event["job"])
            if not page["events"]:
                break
        bench.gateway.stop()
        summary = json.loads(handsets.stop().splitlines()[-1])
        bench.smsc.stop()
        smsc = json.loads((bench.folder / "smsc.json").read_text())
        duplicates = smsc["duplicate_parts"]
        print(json.dumps({"jobs": JOBS, "kills": KILLS, "verified": summary["verified"], "duplicate_parts": duplicates,
                          "resent_parts": counts["resent_parts"], "resent_events": resent_events, "marked_jobs": len(marked),
                          "unique_parts": smsc["unique_parts"]}))
        expect(summary["verified"] == JOBS, f"lost: {JOBS - summary['verified']}")
        expect(duplicates <= 2 * WINDOW * KILLS, f"{duplicates} duplicate parts, at most {2 * WINDOW * KILLS} allowed")
        expect(duplicates <= counts["resent_parts"], "a duplicate that was not counted as resent")
        expect(len(marked) >= (1 if counts["resent_parts"] else 0) and resent_events == len(marked) or resent_events >= len(marked),
               f"resent pushes not marked: {resent_events} events, {len(marked)} marked jobs")


main([killed_gateway_loses_nothing])
