"""Holds the include table of docs/architecture.md: which room may include which. Prints every line that breaks it."""
import pathlib
import re
import subprocess
import sys

MAY = {  # room -> rooms it may include besides itself and base
    "base": [],
    "wbxml": [],
    "signer": [],
    "si_sl": ["wbxml"],
    "queue": [],
    "queue/zmq": [],
    "carriers": ["si_sl"],
    "config": [],
    "gateway/provisioning": ["wbxml", "signer", "si_sl", "config"],
    "gateway/flow": ["wbxml", "signer", "si_sl", "queue", "carriers", "config", "gateway/provisioning"],
    "gateway/campaigns": ["queue", "signer", "gateway/flow", "gateway/provisioning"],
    "gateway/service": ["wbxml", "signer", "si_sl", "queue", "carriers", "gateway/flow", "gateway/campaigns", "gateway/doors/request_handler.h"],
    "gateway/doors": ["gateway/service", "queue/zmq", "gateway/flow/log.h"],
    "gateway/simulators": ["wbxml", "signer", "si_sl", "carriers", "gateway/provisioning"],
    "gateway/cli": ["*"],
    "gateway": ["gateway/cli"],
    "tests": ["*"],
}
ROOT_FILES = {
    "CMakeLists.txt", "CMakePresets.json", "dev", "README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE",
    ".clang-format", ".clang-tidy", ".gitignore", ".gitattributes",
}
ROOT_FOLDERS = {"gateway", "wbxml", "si_sl", "signer", "queue", "carriers", "tests", "config", "base", "docs", ".ci"}


def room_of(path):
    best = ""
    for room in MAY:
        if (path == room or path.startswith(room + "/")) and len(room) > len(best):
            best = room
    return best


def main():
    top = pathlib.Path(sys.argv[1]).resolve()
    listed = subprocess.run(["git", "-C", str(top), "ls-files", "-co", "--exclude-standard"], capture_output=True, text=True, check=True)
    files = [f for f in listed.stdout.splitlines() if (top / f).exists()]
    wrong = []
    for file in files:
        head = file.split("/")[0]
        if ("/" in file and head not in ROOT_FOLDERS) or ("/" not in file and file not in ROOT_FILES):
            wrong.append(f"{file}: not a place of this project's layout")
        if file.startswith("gateway/") and file.count("/") == 1 and not file.endswith((".md", ".txt")) and file != "gateway/main.cpp":
            wrong.append(f"{file}: directly under gateway/ stands only main.cpp")
        if not file.endswith((".h", ".cpp")):
            continue
        room = room_of(file)
        allowed = MAY.get(room, [])
        for number, line in enumerate((top / file).read_text().splitlines(), 1):
            found = re.match(r'#include "([^"]+)"', line)
            if not found:
                continue
            target = found.group(1)
            other = room_of(target)
            if room == "tests" and ((top / file).parent / target).exists():
                continue  # a test's own helpers stand beside it
            if not (top / target).exists():
                wrong.append(f"{file}:{number}: {target} is not a path from the project's root")
            elif other in (room, "base") or "*" in allowed or other in allowed or target in allowed:
                continue
            else:
                wrong.append(f"{file}:{number}: {room} may not include {other}")
    for line in wrong:
        print(line)
    print(f"{len(files)} files looked at, {len(wrong)} lines break the layout")
    return 1 if wrong else 0


sys.exit(main())
