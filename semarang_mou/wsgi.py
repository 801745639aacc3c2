"""What does the server run?"""

import logging
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "semarang_mou.settings")

application = get_wsgi_application()

from opd import health  # noqa: E402 - only once the applications are there

# It serves all the same, because reading harms nothing: /healthz says 503 until it is mended.
if fault := health.fault():
    logging.getLogger("semarang_mou").critical(fault.reason)
