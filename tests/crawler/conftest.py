"""The fault server, shared by the crawler's tests."""

from collections.abc import Iterator

import pytest

from tests.rig import Rig, running

HOSTS = tuple(f"127.0.0.{number}" for number in range(1, 9))


@pytest.fixture(scope="session")
def shared_rig() -> Iterator[Rig]:
    with running(*HOSTS) as rig:
        yield rig


@pytest.fixture
def rig(shared_rig: Rig) -> Rig:
    shared_rig.forget()
    return shared_rig
