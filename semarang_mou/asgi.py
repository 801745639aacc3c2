"""The ASGI application that the server runs: `Server` around the WSGI application and its page cache."""

from django.conf import settings

from semarang_mou import upkeep, wsgi
from semarang_mou.server import Server

application = Server(wsgi.application, wsgi.page_cache, settings.THREADS)

upkeep.start()
