"""A plain adapter: PayoutService.CreatePayout and GetPayout over the platform's REST calls; nothing is stored.
The README beside says what it is for and what it leaves out.

  /usr/bin/python3 -B adapter.py --listen 127.0.0.1:PORT --platform http://127.0.0.1:PORT --username U --password P
"""
import argparse
import asyncio
import functools
import json
import logging
import os
import pathlib
import signal
import stat
import sys

import aiohttp
import grpc
import uvloop

REPOSITORY = pathlib.Path(__file__).resolve().parents[4]
TIMEOUT_SECONDS = 10


def parse_options():
    parser = argparse.ArgumentParser()
    for name in ("listen", "platform", "username", "password"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--generated", default=REPOSITORY / "build/bench-peers/python", type=pathlib.Path,
                        help="where install.sh put the code generated from the .proto files")
    options = parser.parse_args()
    if not (options.generated / "payout/v1/payout_service_pb2_grpc.py").exists():
        sys.exit(f"adapter.py: no generated code in {options.generated}; run tests/bench/peers/install.sh")
    return options


OPTIONS = parse_options()
sys.path.insert(0, str(OPTIONS.generated))
from payout.v1 import payout_service_pb2, payout_service_pb2_grpc  # noqa: E402
import payouts  # noqa: E402


def unary(handler):
    """Turns what a handler raises into the call's status."""
    @functools.wraps(handler)
    async def wrapped(self, request, context):
        try:
            return await handler(self, request)
        except payouts.CallError as error:
            code, details = error.code, error.details
        except asyncio.TimeoutError:
            code, details = grpc.StatusCode.DEADLINE_EXCEEDED, "the platform did not answer in time"
        except aiohttp.ClientError as error:
            code, details = grpc.StatusCode.UNAVAILABLE, f"the platform cannot be reached: {type(error).__name__}"
        await context.abort(code, details)
    return wrapped


class Adapter(payout_service_pb2_grpc.PayoutServiceServicer):
    def __init__(self, session):
        self._session = session

    async def _rest(self, method, path, headers=None, body=None):
        async with self._session.request(method, path, headers=headers, json=body) as answer:
            try:
                content = json.loads(await answer.read())
            except ValueError:
                content = None
            if answer.status >= 300 or content is None:
                raise payouts.refusal(answer.status, content)
            return content

    async def _with_token(self, method, path, headers, body=None):
        """A token is good for one operation, so every call fetches its own."""
        granted = await self._rest("POST", "/auth-tokens", body={
            "merchantCode": OPTIONS.username, "secret": OPTIONS.password,
            "validitySecs": 600, "operations": [f"{method} {path}"]})
        return await self._rest(method, path, {"Authorization": f"Bearer {granted['token']}", **headers}, body)

    @unary
    async def CreatePayout(self, request):
        if request.validate_only:
            raise payouts.CallError(grpc.StatusCode.UNIMPLEMENTED, "validate_only is not supported")
        path = f"/payouts/{payouts.checked_id(request.payout_id)}"
        answer = await self._with_token("POST", path, payouts.customer_header(request.customer_id),
                                        payouts.create_body(request))
        return payout_service_pb2.CreatePayoutResponse(payout=payouts.created_payout(request, answer))

    @unary
    async def GetPayout(self, request):
        answer = await self._with_token("GET", f"/payouts/{payouts.checked_id(request.payout_id)}", {})
        return payout_service_pb2.GetPayoutResponse(payout=payouts.read_payout(request, answer))


async def watch_starter(stopping):
    """Ends with whoever started it: SIGTERM, another parent, or the end of a pipe on stdin."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        loop.add_reader(0, lambda: os.read(0, 4096) or stopping.set())
    parent = os.getppid()
    while os.getppid() == parent and not stopping.is_set():
        await asyncio.sleep(1)
    stopping.set()


async def serve():
    async with aiohttp.ClientSession(
            OPTIONS.platform, connector=aiohttp.TCPConnector(limit=256),
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
            headers={"X-API-Version": "2", "Accept": "application/json"}) as session:
        server = grpc.aio.server()
        payout_service_pb2_grpc.add_PayoutServiceServicer_to_server(Adapter(session), server)
        port = server.add_insecure_port(OPTIONS.listen)
        await server.start()
        stopping = asyncio.Event()
        watcher = asyncio.create_task(watch_starter(stopping))
        print(f"ready {port}", flush=True)
        await stopping.wait()
        watcher.cancel()
        await server.stop(grace=5)


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    uvloop.install()
    asyncio.run(serve())
