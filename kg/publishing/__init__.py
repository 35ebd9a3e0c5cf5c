"""Self-description: what the data say of themselves, in the vocabularies that machines look for."""
