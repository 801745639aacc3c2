"""What comes in that is no JPEG, PNG, WebP or PDF? Nothing, at either door, at once and in little memory."""

from __future__ import annotations

import io
import resource
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from commitments import evidence as store
from commitments.evidence import photos
from commitments.models import Measurement
from opd.errors import BadFact
from tests import doors, sheets
from tests.cast import Cast
from tests.hostile_files import hostile
from tests.test_workspace_report import address, typed

if TYPE_CHECKING:
    from pytest_django import Settings

pytestmark = pytest.mark.sqlite  # files: no database changes them
FILES = hostile()
SECONDS, MEGABYTES = 0.1, 50
# Asked of PDFium, in a process whose start is most of this; tests may share the processor with others.
SECONDS_IN_ANOTHER_PROCESS = 0.5


def seconds_used() -> tuple[float, float]:
    """Processor time: here, and in processes that have ended."""
    others = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time(), others.ru_utime + others.ru_stime


def megabytes(name: str) -> float:
    [line] = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name)]
    return int(line.split()[1]) / 1024


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", FILES)
def test_a_hostile_file_is_refused_at_once_and_in_little_memory(name: str, settings: Settings) -> None:
    Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
    before, (here, elsewhere) = megabytes("VmRSS"), seconds_used()
    with pytest.raises(BadFact) as refused:
        store.receive(name, io.BytesIO(FILES[name]))
    then_here, then_elsewhere = seconds_used()
    assert megabytes("VmHWM") - before <= MEGABYTES
    assert then_here - here <= SECONDS
    assert then_elsewhere - elsewhere <= SECONDS_IN_ANOTHER_PROCESS
    assert str(refused.value).endswith((".", ")."))
    assert not Path(settings.MEDIA_ROOT).exists()


def test_to_ask_a_large_png_for_its_day_decodes_nothing() -> None:
    content = io.BytesIO()
    Image.new("RGBA", (6000, 4000)).save(content, "PNG")
    Path("/proc/self/clear_refs").write_text("5")
    before = megabytes("VmRSS")
    assert photos.taken_on(content.getvalue()) is None
    assert megabytes("VmHWM") - before <= MEGABYTES


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["html.pdf", "terkunci.pdf", "terpotong.pdf", "terpotong.png", "48 megapiksel.png"])
def test_the_reason_stands_beside_the_file_and_the_rest_stays(name: str) -> None:
    cast = Cast()
    with pytest.raises(BadFact) as refused:
        store.receive(name, io.BytesIO(FILES[name]))
    given = typed(**{"bukti-0-file": SimpleUploadedFile(name, FILES[name])})
    answer = doors.enter(cast.head).post(address(cast.target()), given)
    assert answer.context["rows"].forms[0].errors["file"] == [str(refused.value)]
    assert Measurement.objects.count() == 0


@pytest.mark.django_db
def test_at_the_door_for_sheets_they_are_refused_in_a_sentence_too() -> None:
    cast = Cast()
    for name, content in FILES.items():
        with pytest.raises(BadFact):
            sheets.tried(cast, "realisasi", content)
            pytest.fail(name)
