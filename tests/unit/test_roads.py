"""Every module of the second computation that has roads is asked for them."""

from __future__ import annotations

import importlib
import pkgutil

from outcomes.replication import roads


def test_no_road_is_forgotten_and_none_is_there_twice() -> None:
    modules = [importlib.import_module(f"{roads.__name__}.{one.name}") for one in pkgutil.iter_modules(roads.__path__)]
    entered = [one for module in modules for one in getattr(module, "ROADS", {})]
    assert len(entered) > 100
    assert sorted(entered) == sorted(roads.ROADS)
