"""Disks of their own for tests: one whose power can be cut, and a small one that can be filled. Both need root."""

from __future__ import annotations

import fcntl
import os
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SHUTDOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN, as the file system's own developers cut its power
WITHOUT_FLUSH = 2  # what is only in memory, its journal too, never reaches the disk
FILLER = "filler"
UNMOUNTED_WITHIN = 10  # seconds: processes that were killed let go one after another


class NoDisk(Exception):
    """Error: this machine mounts no disk for a test."""


class PowerCutDisk:
    """An ext4 file system in a file, mounted at `place` through a loop device.

    `cut` is a power cut: from this moment on nothing reaches the disk, not even what a program has written but the
    kernel has not. The image is then what a machine would find; `mount` replays its journal as at any start.
    Copying the image of a mounted system would take blocks of several moments, which no power cut leaves behind.
    """

    def __init__(self, folder: Path) -> None:
        self.image, self.place = folder / "disk.img", folder / "disk"
        self.place.mkdir(parents=True)
        with self.image.open("wb") as file:
            file.truncate(1 << 30)  # sparse
        _run("mkfs.ext4", "-q", str(self.image))
        self.mount()

    def mount(self) -> None:
        _run("mount", "-o", "loop", str(self.image), str(self.place))

    def sync(self) -> None:
        _run("sync", "--file-system", str(self.place))

    def cut(self) -> None:
        number = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(number, SHUTDOWN, struct.pack("I", WITHOUT_FLUSH))
        except OSError as error:
            raise NoDisk(f"ext4 cannot be shut down here: {error.strerror}") from error
        finally:
            os.close(number)

    def unmount(self) -> None:
        _unmount(self.place)


@contextmanager
def power_cut_disk(folder: Path) -> Iterator[PowerCutDisk]:
    """A disk whose power can be cut; NoDisk where there are no loop devices."""
    disk = PowerCutDisk(folder)
    try:
        disk.cut()  # can it be done here?
        disk.unmount()
        disk.mount()
        yield disk
    finally:
        with suppress(NoDisk):
            disk.unmount()
        disk.image.unlink()


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """A disk in memory of so many bytes (`8m`); NoDisk where nothing can be mounted."""
    place.mkdir(parents=True)
    _run("mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place))
    try:
        yield place
    finally:
        _unmount(place)


def fill(place: Path) -> None:
    """Takes all the room that is left, to the last byte."""
    with suppress(OSError), (place / FILLER).open("ab", buffering=0) as file:
        while True:
            file.write(bytes(4096))


def make_room(place: Path) -> None:
    (place / FILLER).unlink()


def _unmount(place: Path) -> None:
    end = time.monotonic() + UNMOUNTED_WITHIN
    while True:
        try:
            return _run("umount", str(place))
        except NoDisk:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


def _run(*command: str) -> None:
    try:
        subprocess.run(command, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise NoDisk(f"no {command[0]} in PATH") from error
    except subprocess.CalledProcessError as error:
        raise NoDisk(error.stderr.strip()) from error
