"""Go or no-go decisions as data: rules in YAML, judged on evidence."""
