"""The systems that run on Syrinx, from recordings to trained models."""

import os

# Threads that wait for each other by spinning lose six times their speed as soon as another
# program uses one of the cores. It must be set before torch is first imported.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
