"""What can be wrong with how Signpost is set up."""


class SetupError(Exception):
    """Signpost cannot run as it is set up; the message says what is wrong, where, and what to do, and no secret."""
