"""Loads the dice with which Flet draws its sessions' ids, and a program its guests'
names: they fall the same each time.

Python imports this by itself, before the program, where PYTHONPATH leads here.
"""

import random
import secrets

# First comes Guest nm6r, then Guest 9vt2.
secrets.choice = random.Random(4655).choice  # noqa: S311 -- no secret, on purpose
