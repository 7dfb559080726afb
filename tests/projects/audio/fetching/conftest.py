"""A local Xeno-canto, and a politeness whose seconds pass at once."""

import pytest
from xeno_canto_server import XenoCanto, running

from projects.audio.fetching.polite import Polite


class Clock:
    """Time that only sleeping moves."""

    def __init__(self):
        self.now = 100.0
        self.slept = []

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def time(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def polite(clock):
    return Polite(1.0, sleep=clock.sleep, clock=clock.time)


@pytest.fixture
def site():
    with running(XenoCanto()) as served:
        yield served
