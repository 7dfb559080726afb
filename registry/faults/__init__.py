"""What may not add up in a registry, looked for kind by kind; nothing here writes."""
