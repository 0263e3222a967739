"""The audit: from any printed figure back to the files, and the whole run computed again."""

from outcomes.audit.diff import Difference, diff
from outcomes.audit.trace import Trace, trace
from outcomes.audit.verdict import Check, Verdict
from outcomes.audit.verify import verify

__all__ = ["Check", "Difference", "Trace", "Verdict", "diff", "trace", "verify"]
