"""The ASGI application that the server runs: `Server` around the WSGI application and its page cache."""

from django.conf import settings

from semarang_mou import wsgi
from semarang_mou.server import Server

application = Server(wsgi.application, wsgi.page_cache, settings.THREADS)

from semarang_mou import upkeep  # noqa: E402 - it asks for models, which `wsgi` has loaded

upkeep.start()
