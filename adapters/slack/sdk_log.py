"""What Slack's SDK logs, less what it would tell: it logs whole requests, answers and messages."""

import logging

# Bolt logs the body of a request with a bad signature, the SDK every message that comes in.
_TALKATIVE = ("slack_bolt", "slack_sdk")


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
    kind = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "no exception"
    record.msg, record.args = "Slack's SDK reports a problem in %s (%s)", (record.funcName, kind)
    record.exc_info = record.exc_text = record.stack_info = None
    return True
