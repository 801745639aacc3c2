"""The WSGI application: Django behind the page cache and the check of the charset; `asgi.py` is what is served."""

import logging
import os
from functools import partial
from wsgiref.types import WSGIApplication

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "semarang_mou.settings")

application: WSGIApplication = get_wsgi_application()

from django.conf import settings  # noqa: E402 - Django must load the apps first

from opd import checks, health  # noqa: E402
from semarang_mou.page_cache import PageCache  # noqa: E402
from semarang_mou.page_cache import version as page_version  # noqa: E402
from semarang_mou.request_checks import only_utf_8  # noqa: E402

page_cache: PageCache | None = None
if not settings.DEBUG:  # with DEBUG on, a page must follow each change of a template
    read = partial(page_version.read_version, page_version.release())
    application = page_cache = PageCache(application, page_version.PageVersions(read))

application = only_utf_8(application)

# The site still serves pages, because reading does no harm; /healthz answers 503 until the fault is mended.
if fault := health.fault():
    logging.getLogger("semarang_mou").critical(fault.reason)
for problem in checks.open_files():
    logging.getLogger("semarang_mou").warning("%s %s", problem.msg, problem.hint)
