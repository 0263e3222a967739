"""How strong something not recorded would have to be."""
