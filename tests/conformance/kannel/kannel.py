"""Kannel's bearerbox and smsbox as a peer: own folder, free ports, ended by pid; and the message centre they send to."""
import http.client
import pathlib
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
import urllib.parse

CONFIGURATION = """\
group = core
admin-port = {admin}
admin-password = test
smsbox-port = {boxes}
wdp-interface-name = "127.0.0.1"
box-deny-ip = "*.*.*.*"
box-allow-ip = "127.0.0.1"
log-file = "{folder}/bearerbox.log"
log-level = 1
dlr-storage = internal

group = smsc
smsc = smpp
host = 127.0.0.1
port = {smpp}
transceiver-mode = true
smsc-username = test
smsc-password = test
system-type = ""

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {sendota}
log-file = "{folder}/smsbox.log"
log-level = 1

group = sendsms-user
username = test
password = test
max-messages = 20
concatenation = true

group = sms-service
keyword = default
text = "none"
"""
SUBMIT_SM, BINDS, LINK = 0x04, (0x01, 0x02, 0x09), (0x06, 0x15)


class Failure(Exception):
    pass


def wait_for(what, probe, seconds=30.0):
    """Polls until probe() is true; the limit is there to end a hang, not to measure."""
    end = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"waited {seconds:.0f} s for {what}")
        time.sleep(0.02)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def user_data(pdu):
    """Destination and short_message of a submit_sm (SMPP 3.4, 4.4.1)."""
    fields, at = [], 16

    def text():
        nonlocal at
        end = pdu.index(0, at)
        fields.append(pdu[at:end])
        at = end + 1

    text()  # service_type
    at += 2
    text()  # source_addr
    at += 2
    text()  # destination_addr
    at += 3  # esm_class, protocol_id, priority_flag
    text()  # schedule_delivery_time
    text()  # validity_period
    at += 4  # registered_delivery, replace_if_present_flag, data_coding, sm_default_msg_id
    return fields[2].decode(), pdu[at + 1:at + 1 + pdu[at]]


class MessageCentre:
    """Takes every submit_sm; what it took is kept by number."""

    def __init__(self):
        self.taken = {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                link, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(link,), daemon=True).start()

    def _serve(self, link):
        with link, link.makefile("rb") as octets:
            while len(head := octets.read(16)) == 16:
                length, command, _, sequence = struct.unpack(">IIII", head)
                pdu = head + octets.read(length - 16)
                if command == SUBMIT_SM:
                    number, data = user_data(pdu)
                    self.taken.setdefault(number, []).append(data)
                elif command not in BINDS + LINK:
                    continue
                body = b"1\0" if command == SUBMIT_SM or command in BINDS else b""
                link.sendall(struct.pack(">IIII", 16 + len(body), command | 0x80000000, 0, sequence) + body)

    def parts_of(self, number):
        """All parts of the message to `number`, or nothing while some are on their way. 00: concatenation, 23.040 9.2.3.24.1."""
        parts = self.taken.get(number, [])
        if not parts:
            return None
        header, at, total = parts[0][1:1 + parts[0][0]], 0, 1
        while at < len(header):
            if header[at] == 0x00:
                total = header[at + 3]
            at += 2 + header[at + 1]
        return parts if len(parts) == total else None


class Kannel:
    def __enter__(self):
        for program in ("bearerbox", "smsbox"):
            if not (shutil.which(program) or pathlib.Path("/usr/sbin", program).exists()):
                raise Failure(f"{program} is missing: it judges our octets; install kannel")
        self.folder = tempfile.mkdtemp(prefix="cpgw-kannel-")
        self.centre = MessageCentre()
        self.processes = []
        admin, boxes, self.sendota_port = free_ports(3)
        configuration = pathlib.Path(self.folder, "kannel.conf")
        configuration.write_text(CONFIGURATION.format(folder=self.folder, admin=admin, boxes=boxes, smpp=self.centre.port, sendota=self.sendota_port))
        try:
            self._start("bearerbox", configuration)
            wait_for("bearerbox", lambda: listens(boxes))
            self._start("smsbox", configuration)
            wait_for("smsbox", lambda: listens(self.sendota_port))
        except BaseException:
            self.__exit__()
            raise
        return self

    def _start(self, program, configuration):
        path = shutil.which(program) or f"/usr/sbin/{program}"
        self.processes.append(subprocess.Popen([path, "-v", "4", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def __exit__(self, *_):
        for process in reversed(self.processes):
            process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.centre.listener.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def sendota(self, number, fields):
        """The answer's status and text."""
        query = urllib.parse.urlencode({"username": "test", "password": "test", "from": "12345", "to": "+" + number, **fields})
        connection = http.client.HTTPConnection("127.0.0.1", self.sendota_port, timeout=20)
        try:
            connection.request("GET", "/cgi-bin/sendota?" + query)
            answer = connection.getresponse()
            return answer.status, answer.read().decode("latin-1")
        finally:
            connection.close()
