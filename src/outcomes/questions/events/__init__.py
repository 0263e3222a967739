"""What happened: self-harm, crises, admissions and the like, by arm and compared."""
