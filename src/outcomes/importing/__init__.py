"""From what a clinic can export (REDCap, Excel, wide and long tables) to a study, by a map that a person corrects."""

from outcomes.importing.convert import Imported, import_study
from outcomes.importing.propose import propose_map
from outcomes.importing.whole import import_whole

__all__ = ["Imported", "import_study", "import_whole", "propose_map"]
