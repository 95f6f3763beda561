"""Kannel writes today what tests/vectors/kannel/sendota.txt says it wrote; the unit tests hold our octets against that file.

`sendota_test.py --record` writes the parts of every block anew: the one way to change them.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from kannel import Failure, Kannel, wait_for  # noqa: E402

RECORDED = pathlib.Path(__file__).resolve().parents[2] / "vectors" / "kannel" / "sendota.txt"
REFERENCE = b"\x00\x03"


def blocks():
    """Name, value pairs of each block in their order; `text` may stand on several lines, joined by line ends."""
    return [[tuple(line.split(": ", 1)) for line in block.splitlines() if not line.startswith("#")]
            for block in RECORDED.read_text().split("\n\n")]


def without_reference(part):
    """The user data header and the rest; the concatenation reference, which counts on for each message, as zero."""
    data = bytearray(part)
    at = data.find(REFERENCE, 1, 1 + data[0])
    if at > 0:
        data[at + 2] = 0
    header = 1 + data[0]
    return data[:header].hex().upper() + " " + data[header:].hex().upper()


def sent(kannel, index, block):
    number = str(358409000000 + index)
    fields = {name: value for name, value in block if name in ("type", "sec", "pin")}
    fields["text"] = "\n".join(value for name, value in block if name == "text")
    status, text = kannel.sendota(number, fields)
    if status != 202:
        raise Failure(f"sendota answered {status} {text}")
    return [without_reference(part) for part in wait_for("every part", lambda: kannel.centre.parts_of(number))]


def main():
    record = sys.argv[1:] == ["--record"]
    wrong, out, count = 0, [], 0
    comment = [line for line in RECORDED.read_text().splitlines() if line.startswith("#")]
    with Kannel() as kannel:
        for index, block in enumerate(block for block in blocks() if block):
            count += 1
            parts = sent(kannel, index, block)
            if parts != [value for name, value in block if name == "part"]:
                wrong += 1
                print(f"{dict(block)['id']}: Kannel now writes\n  " + "\n  ".join(parts))
            kept = [f"{name}: {value}" for name, value in block if name != "part"]
            out.append("\n".join(kept + [f"part: {part}" for part in parts]))
    if record:
        RECORDED.write_text("\n\n".join(["\n".join(comment)] + out) + "\n")
        print(f"{count} recorded")
        return 0
    print(f"{count} sent, {wrong} differ from the recording")
    return 1 if wrong or count == 0 else 0


sys.exit(main())
