"""Questionnaires: their scoring keys, ranges, directions and sources, one file each; no item wording."""

from outcomes.instruments.model import (
    Bands,
    CutOff,
    Instrument,
    MissingRule,
    Norm,
    Reliability,
    ReliableChange,
    ScoreRule,
    Subscale,
    TalkingTherapies,
    UnknownInstrumentError,
    UnknownScoreError,
    UnsoundDefinitionError,
)
from outcomes.instruments.reader import build_instrument, is_called, list_instruments, read_instrument

__all__ = [
    "Bands",
    "CutOff",
    "Instrument",
    "MissingRule",
    "Norm",
    "Reliability",
    "ReliableChange",
    "ScoreRule",
    "Subscale",
    "TalkingTherapies",
    "UnknownInstrumentError",
    "UnknownScoreError",
    "UnsoundDefinitionError",
    "build_instrument",
    "is_called",
    "list_instruments",
    "read_instrument",
]
