"""Every --help ends with an example, and every example does what it says in a folder where a gateway runs with its peers.

Only two things are put in for what an example cannot know: a free port for 2775, and the id of a real job for 123456789."""
import pathlib
import shlex
import socket
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from harness import PROVIDER, Bench, Process, cpgw, expect, main, wait_for  # noqa: E402

FULL = ("encode", "send", "campaign new", "decode", "import recipients", "simulate smsc", "simulate handset",
        "new si", "new dm-bootstrap", "new dm-notification", "new status-report")


def subcommands(text):
    """The first words of the section "Subcommands"."""
    names, inside = [], False
    for line in text.splitlines():
        if line == "Subcommands:":
            inside = True
        elif inside and not line.startswith("  "):
            inside = False
        elif inside and line[2:3] != " ":
            names.append(line.split()[0])
    return names


def walk(words=()):
    """Every command with its help."""
    result = cpgw(*words, "--help")
    expect(result.returncode == 0 and not result.stderr, f"{words}: {result}")
    text = result.stdout.decode()
    yield " ".join(words), text
    for name in subcommands(text):
        yield from walk((*words, name))


HELP = dict(walk())


def example(command):
    """What the help shows, cut into words without the program's name."""
    words = shlex.split(HELP[command].rstrip("\n").splitlines()[-1])
    return words[1:]


def every_help_ends_with_an_example():
    expect(len(HELP) >= 35 and all(name in HELP for name in FULL), f"commands: {sorted(HELP)}")
    for command, text in HELP.items():
        lines = text.rstrip("\n").splitlines()
        expect(lines[-2] == "Example:" and lines[-1].startswith("  cpgw "), f"'{command}': {lines[-3:]}")
        words = shlex.split(lines[-1])[1:]
        expect(command == "" or words[:len(command.split())] == command.split() or command in ("import", "campaign", "job", "carrier", "config", "store", "simulate"),
               f"'{command}' shows another command: {lines[-1]}")
        expect(all(len(line) < 400 for line in lines), f"'{command}': a line no terminal shows")


def examples_run():
    ran = set()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with Bench("help") as bench:

        def words(command, job=None):
            ran.add(command)
            return [str(port) if w == "2775" else job if w == "123456789" else w for w in example(command)]

        def run(command, status=0, job=None):
            return bench.run(*words(command, job), status=status)

        run("init")
        run("config check")  # what init wrote
        (bench.folder / "cpgw.toml").unlink()
        (bench.folder / "settings.xml").write_text(PROVIDER.read_text())
        (bench.folder / "phones.csv").write_text("+358401234568,001010123456788\n+358401234567,001010123456789,12345678\n")
        (bench.folder / "people.csv").write_text("number,imsi\n+358401234567,001010123456789\n+358401234568,001010123456788\n")
        (bench.folder / "dm.secret").write_text("hush\n")
        (bench.folder / "dm.nonce").write_text("bm9uY2UtMDE=\n")
        for kind, options in (("si", []), ("sl", []), ("co", []), ("emn", []), ("dm-bootstrap", ["--sec", "none"]),
                              ("dm-notification", ["--type", "application/vnd.syncml.notification"])):
            bench.run("encode", "-", "--as", "sms", *options, stdin=run(f"new {kind}").encode())
        expect("SMS-STATUS-REPORT" in bench.run("decode", "-", "--to", "json", stdin=run("new status-report").encode()), "report")
        parts = run("encode")
        (bench.folder / "push.hex").write_text(parts)
        decoded = run("decode")
        expect(decoded.split() == PROVIDER.read_text().split(), f"decode: {decoded[:300]}")
        expect("holds" in run("verify"), "verify")
        run("lint")
        run("import providers")
        expect(len(list((bench.folder / "documents").iterdir())) > 600, "documents")

        bench.smsc_port = port
        bench.write_settings()
        bench.gateway = Process(words("serve"), bench.folder, "gateway")
        bench.running.append(bench.gateway)

        run("campaign new")
        run("import recipients")
        run("campaign start")
        run("campaign pause")
        run("campaign status")
        run("campaign resume")
        bench.smsc = Process(words("simulate smsc"), bench.folder, "smsc")
        bench.running.append(bench.smsc)
        handsets = Process(words("simulate handset"), bench.folder, "handset", first_line=False)
        bench.running.append(handsets)
        run("campaign watch")
        expect(" finished " in run("campaign list"), "the campaign has finished")
        run("campaign cancel", status=1)  # too late
        job = run("send").strip()
        wait_for("delivery", lambda: "delivered" in run("job show", job=job))
        run("job list")
        expect(job in run("subscriber"), "subscriber")
        run("carrier list")
        run("config reload")
        run("store stats")

        client = bench.client()
        content = {"type": "text/vnd.wap.connectivity-xml", "xml": PROVIDER.read_text(), "security": "userpinmac"}
        tomorrow = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 86400 * 2))
        coded = client.must(op="submit", tenant="acme", submissions=[{"content": content, "recipients": [{"number": "+358401234569"}],
                                                                      "not_before": tomorrow}])
        expect(coded["results"][0]["ok"], coded)
        later = coded["results"][0]["ids"][0]
        expect(run("job code", job=later).strip().isdigit(), "code")
        run("job cancel", job=later)

        groups = {"import", "campaign", "job", "carrier", "config", "store", "simulate", "new", ""}
        for group in groups:
            run_too = group in ("", "simulate") or any(example(group) == example(command) for command in ran)
            expect(run_too or bench.run(*example(group), status=0), group)
        expect(cpgw(*words("store check"), cwd=bench.folder).returncode == 4, "checked while the gateway runs")
        for process in (bench.gateway, handsets, bench.smsc):
            process.stop()
            expect(process.process.returncode == 0, f"{process.name} ended with {process.process.returncode}: {process.errors()}")
        run("store check")
        run("demo")
        expect(ran == set(HELP) - groups, f"not run: {sorted(set(HELP) - groups - ran)}")


main([every_help_ends_with_an_example, examples_run])
