"""One file per question of the clinic; each asks methods and answers with outcomes."""
