"""How long people waited on their way in: referred, assessed, offered a place, started."""
