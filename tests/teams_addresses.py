"""Addresses to which no answer may go, whatever an activity says, and somebody who listens there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

# {trap} is where somebody listens who should not hear of us. The first twenty are those of the promise.
HOSTILE = {
    "http": "http://smba.trafficmanager.net/emea/",
    "loopback by name": "https://localhost:{trap}/teams/",
    "loopback by number": "https://127.0.0.1:{trap}/teams/",
    "loopback of version 6": "https://[::1]:{trap}/teams/",
    "loopback in hexadecimal": "https://0x7f000001:{trap}/teams/",
    "loopback as one number": "https://2130706433:{trap}/teams/",
    "a cloud's metadata": "http://169.254.169.254/latest/meta-data/",
    "a private network": "https://10.0.0.1/teams/",
    "a user before the host": "https://user@smba.trafficmanager.net/teams/",
    "the host as a user": "https://smba.trafficmanager.net@127.0.0.1:{trap}/teams/",
    "a subdomain of another": "https://smba.trafficmanager.net.evil.example/teams/",
    "the host as a path": "https://127.0.0.1:{trap}/smba.trafficmanager.net/teams/",
    "a trailing dot": "https://smba.trafficmanager.net./teams/",
    "another port": "https://smba.trafficmanager.net:8443/teams/",
    "upper case with a look-alike letter": "https://SMBA.TRAFF\u0130CMANAGER.NET/teams/",
    "punycode": "https://xn--smba-8pa.trafficmanager.net/teams/",
    "a redirecting allowed path": "https://smba.trafficmanager.net/redirect?to=http://127.0.0.1:{trap}/",
    "a file": "file:///etc/passwd",
    "no scheme": "//smba.trafficmanager.net/teams/",
    "empty": "",
    "4 kB long": "https://smba.trafficmanager.net/" + 4_000 * "a",
    "plain loopback": "http://127.0.0.1:{trap}/teams/",
    "another machine of trafficmanager.net": "https://evil.trafficmanager.net/teams/",
    "a subdomain of the host": "https://evil.smba.trafficmanager.net/teams/",
    "upper case": "https://SMBA.TRAFFICMANAGER.NET/teams/",
    "a long s": "https://\u017fmba.trafficmanager.net/teams/",
    "a full stop of another script": "https://smba\u3002trafficmanager\u3002net/teams/",
    "a backslash": "https://127.0.0.1:{trap}\\@smba.trafficmanager.net/teams/",
    "a backslash after the host": "https://smba.trafficmanager.net\\@127.0.0.1:{trap}/teams/",
    "a tab": "https://smba.trafficmanager.net\t@127.0.0.1:{trap}/teams/",
    "a line end": "https://smba.trafficmanager.net/\r\nHost: 127.0.0.1:{trap}/",
    "a line end at the end": "https://smba.trafficmanager.net/teams/\n",
    "a space before": " https://smba.trafficmanager.net/teams/",
    "a fragment": "https://smba.trafficmanager.net/teams/#@127.0.0.1:{trap}",
    "two dots in the path": "https://smba.trafficmanager.net/teams/../redirect/",
    "two escaped dots": "https://smba.trafficmanager.net/teams/%2e%2e/redirect/",
    "two slashes": "https://smba.trafficmanager.net//127.0.0.1:{trap}/",
    "a semicolon": "https://smba.trafficmanager.net/teams;@127.0.0.1/",
    "port 443 spelled out": "https://smba.trafficmanager.net:443/teams/",
    "a port of no digits": "https://smba.trafficmanager.net:/teams/",
    "digits of another script": "https://smba.trafficmanager.net:\u0664\u0664\u0663/teams/",
    "HTTPS in capitals": "HTTPS://smba.trafficmanager.net/teams/",
    "ftp": "ftp://smba.trafficmanager.net/teams/",
    "a script": "javascript://smba.trafficmanager.net/%0aalert(1)",
    "not an address": "https://[::1",
    "a lone surrogate": "https://smba.trafficmanager.net/\ud800",
    "the host alone": "smba.trafficmanager.net",
    "a government's, where it is not ours": "https://smba.infra.gov.teams.microsoft.us/gcch/",
}


@dataclass
class Trap:
    """Somebody who listens on loopback, and counts who comes."""

    port: int = 0
    heard: int = 0

    def address(self, name: str) -> str:
        """The hostile address of that name."""
        return HOSTILE[name].replace("{trap}", str(self.port))


@asynccontextmanager
async def a_trap() -> AsyncIterator[Trap]:
    trap = Trap()

    async def hear(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        trap.heard += 1
        writer.close()

    server = await asyncio.start_server(hear, "127.0.0.1", 0)
    async with server:
        trap.port = server.sockets[0].getsockname()[1]
        yield trap
