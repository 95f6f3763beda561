#!/usr/bin/python3
"""Submits one provisioning document to a running cpgw and prints the ids of its jobs.

    submit.py ipc:///srv/cpgw/var/run/intake.sock TENANT FILE.xml +358401234567 --security netwpin --imsi-file FILE

The request carries a key. When no answer comes, the same request is sent again with the same key: cpgw then
replays its first answer instead of sending twice. Needs pyzmq (Debian: python3-zmq). Frames: docs/zeromq.md.
"""
import argparse
import itertools
import json
import os
import sys
import time
import uuid

import zmq


class NoAnswer(Exception):
    """The gateway could not be reached in time."""


class Gateway:
    """One DEALER connection; asks again until an answer comes."""

    def __init__(self, endpoint, timeout=5.0, attempts=5):
        self.endpoint, self.timeout_ms, self.attempts = endpoint, int(timeout * 1000), attempts
        self.context = zmq.Context.instance()
        self.ids = itertools.count(1)
        self.socket = None

    def _connect(self):
        if self.socket is not None:
            self.socket.close(linger=0)
        self.socket = self.context.socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.IMMEDIATE, 1)  # queue nothing for a gateway that is not there
        self.socket.connect(self.endpoint)

    def ask(self, request):
        """The answer to `request`, a dict that may safely arrive twice."""
        body = json.dumps(request).encode()
        for _ in range(self.attempts):
            if self.socket is None:
                self._connect()
            request_id = str(next(self.ids)).encode()
            if self.socket.poll(self.timeout_ms, zmq.POLLOUT):
                self.socket.send_multipart([b"CPGW1", request_id, body])
                while self.socket.poll(self.timeout_ms, zmq.POLLIN):
                    version, answered, answer = self.socket.recv_multipart()
                    if version == b"CPGW1" and answered == request_id:
                        break
                else:
                    self._connect()  # a lost answer: start afresh
                    continue
                answer = json.loads(answer)
                if not any(error["code"] == "gateway/busy" for error in answer.get("errors", [])):
                    return answer
                time.sleep(1)  # nothing was taken
        raise NoAnswer(f"no answer from {self.endpoint}")


def secret(name, file):
    """From a file or the environment, never from the command line, which everybody can read."""
    if file:
        with open(file, encoding="ascii") as lines:
            return lines.read().strip()
    return os.environ.get("CPGW_" + name.upper())


def main():
    parser = argparse.ArgumentParser(description="Submit one provisioning document to cpgw.")
    parser.add_argument("endpoint")
    parser.add_argument("tenant")
    parser.add_argument("file", help="document, XML")
    parser.add_argument("number", nargs="+", help="+358401234567")
    parser.add_argument("--security", required=True, choices=["netwpin", "userpin", "usernetwpin", "userpinmac", "none"])
    parser.add_argument("--imsi-file", help="else the variable CPGW_IMSI")
    parser.add_argument("--pin-file", help="else the variable CPGW_PIN")
    parser.add_argument("--key", default=str(uuid.uuid4()), help="makes the request safe to repeat (default: a new one)")
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds per attempt")
    options = parser.parse_args()

    imsi, pin = secret("imsi", options.imsi_file), secret("pin", options.pin_file)
    if imsi and len(options.number) > 1:
        parser.error("one IMSI belongs to one number")
    recipients = []
    for number in options.number:
        recipient = {"number": number}
        if imsi:
            recipient["imsi"] = imsi
        if pin:
            recipient["pin"] = pin
        recipients.append(recipient)
    with open(options.file, encoding="utf-8") as document:
        xml = document.read()
    request = {
        "op": "submit",
        "tenant": options.tenant,
        "key": options.key,
        "submissions": [{
            "content": {"type": "text/vnd.wap.connectivity-xml", "xml": xml, "security": options.security},
            "recipients": recipients,
        }],
    }
    try:
        answer = Gateway(options.endpoint, options.timeout).ask(request)
    except NoAnswer as error:
        print(f"{error}; ask again with --key {options.key}", file=sys.stderr)
        return 4
    problems = answer.get("errors", [])
    for result in answer.get("results", []):
        problems += result.get("errors", [])
        for job in result.get("ids", []):
            print(job)
    for problem in problems:
        print(f"{problem['code']}: {problem['message']} {problem.get('field', '')}".rstrip(), file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
