"""A real RabbitMQ: a virtual host of the machine's own broker, or a node of the test's own to stop and kill."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

SYSTEM = ("127.0.0.1", 5672)
PROGRAMS = Path("/usr/lib/rabbitmq/bin")
"""Behind the wrappers in /usr/sbin, which change the user and with it the home."""
GREETING = b"AMQP\x00\x00\x09\x01"
PERMIT = """rabbit_auth_backend_internal:set_permissions(
    <<"guest">>, N, <<".*">>, <<".*">>, <<".*">>, <<"tests">>)"""
START_S, STOP_S, CONTROL_S = 60.0, 30.0, 60.0


@contextmanager
def system_broker() -> Iterator[str]:
    """The URL of a fresh virtual host of the broker at 127.0.0.1:5672; the test is skipped where there is none."""
    with system_brokers(1) as urls:
        yield urls[0]


@contextmanager
def system_brokers(number: int) -> Iterator[list[str]]:
    """Several fresh virtual hosts at once: each call of rabbitmqctl takes a second."""
    if not answers(*SYSTEM):
        _skip("no RabbitMQ answers at 127.0.0.1:5672")
    if not shutil.which("rabbitmqctl"):
        _skip("rabbitmqctl is not here, so no virtual host can be made for the test")
    names = [f"test-{uuid.uuid4().hex[:12]}" for _ in range(number)]
    _control("eval", _for_each(names, 'rabbit_vhost:add(N, <<"tests">>), ' + PERMIT))
    try:
        yield [f"amqp://guest:guest@{SYSTEM[0]}:{SYSTEM[1]}/{name}" for name in names]
    finally:
        with contextlib.suppress(pytest.skip.Exception):  # the test's own result counts
            _control("eval", _for_each(names, 'rabbit_vhost:delete(N, <<"tests">>)'))


def _for_each(names: list[str], expression: str) -> str:
    listed = ", ".join(f'<<"{name}">>' for name in names)
    return f"lists:foreach(fun(N) -> {expression} end, [{listed}])."


def cut_connections(url: str) -> None:
    """Let the machine's own broker close every connection to the URL's virtual host, as a network would."""
    vhost = url.rpartition("/")[2]
    _control("close_all_connections", "--vhost", vhost, "cut by a test")


class OwnBroker:
    """A node with its own data folder and port; nothing else of the machine is touched."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._port, dist_port = _free_port(), _free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}/"
        (folder / "rabbitmq.conf").write_text(
            "vm_memory_high_watermark.absolute = 512MiB\ndisk_free_limit.absolute = 50MB\n", encoding="ascii"
        )
        (folder / "enabled_plugins").write_text("[].\n", encoding="ascii")
        self._environment = {
            **os.environ,
            "HOME": str(folder),  # the node's cookie lies here
            "RABBITMQ_NODENAME": f"yinliu{self._port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self._port),
            "RABBITMQ_DIST_PORT": str(dist_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_MNESIA_BASE": str(folder / "db"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_CONF_ENV_FILE": os.devnull,
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none",
        }

    def start(self) -> None:
        """Returns when it lets clients in."""
        with (self._folder / "output").open("ab") as output:
            self._process = subprocess.Popen(
                [str(PROGRAMS / "rabbitmq-server")],
                env=self._environment,
                cwd=self._folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline_s = time.monotonic() + START_S
        while not answers("127.0.0.1", self._port):
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                said = (self._folder / "output").read_text(encoding="utf-8", errors="replace")
                self.kill()
                raise AssertionError(f"RabbitMQ did not start: {said[-2000:]}")
            time.sleep(0.2)

    def stop(self) -> None:
        """As an administrator does; what is durable is kept."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """As a power cut does."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        try:
            os.killpg(process.pid, how)
            process.wait(STOP_S)
        except ProcessLookupError:
            pass
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        deadline_s = time.monotonic() + STOP_S
        while answers("127.0.0.1", self._port) and time.monotonic() < deadline_s:
            time.sleep(0.1)


@contextmanager
def own_broker() -> Iterator[OwnBroker]:
    """A broker that has been started; the test is skipped where RabbitMQ is not installed."""
    if not (PROGRAMS / "rabbitmq-server").exists():
        _skip(f"RabbitMQ is not installed in {PROGRAMS}")
    folder = Path(tempfile.mkdtemp(prefix="yinliu-rabbit-"))
    broker = OwnBroker(folder)
    try:
        broker.start()
        yield broker
    finally:
        broker.kill()
        shutil.rmtree(folder, ignore_errors=True)


def answers(host: str, port: int) -> bool:
    """Whether somebody there speaks AMQP."""
    try:
        with socket.create_connection((host, port), 2) as connection:
            connection.settimeout(2)
            connection.sendall(GREETING)
            return bool(connection.recv(8))
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _control(*arguments: str) -> None:
    done = subprocess.run(["rabbitmqctl", *arguments], capture_output=True, text=True, timeout=CONTROL_S)
    if done.returncode:
        _skip(f"rabbitmqctl {arguments[0]} failed: {done.stderr.strip()[-300:] or done.stdout.strip()[-300:]}")


def _skip(reason: str) -> None:
    print(f"Skipped: {reason}.")
    pytest.skip(reason)
