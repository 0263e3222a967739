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
)
from outcomes.instruments.reader import list_instruments, read_instrument

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
    "list_instruments",
    "read_instrument",
]
