"""The application that the server runs: the WSGI application behind the pace of the lines."""

from django.conf import settings

from semarang_mou import wsgi
from semarang_mou.server import Server

application = Server(wsgi.application, wsgi.page_cache, settings.THREADS)
