"""Clients that openapi-generator makes of the OpenAPI document, each used by a small program against one server.

The programs stand in Tests/contract/clients. They create a case, list with pages, act with If-Match, import, and read
the feed.
"""

import os
import pathlib
import shutil
import tempfile
import time

from lab import settings
from lab.client import Client
from lab.server import Server
from lab.table import Table

TOOLS = settings.ROOT / ".build-clients" / "bin"
PROGRAMS = settings.ROOT / "Tests" / "contract" / "clients"
# Of each language: the generator, its options, where it puts what it makes of schemas, and the program.
GENERATORS = {
    "go": ("go", "isGoSubmodule=true", "model_*.go", "main.go"),
    "java": (
        "java",
        "library=native,openApiNullable=false",
        "src/main/java/org/openapitools/client/model/*.java",
        "Client.java",
    ),
    "php": ("php", "", "lib/Model/*.php", "client.php"),
    "python": ("python", "", "openapi_client/models/*.py", "client.py"),
    "typescript": ("typescript-fetch", "", "models/*.ts", "client.ts"),
}
# How programs that write one file a schema are told to write no tests and no pages.
NO_MORE = "apiTests=false,modelTests=false,apiDocs=false,modelDocs=false"
# A schema has a file of its own; an object that has no name has one, too, and there are none of these.
FILES_PER_SCHEMA_MAX = 1.1


def generate(language, document, folder):
    """Writes a client into `folder/client`; how many files it has for schemas."""
    generator, options, models, _ = GENERATORS[language]
    command = [TOOLS / "openapi-generator-cli", "generate", "-i", document, "-g", generator, "-o", folder / "client"]
    command += ["--global-property", NO_MORE]
    settings.run(*command, *(["--additional-properties", options] if options else []))
    return len(list((folder / "client").glob(models)))


def jars():
    inside = next((TOOLS.parent / "lib").glob("python3*/site-packages/openapi_generator_cli/openapi-generator.jar"))
    return f"{inside}:/usr/share/java/geronimo-annotation-1.3-spec.jar"


def go(folder, environment):
    compiler = settings.ROOT / ".build-go" / "bin" / "go"
    (folder / "go.mod").write_text("module netral\n\ngo 1.24\n")
    for name in ("go.mod", "go.sum"):
        (folder / "client" / name).unlink(missing_ok=True)
    # Nothing is fetched: the client needs nothing but what Go has.
    environment = {**environment, "GOPROXY": "off", "GOFLAGS": "-mod=mod", "GOCACHE": str(folder / "cache")}
    return settings.run(compiler if compiler.exists() else "go", "run", ".", cwd=folder, env=environment)


def java(folder, environment):
    sources = [*(folder / "client/src/main").rglob("*.java"), folder / "Client.java"]
    # The generator's own jar has the libraries that its clients need.
    settings.run("javac", "-nowarn", "-d", folder / "classes", "-cp", jars(), *sources)
    return settings.run("java", "-cp", f"{folder / 'classes'}:{jars()}", "Client", env=environment)


def php(folder, environment):
    return settings.run("php", folder / "client.php", env=environment)


def python(folder, environment):
    environment = {**environment, "PYTHONPATH": str(folder / "client")}
    return settings.run(TOOLS / "python", folder / "client.py", env=environment)


def typescript(folder, environment):
    options = ["--target", "es2020", "--module", "commonjs", "--lib", "es2020,dom", "--strictNullChecks"]
    settings.run("tsc", *options, "--outDir", folder / "out", folder / "client.ts")
    return settings.run("node", folder / "out" / "client.js", env=environment)


RUN = {"go": go, "java": java, "php": php, "python": python, "typescript": typescript}


def use(language, document, server, folder):
    """Makes a client and runs its program; how many files the client has for schemas, and what the program did."""
    folder.mkdir()
    count = generate(language, document, folder)
    shutil.copy(PROGRAMS / GENERATORS[language][3], folder)
    keys = {name: server.keys[name] for name in ("BAWASLU", "BKN")}
    told = RUN[language](folder, {**os.environ, **keys, "NETRAL_URL": server.url})
    return count, told.split("\n")


def main(arguments):
    languages = arguments or sorted(GENERATORS)
    if unknown := set(languages) - set(GENERATORS):
        raise SystemExit(f"{', '.join(unknown)}: {', '.join(sorted(GENERATORS))} are possible")
    settings.prepare("clients")
    netral = settings.program()
    table = Table("language", "files of schemas", "seconds", "outcome")
    failed = []
    with tempfile.TemporaryDirectory(prefix="netral-clients-") as name:
        folder = pathlib.Path(name)
        server = Server(netral, folder / "demo.sqlite").demo()
        with server.start():
            answer = Client(server.url).get(None, "/openapi.json")
            document = folder / "openapi.json"
            document.write_bytes(answer.body)
            schemas = len(answer.json["components"]["schemas"])
            for language in languages:
                started, count = time.monotonic(), None
                try:
                    count, told = use(language, document, server, folder / language)
                    steps = [line.split(" ")[0] for line in told if line]
                    outcome = ", ".join(steps)
                    if steps != ["created", "listed", "acted", "imported", "followed"]:
                        failed.append(language)
                    if count > schemas * FILES_PER_SCHEMA_MAX:
                        failed.append(language)
                        outcome = f"{count} files for {schemas} schemas"
                except SystemExit as error:
                    failed.append(language)
                    outcome = "FAILED"
                    print(error, flush=True)
                table.row(language, count, f"{time.monotonic() - started:.1f}", outcome)
    return 1 if failed else 0
