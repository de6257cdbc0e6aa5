"""Runs one of the servers that are compared, each by uvicorn with the options of the real server."""

import argparse
import socket
from typing import Literal

from fastapi import FastAPI

from benchmarks.processes import end_with_parent

Kind = Literal["ours", "baseline", "relay"]
KINDS: tuple[Kind, ...] = ("ours", "baseline", "relay")


def ours(llm_url: str) -> FastAPI:
    """The application as it is shipped, its real model client included; only the voice costs nothing."""
    from benchmarks.scripted_voice import ScriptedVoice
    from voice.api.app import create_app
    from voice.assembly import Assembly
    from voice.characters import configured_cast
    from voice.engine_settings import ASRSettings, LLMSettings
    from voice.logs import set_up_logs
    from voice.parts import Note, Parts
    from voice.settings import LimitSettings, Settings

    class ScriptedAssembly(Assembly):
        async def _choose_speaking(self) -> tuple[ScriptedVoice, Note]:
            return ScriptedVoice(), ("scripted", "脚本")

    set_up_logs(None)
    settings = Settings(
        LLM=LLMSettings(api=llm_url, model="scripted"),
        asr=ASRSettings(engine="none"),
        # A client may come back before the server has put its last turn away: room for more than the streams.
        limits=LimitSettings(turns=10_000),
    )
    parts, cast = Parts(), configured_cast(settings)[0]
    assembly = ScriptedAssembly(settings, parts, cast.all_voices(), chosen=lambda _: None)
    return create_app(settings, parts, cast, start=assembly.start)


def build(kind: Kind, llm_url: str) -> FastAPI:
    """One of KINDS."""
    if kind == "ours":
        return ours(llm_url)
    elif kind == "baseline":
        from benchmarks.polled_baseline import create_app
    else:
        from benchmarks.relay import create_app
    return create_app(llm_url)


def main() -> None:
    import uvicorn

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--llm", required=True, help="the model's complete URL")
    flags = parser.parse_args()
    end_with_parent()
    app = build(flags.kind, flags.llm)
    listener = socket.socket()
    listener.bind(("127.0.0.1", flags.port))
    listener.listen(1024)
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    options = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=1, ws="none"
    )
    uvicorn.Server(options).run([listener])


if __name__ == "__main__":
    main()
