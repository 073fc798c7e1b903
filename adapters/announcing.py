"""Tells the operator on stderr where Signpost answers: a line for each platform, and none before the port is open."""

import click


class Announcements:
    """What becomes ready earlier waits for the port: without that, there is no Signpost."""

    def __init__(self) -> None:
        self._waiting: list[str] = []
        self._is_open = False

    def answers(self, where: str) -> None:
        """Say that Signpost answers *where*, such as "in Slack (Socket Mode)"."""
        if self._is_open:
            click.echo(f"Signpost answers {where}", err=True)
        else:
            self._waiting.append(where)

    def port_is_open(self, url: str) -> None:
        """Say that Signpost answers at *url*, and what waited for that."""
        self._is_open = True
        for where in (f"at {url}", *self._waiting):
            self.answers(where)
        self._waiting.clear()
