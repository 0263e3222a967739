"""From what a clinic can export (REDCap, Excel, wide and long tables) to a study, by a map that a person corrects."""

from outcomes.importing.convert import Imported, import_study
from outcomes.importing.into_book import import_whole
from outcomes.importing.propose import propose_map, to_csv_map
from outcomes.importing.whole import find_map

__all__ = ["Imported", "find_map", "import_study", "import_whole", "propose_map", "to_csv_map"]
