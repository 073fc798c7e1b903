"""`signpost serve` with Teams as it is in production, without `--dev`: the stand-in speaks https, and is trusted."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from replicas import Replica, garden
from teams_app import reaching
from teams_certificate import Certificate
from teams_delivery import Delivery
from teams_service import TeamsService

from adapters.teams.mount import PATH
from adapters.teams.service_hosts import HOST_OF


@dataclass
class Production:
    """The process, the stand-in, and the folder that holds the database."""

    service: TeamsService
    replica: Replica
    folder: Path

    @asynccontextmanager
    async def delivery(self, source: str = "127.0.0.1") -> AsyncIterator[Delivery]:
        """A way to the process from the address *source*: failures are counted by address."""
        connector = aiohttp.TCPConnector(local_addr=(source, 0))
        async with aiohttp.ClientSession(connector=connector) as session:
            yield Delivery(self.replica.url + PATH, session, self.service)


@asynccontextmanager
async def in_production(folder: Path, *options: str, **environment: str) -> AsyncIterator[Production]:
    """The process, logging all that it can; it answers at the stand-in's host and at Microsoft's."""
    certificate = Certificate.made_for()
    trusted = folder / "trusted.pem"
    trusted.write_bytes(certificate.pem)
    async with TeamsService.running(tls=certificate.serving()) as service:
        hosts = f"{service.url.removeprefix('https://')},{HOST_OF['public']}"
        told = reaching(service, folder) | {"TEAMS_SERVICE_HOSTS": hosts, "SSL_CERT_FILE": str(trusted)} | environment
        async with Replica.several(1, told, garden, *options, verbose=True) as (replica,):
            yield Production(service, replica, folder)
