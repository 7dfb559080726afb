"""Pictures of an evaluation, each a function that returns a Matplotlib figure.

They are made without pyplot, so that none is kept open, and in colours that colour-blind readers
can tell apart.
"""
