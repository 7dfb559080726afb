"""Syrinx beside a named peer, each in one run: `python -m benchmarks.NAME`.

The last line of each is a ratio above 1 where Syrinx is better. Run them on a machine that does
nothing else.
"""
