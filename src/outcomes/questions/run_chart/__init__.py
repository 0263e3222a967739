"""How outcomes and completion run from quarter to quarter of intake."""
