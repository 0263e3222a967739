"""Several clinics together: what they agree on, what each contributes, and the answer that they give."""
