"""What does the server run? Django, behind a shelf of finished public pages."""

import logging
import os
from functools import partial
from wsgiref.types import WSGIApplication

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "semarang_mou.settings")

application: WSGIApplication = get_wsgi_application()

from django.conf import settings  # noqa: E402 - only once the applications are there

from opd import checks, health  # noqa: E402
from semarang_mou import page_version  # noqa: E402
from semarang_mou.page_cache import PageCache  # noqa: E402
from semarang_mou.request_checks import only_utf_8  # noqa: E402

if not settings.DEBUG:  # where a template is being written, it is shown as it now is
    application = PageCache(
        application, page_version.PageVersions(partial(page_version.look, page_version.release()))
    )

application = only_utf_8(application)

# It serves all the same, because reading harms nothing: /healthz says 503 until it is mended.
if fault := health.fault():
    logging.getLogger("semarang_mou").critical(fault.reason)
for problem in checks.open_files():
    logging.getLogger("semarang_mou").warning("%s %s", problem.msg, problem.hint)
