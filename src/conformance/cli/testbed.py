"""`testbed`: the national side, for software that pushes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter, validators

from conformance.cli.certify import (
    AsOfOption,
    ClaimOption,
    ConfigOption,
    DryRunOption,
    ResumeOption,
    certified,
)
from conformance.cli.common import (
    ClassOption,
    FormatOption,
    LanguageOption,
    OutOption,
    PackOption,
    SeedOption,
    day,
    guarded,
    home,
)

_USUAL = 8080
_PORT = validators.Number(gte=0, lt=65536)


@guarded
def testbed(
    name: str = "",
    /,
    *,
    port: Annotated[
        int | None,
        Parameter(
            name="--port",
            help="Where to listen; 8080 by default, with --exec any.",
            validator=_PORT,
        ),
    ] = None,
    exec: Annotated[  # noqa: A002 - the option's published name
        str | None, Parameter(name="--exec", help="Start this command for each mission.")
    ] = None,
    https: Annotated[
        bool | None,
        Parameter(name="--https", help="Speak TLS, under the test CA.", show_default=False),
    ] = None,
    client_certificate: Annotated[
        bool | None,
        Parameter(
            name="--client-certificate",
            help="With TLS: demand a certificate of the client.",
            show_default=False,
        ),
    ] = None,
    page_port: Annotated[
        int | None,
        Parameter(
            name="--page-port", help="Where the live page is; any by default.", validator=_PORT
        ),
    ] = None,
    deadline: Annotated[
        float | None,
        Parameter(
            name="--deadline",
            help="Seconds for each mission; 900 by default, with --exec 60.",
            validator=validators.Number(gt=0, lte=86_400),
        ),
    ] = None,
    quiet: Annotated[
        float | None,
        Parameter(
            name="--quiet",
            help="Seconds without a request after which a mission is over; 20 by default.",
            validator=validators.Number(gt=0, lte=86_400),
        ),
    ] = None,
    pack: PackOption = "",
    classes: ClassOption = (),
    claim: ClaimOption = None,
    config: ConfigOption = None,
    seed: SeedOption = None,
    as_of: AsOfOption = None,
    out: OutOption = Path("conformance-out"),
    lang: LanguageOption = "en",
    format: FormatOption = "text",  # noqa: A002 - the option's published name
    dry_run: DryRunOption = False,
    resume: ResumeOption = False,
) -> int:
    """
    Be the national side: certify software that pushes, as `certify listen:PORT` does.

    Args:
        name: a [target.NAME] of conformance.toml whose locator is listen:PORT or exec:COMMAND.
    """
    from conformance.app.options import RunOptions
    from conformance.errors import UsageError
    from conformance.model.requirement import Language, Role

    if name and port is not None:
        raise UsageError(
            "the table says already where to listen",
            where="NAME",
            value=name,
            remedy="Leave --port out, or the name.",
        )
    if name and exec is not None:
        raise UsageError(
            "the table says already what to start",
            where="NAME",
            value=name,
            remedy="Leave --exec out, or the name.",
        )
    if exec is not None:
        target = f"exec:{exec}"
    else:
        target = name or f"listen:{_USUAL if port is None else port}"
    said = {
        "port": port if exec is not None else None,
        "https": https,
        "client_certificate": client_certificate,
        "page_port": page_port,
        "deadline": deadline,
        "quiet": quiet,
    }
    options = RunOptions(
        target=target,
        out=out,
        home=home(),
        pack=pack,
        roles=(Role.CONSUMER,),
        classes=classes,
        claim=claim,
        config=config,
        seed=seed,
        as_of=day(as_of),
        language=Language(lang),
        resume=resume,
        testbed={key: value for key, value in said.items() if value is not None},
    )
    return certified(options, as_json=format == "json", dry_run=dry_run)
