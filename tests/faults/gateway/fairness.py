"""One tenant with a great many due jobs, one with ten: the ten go out within two scheduler rounds; pause and cancel answer at once.

CPGW_FAULTS=long uses a million jobs."""
import json
import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
from harness import Bench, expect, main, wait_for  # noqa: E402

LONG = os.environ.get("CPGW_FAULTS") == "long"
JOBS = 1_000_000 if LONG else 20_000
WINDOW = 10
QUANTUM = 32  # parts of one tenant in one scheduler round
XML = """<wap-provisioningdoc version="1.0"><characteristic type="BOOTSTRAP"><parm name="NAME" value="Small"/></characteristic>
</wap-provisioningdoc>"""


def recorded(bench):
    file = bench.folder / "smsc.jsonl"
    return [json.loads(line)["destination_addr"] for line in file.read_text().splitlines()] if file.exists() else []


def timed(client, **request):
    start = time.perf_counter()
    answer = client.must(**request)
    return answer, (time.perf_counter() - start) * 1000


def ten_are_out_beside_a_million():
    with Bench("fair", window=WINDOW, carrier="rate = 300", tenants=("big", "small")) as bench:
        bench.start_smsc("--record", "smsc.jsonl")
        bench.write_settings()
        bench.start_gateway()
        client = bench.client()
        content = {"type": "text/vnd.wap.connectivity-xml", "xml": XML, "security": "none"}
        client.must(op="campaign.new", tenant="big", name="flood", content=content)
        started = time.monotonic()
        cursor = dict(tenant="big", campaign="flood", source="00" * 32, **{"import": "rows"})
        client.must(op="import.open", **cursor)
        for first in range(0, JOBS, 1000):
            rows = [{"row": first + i + 1, "number": f"+35841{first + i:07d}"} for i in range(1000)]
            client.must(op="import.rows", expect_offset=first, next_offset=first + 1000, next_row=first + 1000, rows=rows,
                        finished=first + 1000 >= JOBS, **cursor)
        seconds = time.monotonic() - started
        client.must(op="campaign.start", tenant="big", name="flood")
        wait_for("the flood to run", lambda: len(recorded(bench)) > 3 * QUANTUM)

        before = len(recorded(bench))
        people = [{"number": f"+35842{i:07d}"} for i in range(10)]
        client.must(op="submit", tenant="small", submissions=[{"content": content, "recipients": people}])
        accepted_at = len(recorded(bench))
        wait_for("the ten", lambda: sum(n.lstrip("+").startswith("35842") for n in recorded(bench)) == 10)
        order = recorded(bench)
        last = max(i for i, n in enumerate(order) if n.lstrip("+").startswith("35842"))
        between = sum(not n.lstrip("+").startswith("35842") for n in order[accepted_at:last])

        _, pause_ms = timed(client, op="campaign.pause", tenant="big", name="flood")
        _, resume_ms = timed(client, op="campaign.resume", tenant="big", name="flood")
        answer, cancel_ms = timed(client, op="campaign.cancel", tenant="big", name="flood")
        counts = answer["campaign"]["counts"]
        print(json.dumps({"jobs": JOBS, "import_rows_per_second": round(JOBS / seconds), "parts_of_the_big_tenant_before_the_tenth": between,
                          "two_rounds": 2 * QUANTUM, "submitted_before": before, "pause_ms": round(pause_ms, 1),
                          "resume_ms": round(resume_ms, 1), "cancel_ms": round(cancel_ms, 1), "cancelled": counts["cancelled"]}))
        # What was claimed before the ten were accepted (at most two windows of parts) is already on its way.
        expect(between <= 2 * QUANTUM + 2 * WINDOW, f"{between} parts of the big tenant went out before the tenth")
        expect(counts["waiting"] == 0 and counts["cancelled"] > 0.9 * JOBS, f"cancel left {counts}")
        expect(pause_ms <= 100 or not LONG, f"pause took {pause_ms:.0f} ms")
        expect(cancel_ms <= 100 or not LONG, f"cancel took {cancel_ms:.0f} ms")
        bench.gateway.stop()


main([ten_are_out_beside_a_million])
