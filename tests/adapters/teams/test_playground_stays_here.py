"""What keeps Microsoft's client on this machine while tests use it."""

import json
import tempfile

import node_tools
import pytest
from teams_playground import PACKAGES, REQUIRED

# Listens in the ways that Node has, tries to reach another machine and this one, and says what came of it.
TRIED = """
const net = require('net'), http = require('http');
const listening = (...how) => new Promise((done) => {
  const server = net.createServer((socket) => socket.end()).listen(...how, () => done(server));
});
const reached = (...where) => new Promise((done) => {
  const socket = net.connect(...where, () => { socket.destroy(); done('reached'); });
  socket.on('error', (error) => done(error.message));
});
const asked = (url) => new Promise((done) => http.get(url, () => done('reached')).on('error', (e) => done(e.message)));
(async () => {
  const servers = [
    await listening(0), await listening(0, '0.0.0.0'), await listening({ port: 0, host: '::' }), await listening(),
  ];
  const { port } = servers[0].address();
  console.log(JSON.stringify({
    listening: servers.map((server) => server.address().address),
    here: await Promise.all([reached(port), reached(port, '127.0.0.1'), reached({ port, host: '127.0.0.1' })]),
    beyond: await Promise.all([reached(80, '192.0.2.1'), reached({ port: 443, host: 'signpost.invalid' }),
      reached({ port: 80, host: '127.0.0.1.signpost.invalid' }), asked('http://signpost.invalid/'),
      fetch('http://signpost.invalid/').catch((error) => error.cause.message)]),
  }));
  servers.forEach((server) => server.close());
})();
"""


@pytest.fixture(scope="module")
def tried() -> dict[str, list[str]]:
    packages = node_tools.installed(PACKAGES, required=REQUIRED)
    with tempfile.TemporaryFile() as errors:
        flags = ("--require", PACKAGES / "loopback_only.cjs", "--eval", TRIED)
        with node_tools.start(*flags, folder=packages, errors=errors) as process:
            assert process.stdout is not None
            return json.loads(process.stdout.read())


def test_it_listens_on_loopback_only(tried: dict[str, list[str]]):
    assert tried["listening"] == ["127.0.0.1"] * 4


def test_it_reaches_this_machine(tried: dict[str, list[str]]):
    assert tried["here"] == ["reached"] * 3


def test_it_reaches_no_other_machine(tried: dict[str, list[str]]):
    assert len(tried["beyond"]) == 5
    assert all(said.startswith("refused to connect to ") for said in tried["beyond"])
