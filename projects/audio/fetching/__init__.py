"""Recordings fetched from Xeno-canto, politely and so that it can be gone on with."""
