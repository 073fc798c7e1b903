"""What Slack's SDK logs, less what it would tell: it logs whole requests, answers and messages."""

import logging

# Bolt logs the body of a request with a bad signature, the SDK every message that comes in.
_TALKATIVE = ("slack_bolt", "slack_sdk")
AGAIN_AFTER_S = 60.0
_said: dict[tuple[str, str], float] = {}


def sdk_logger() -> logging.Logger:
    """A logger to give the SDK: of each warning or error it keeps where it arose and of what kind, and no more."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    logger = logging.getLogger("adapters.slack.sdk")
    logger.setLevel(logging.WARNING)
    if _without_what_was_said not in logger.filters:
        logger.addFilter(_without_what_was_said)
    return logger


def _without_what_was_said(record: logging.LogRecord) -> bool:
    """Whether to log it: the same problem once a minute, for an outage brings hundreds."""
    kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "no exception"
    problem = (record.funcName, kind)
    record.msg, record.args = "Slack's SDK reports a problem in %s (%s)", problem
    record.exc_info = record.exc_text = record.stack_info = None
    is_new = record.created - _said.get(problem, -AGAIN_AFTER_S) >= AGAIN_AFTER_S
    if is_new:
        _said[problem] = record.created
    return is_new
