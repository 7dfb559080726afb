"""How near reconstructed sound comes to what it was made from, one metric a file.

Each metric takes the reference, the estimate and their common rate, and gives one number or says
in one line why there is none: silence, NaN and clips too short are never averaged in as a score.
"""
