"""What the application carries, by typed key."""

from aiohttp import web
from jinja2 import Environment

from adapters.limits import Limits
from adapters.web.visitors import Visitors
from bot.app import PolicyBot

BOT = web.AppKey("bot", PolicyBot)
LIMITS = web.AppKey("limits", Limits)
READY = web.AppKey("ready", list[bool])
TEMPLATES = web.AppKey("templates", Environment)
VISITORS = web.AppKey("visitors", Visitors)
