#!/usr/bin/python3
"""Prints the events of a tenant, one JSON document per line, and goes on where it stopped.

    follow_events.py ipc:///srv/cpgw/var/run/events.sock TENANT [--state FILE] [--once]

Sequences have no gaps: the file holds the last one printed. A gap means that older events were trimmed before
they were asked for; it is reported. Needs pyzmq (Debian: python3-zmq). Frames: docs/zeromq.md.
"""
import argparse
import json
import os
import sys

from submit import Gateway, NoAnswer


def load(state):
    if state and os.path.exists(state):
        with open(state, encoding="ascii") as file:
            return int(file.read())
    return 0


def store(state, sequence):
    """Whole or not at all: a half-written number would repeat or lose events."""
    if not state:
        return
    with open(state + ".new", "w", encoding="ascii") as file:
        file.write(f"{sequence}\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(state + ".new", state)


def main():
    parser = argparse.ArgumentParser(description="Follow the events of a cpgw tenant.")
    parser.add_argument("endpoint")
    parser.add_argument("tenant")
    parser.add_argument("--state", help="file that keeps the last sequence")
    parser.add_argument("--once", action="store_true", help="stop when there is nothing new")
    options = parser.parse_args()

    wait_ms = 0 if options.once else 10000
    gateway = Gateway(options.endpoint, timeout=5 + wait_ms / 1000)
    after = load(options.state)
    while True:
        try:
            answer = gateway.ask({"op": "events", "tenant": options.tenant, "after": after, "credit": 500, "wait_ms": wait_ms})
        except NoAnswer as error:
            print(error, file=sys.stderr)
            return 4
        if not answer["ok"]:
            print(json.dumps(answer["errors"]), file=sys.stderr)
            return 1
        events = answer["events"]
        if answer.get("first_kept", 0) > after + 1:
            print(f"events {after + 1} to {answer['first_kept'] - 1} were trimmed", file=sys.stderr)
        for event in events:
            print(json.dumps(event), flush=True)
            after = event["sequence"]
        if events:
            store(options.state, after)
        elif options.once:
            return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (KeyboardInterrupt, BrokenPipeError):
        sys.exit(0)
