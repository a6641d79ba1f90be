"""`mock`: the reference, or a mutant of it, as a server."""

from __future__ import annotations

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from conformance.cli.common import Exit, FormatOption, PackOption, SeedOption, guarded, home, say


@guarded
def mock(
    *,
    pack: PackOption = "",
    port: Annotated[
        int, Parameter(name="--port", validator=validators.Number(gte=0, lt=65536))
    ] = 8080,
    host: Annotated[str, Parameter(name="--host", help="Address to listen on.")] = "127.0.0.1",
    mutant: Annotated[
        str | None, Parameter(name="--mutant", help="A mutant, or several joined by +.")
    ] = None,
    store: Annotated[
        Path | None, Parameter(name="--store", help="Keep state in this SQLite file.")
    ] = None,
    seed: SeedOption = 1,
    list_mutants: Annotated[
        bool, Parameter(name="--list-mutants", help="Name the mutants and end.", negative="")
    ] = False,
    format: FormatOption = "text",  # noqa: A002 - the option's published name
) -> int:
    """Serve the bundled reference at its port's root until interrupted."""
    from conformance.app.mocking import reference_app, signing_key
    from conformance.catalogue import packs
    from conformance.errors import UsageError
    from conformance.reference.serve import serve_in_thread

    loaded = packs.load(pack or packs.default())
    if list_mutants:
        mutants = loaded.plugin.mutants()
        if format == "json":
            listed = [
                {"name": m.name, "pack": loaded.id, "role": m.side, "breaks": list(m.breaks)}
                for m in mutants
            ]
            named = {"schema": "conformance-mutants/1", "mutants": listed}
            say(json.dumps(named, ensure_ascii=False, indent=2))
        else:
            for m in mutants:
                say(f"{m.name:32} {m.side:9} {', '.join(m.breaks):14} {m.summary}")
        return Exit.OK
    app = reference_app(
        loaded, home=home(), mutant=mutant, store=store, seed=seed if seed is not None else 1
    )
    try:
        serving = serve_in_thread(app, host=host, port=port)
    except OSError as error:
        raise UsageError(
            f"the mock cannot listen: {error}",
            where="--port",
            value=str(port),
            remedy="Choose a free port.",
        ) from None
    credentials = loaded.plugin.vocabulary.demonstration_credentials["primary"]
    key = str(signing_key(loaded, home()))
    # To be interrupted is how it ends, from the moment at which somebody can know of it.
    with serving, suppress(KeyboardInterrupt):
        if format == "json":
            document = {
                "schema": "conformance-mock/1",
                "base_url": serving.base_url,
                "credentials": dict(credentials),
                "signing_key": key,
            }
            say(json.dumps(document))
        else:
            faulty = f", {mutant}" if mutant else ""
            say(f"{loaded.id} {loaded.revision}{faulty}: {serving.base_url}")
            for name, value in credentials.items():
                say(f"  {name}={value}")
            say(f"  signing key: {key}")
            say("Stop it with Ctrl-C.")
        sys.stdout.flush()
        serving.wait()
    return Exit.OK
